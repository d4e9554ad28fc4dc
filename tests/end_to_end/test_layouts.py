"""Videos in which the person fills a part of the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_films import in_folder

from heygen_studio import BadInput, Scene, Studio, Video, VideoRequest
from heygen_studio.service.check import check
from heygen_studio.video.probe import read_frames

SIZE = {"voice": "hibari:heart", "width": 256, "height": 144}
BLUE = np.array([30, 144, 255])


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(in_folder(tmp_path_factory.mktemp("layout")))


def frames_of(video: Video) -> np.ndarray:
    """[frames, 144, 256, 3]."""
    return np.stack(list(read_frames(video.path))).astype(int)


def test_a_circle_stands_still_on_its_background_and_the_person_moves_in_it(studio: Studio) -> None:
    request = VideoRequest(text="Hello, this is a round window.", circle="photo", background="#1e90ff", offset_x=0.2, **SIZE)
    video = studio.render(request)
    frames = frames_of(video)
    down, across = np.mgrid[:144, :256]
    from_middle = np.hypot(across - (128 + 0.2 * 256), down - 71.5)
    outside, inside = from_middle > 75, from_middle < 69
    assert np.abs(frames[:, outside] - BLUE).mean() < 1 and np.abs(frames[:, from_middle > 90] - BLUE).max() <= 6  # the encoder rings
    assert np.abs(np.diff(frames[:, inside], axis=0)).max() > 30
    assert np.abs(frames[0, inside & (from_middle > 60)] - BLUE).max(axis=1).mean() > 60  # Hopper's own flag and wall
    assert studio.render(request).report["stages"]["video"]["reused"]


def test_a_smaller_person_stands_on_the_background_where_they_should(studio: Studio) -> None:
    text = "Hello from the corner."
    whole = frames_of(studio.render(VideoRequest(text=text, background="#1e90ff", **SIZE)))[0]
    request = VideoRequest(text=text, background="#1e90ff", scale=0.7, offset_x=0.15, offset_y=0.15, **SIZE)
    frames = frames_of(studio.render(request))
    boxes = []
    for frame in (whole, frames[0]):
        person = np.abs(frame - BLUE).max(axis=2) > 60
        rows, columns = np.flatnonzero(person.mean(axis=1) > 0.02), np.flatnonzero(person.mean(axis=0) > 0.02)
        boxes.append((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    (left, top, right, bottom), moved = boxes
    expected = [128 + 0.15 * 256 + 0.7 * (x - 128) for x in (left, right)], [72 + 0.15 * 144 + 0.7 * (y - 72) for y in (top, bottom)]
    assert np.abs(np.array([moved[0], moved[2]]) - expected[0]).max() <= 4
    assert np.abs(np.array([moved[1], moved[3]]) - expected[1]).max() <= 4


def test_every_scene_has_its_own_place(studio: Studio) -> None:
    scenes = (Scene(text="Here.", circle="#ffffff", offset_x=-0.2), Scene(text="There.", scale=0.8, offset_x=0.1))
    video = studio.render(VideoRequest(scenes=scenes, background="#1e90ff", **SIZE))
    frames = frames_of(video)
    assert np.abs(frames[2, :, -70:] - BLUE).max() <= 6 and np.abs(frames[-3, :, :20] - BLUE).max() <= 6
    assert np.abs(frames[-3, 60:, 140:170] - BLUE).max() > 60


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"circle": "round"}, "circle"), ({"scale": 0.05}, "scale"), ({"scale": 0.5}, "scale"), ({"offset_x": 1.2}, "offset_x")],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_made(fields: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as told:
        check(VideoRequest.model_validate({"text": "Hello.", **SIZE, **fields}))
    assert told.value.field == field


def test_a_video_keeps_its_own_frame(studio: Studio, tmp_path: Path) -> None:
    film = studio.render(VideoRequest(text="Hello from the corner.", background="#1e90ff", **SIZE))
    request = VideoRequest(text="Other words.", avatar=str(film.path), engine="wav2lip", circle="photo", **SIZE)
    with pytest.raises(BadInput, match="its own frame"):
        check(request)
