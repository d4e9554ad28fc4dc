"""What is refused before a job is queued, and which field is to blame."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from heygen_studio import BadInput, VideoRequest
from heygen_studio.service.check import check
from heygen_studio.video.ffmpeg_pipe import ffmpeg_program


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = ("-f", "lavfi", "-i", "testsrc2=s=256x256:r=25:d=1")
    subprocess.run([ffmpeg_program(), "-loglevel", "error", *source, str(path)], check=True)
    return path


def test_a_video_as_avatar_needs_a_renderer_that_can_change_it(film: Path, tmp_path: Path) -> None:
    check(VideoRequest(text="Hello.", voice="hibari:heart", avatar=str(film), engine="musetalk"))
    (tmp_path / "cut.mp4").write_bytes(film.read_bytes()[:3000])
    refusals = {
        "engine": {"avatar": str(film)},
        "background": {"avatar": str(film), "engine": "wav2lip", "background": "blur"},
        "avatar": {"avatar": str(tmp_path / "cut.mp4"), "engine": "wav2lip"},
    }
    for field, given in refusals.items():
        with pytest.raises(BadInput) as refused:
            check(VideoRequest(text="Hello.", voice="hibari:heart", **given))
        assert refused.value.field == field


def test_weights_that_paid_work_may_not_use_are_refused(film: Path) -> None:
    with pytest.raises(BadInput, match="wav2lip may not be used for commercial work") as refused:
        check(VideoRequest(text="Hello.", voice="hibari:heart", engine="wav2lip", commercial=True))
    assert refused.value.field == "engine"
