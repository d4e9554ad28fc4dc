from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from moving import SIZE, moving_frames

from heygen_studio.errors import BadInput
from heygen_studio.video.encode import encode_video
from heygen_studio.video.probe import probe, read_audio, read_frames


def test_frames_come_back_one_by_one_as_they_were(tmp_path: Path, make_wav: Callable[..., Path]) -> None:
    path = tmp_path / "out.mp4"
    encode_video(moving_frames(25), 25, size=SIZE, fps=25, wav=make_wav(1.0), output=path, tags={"title": "t"})
    for seen, drawn in zip(read_frames(path), moving_frames(25), strict=True):
        assert seen.dtype == np.uint8
        assert np.abs(seen.astype(int) - drawn).mean() < 4
    samples, rate = read_audio(path)
    assert samples.dtype == np.float32
    assert (len(samples), rate) == (48_000, 48_000)
    assert probe(path).tags["title"] == "t"


@pytest.mark.parametrize("content", [b"", b"not a video", None])
def test_what_is_not_a_video_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.mp4"):
        probe(path)


def test_a_recording_is_not_a_video(make_wav: Callable[..., Path]) -> None:
    with pytest.raises(BadInput, match="no picture"):
        probe(make_wav(0.5))
