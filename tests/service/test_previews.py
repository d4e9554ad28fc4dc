"""Previews go where their owner's data go."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pytest

from heygen_studio import Settings, Studio
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library
from heygen_studio.service.owner import delete_owner, export_owner
from heygen_studio.service.previews import Previews
from heygen_studio.service.uploads import Uploads

from .conftest import leftovers, small


@pytest.fixture
def jobs(place: Settings) -> Iterator[Jobs]:
    queue = Jobs(place)
    yield queue
    queue.close()


def test_an_owner_gets_and_takes_away_their_previews(studio: Studio, place: Settings, jobs: Jobs) -> None:
    anns = studio.preview(small("A secret of Ann's."))
    shared = studio.preview(small("Hello."))
    previews = Previews(place)
    for owner, preview in (("ann", anns), ("ann", shared), ("bob", shared)):
        previews.add(owner, preview)
    video = studio.render(small("A secret of Ann's."))  # somebody made it into a video: what it shares stays
    target = place.data / "ann.zip"
    export_owner("ann", target, place, jobs, Uploads(place))
    with zipfile.ZipFile(target) as archive:
        assert {f"previews/{preview.folder.name}/video.mp4" for preview in (anns, shared)} <= set(archive.namelist())
    target.unlink()
    before = sorted((place.stages / "speech").iterdir())
    delete_owner("ann", place, jobs, Library(place), Uploads(place))
    assert not anns.folder.exists() and shared.folder.is_dir() and previews.list("ann") == [] and len(previews.list("bob")) == 1
    Library(place).delete(video.folder.name)
    delete_owner("bob", place, jobs, Library(place), Uploads(place))
    assert not shared.folder.exists() and len(before) >= 2
    assert list((place.stages / "speech").iterdir()) == [] and leftovers(place.data) == []
