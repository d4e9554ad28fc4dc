"""What the pages make of jobs that are not as they left them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from heygen_studio import BadInput, VideoRequest
from heygen_studio.settings import settings
from heygen_studio.ui.batch_page import rows_of
from heygen_studio.ui.desk import Desk
from heygen_studio.ui.library_page import open_video
from heygen_studio.ui.stage import Panel


def test_a_job_of_another_version_is_an_error_on_the_page_and_can_be_deleted(tmp_path: Path) -> None:
    desk = Desk(replace(settings(), data=tmp_path))
    id = desk.submit(VideoRequest(text="Hello."), "ann")
    desk.jobs._database._connection.execute("UPDATE jobs SET asked = json_set(asked, '$.hologram', 1)")
    assert "hologram" in Panel(desk).show(id, "ann", "en")[-1]
    assert "hologram" in open_video(desk, id, "ann", "en")[-1]
    assert list(desk.videos("ann")) == []
    desk.delete(id, "ann")
    assert desk.jobs.find("ann") == []


def test_a_batch_that_cannot_be_read_does_not_tell_where_it_lies(tmp_path: Path) -> None:
    desk, file = Desk(replace(settings(), data=tmp_path)), tmp_path / "browser" / "0123abcd" / "jobs.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("- {text: Hello")
    with pytest.raises(BadInput, match=r"^The batch jobs\.yaml is not YAML") as said:
        rows_of(desk, str(file), "ann")
    assert str(tmp_path) not in str(said.value)
