"""Faces from words: what the painter paints is checked like a photo, and the best comes first."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from tiny_painter import write_pipeline, write_sdxl_turbo

from heygen_studio import BadInput, Cancel, Cancelled, EngineUnavailable, Event, Studio, VideoRequest
from heygen_studio.cli import main
from heygen_studio.portrait.candidates import PAINTED_WIDTH, judge, load_candidates, paint_candidates, save_candidates
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.painter import DISTILLED, OTHERS, DiffusersPainter, Picture
from heygen_studio.portrait.portrait import Image
from heygen_studio.service.check import check
from heygen_studio.settings import settings

WORDS = "a friendly teacher"


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pipeline(tmp_path_factory.mktemp("painter"), distilled=True)


@pytest.fixture
def painter(pipeline: Path) -> DiffusersPainter:
    return DiffusersPainter(str(pipeline), lambda _: None, Cancel())


@pytest.fixture(scope="session")
def large_astronaut(astronaut_photo: Image) -> Image:
    """Her head alone, enlarged: a face of 220 pixels."""
    return np.asarray(Pillow.fromarray(astronaut_photo[0:260, 90:350]).resize((640, 640), Pillow.Resampling.LANCZOS))


@pytest.fixture(scope="session")
def large_hopper(hopper_photo: Image) -> Image:
    """A face of 220 pixels."""
    photo = Pillow.fromarray(hopper_photo)
    return np.asarray(photo.resize((photo.width * 13 // 10, photo.height * 13 // 10), Pillow.Resampling.LANCZOS))


def test_the_same_words_and_seed_paint_the_same_picture(painter: DiffusersPainter) -> None:
    steps: list[float] = []
    threads: set[int] = set()

    def on_step(part: float) -> None:
        steps.append(part)
        threads.add(threading.get_ident())

    first = painter.paint(WORDS, 1, on_step, Cancel())
    assert threads == {threading.get_ident()}, "what listens may belong to this thread, as a database connection does"
    assert first.image.shape == (64, 64, 3) and first.image.dtype == np.uint8 and first.image.std() > 1
    assert len(steps) == DISTILLED[0] and steps[-1] == 1
    again, other, else_ = (
        painter.paint(words, seed, steps.append, Cancel()).image for words, seed in ((WORDS, 1), (WORDS, 2), ("an old man", 1))
    )
    assert np.array_equal(first.image, again)
    assert not np.array_equal(first.image, other) and not np.array_equal(first.image, else_)


@pytest.mark.slow
def test_a_model_that_is_not_distilled_gets_its_many_steps(tmp_path: Path) -> None:
    steps: list[float] = []
    model = str(write_pipeline(tmp_path, distilled=False, side=16))
    DiffusersPainter(model, lambda _: None, Cancel()).paint(WORDS, 1, steps.append, Cancel())
    assert len(steps) == OTHERS[0]


def test_painting_stops_within_a_second(painter: DiffusersPainter) -> None:
    cancel = Cancel()
    painter.paint(WORDS, 1, lambda _: None, Cancel())  # loaded
    pressed: list[float] = []

    def press(part: float) -> None:
        pressed.append(time.monotonic())
        cancel.cancel()

    with pytest.raises(Cancelled):
        painter.paint(WORDS, 1, press, cancel)
    assert time.monotonic() - pressed[0] < 1 and len(pressed) == 1


def test_pictures_without_a_face_are_refused_in_one_sentence_through_the_whole_program(
    pipeline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Random networks paint noise: everything runs but the last step, which a face would take."""
    monkeypatch.setattr("sys.argv", ["heygen-studio", "paint", WORDS, "--model", str(pipeline), "-o", str(tmp_path / "face.png")])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert ended.value.code == 2 and not said.out
    assert said.err.startswith("None of the 8 pictures") and "8x there is no face" in said.err and said.err.count("\n") == 1
    assert not list(tmp_path.iterdir()) and not any((settings().stages / "painting").glob("*"))


@pytest.mark.slow
def test_the_default_painter_needs_only_the_files_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny networks of SDXL's classes stand in the user's folder of weights, under the names that the repository gives them."""
    write_sdxl_turbo(tmp_path / "stabilityai/sdxl-turbo")
    monkeypatch.setenv("HEYGEN_STUDIO_WEIGHTS", str(tmp_path))
    settings.cache_clear()
    try:
        with pytest.raises(EngineUnavailable, match="8x there is no face"):
            Studio().paint_avatar(WORDS)
        painter = DiffusersPainter("stabilityai/sdxl-turbo", lambda _: None, Cancel())
        steps: list[float] = []
        assert painter.paint(WORDS, 1, steps.append, Cancel()).image.std() > 1 and len(steps) == DISTILLED[0]
    finally:
        monkeypatch.undo()
        settings.cache_clear()


class Gallery:
    """A painter of real photographs, one for each seed."""

    model = "gallery"

    def __init__(self, *pictures: Image | Picture) -> None:
        self.pictures = pictures
        self.painted: list[int] = []

    def paint(self, prompt: str, seed: int, on_step: Callable[[float], None], cancel: Cancel) -> Picture:
        cancel.check()
        self.painted.append(seed)
        on_step(1.0)
        picture = self.pictures[(seed - 7) % len(self.pictures)]
        return picture if isinstance(picture, Picture) else Picture(picture)


def test_the_best_face_comes_first_and_every_picture_says_what_it_is(large_hopper: Image, large_astronaut: Image, tmp_path: Path) -> None:
    wall = np.full((512, 512, 3), 128, np.uint8)
    gallery = Gallery(wall, large_astronaut, large_hopper, np.hstack([large_hopper, large_hopper]), large_astronaut, Picture(wall, True))
    events: list[Event] = []
    found = paint_candidates(gallery, WORDS, 7, tmp_path, events.append, Cancel())
    assert gallery.painted == list(range(7, 15)), "four faces were not to be had, so all further seeds were tried"
    assert {face.seed for face in found} == {8, 9, 11, 14}
    assert found[0].seed == 9, "her lips are shut; the astronaut laughs"
    assert [face.score for face in found] == sorted((face.score for face in found), reverse=True)
    assert all(face.width >= PAINTED_WIDTH and abs(face.yaw) < 20 for face in found)
    tags = Pillow.open(found[0].image).info
    assert (tags["Description"], tags["Seed"], tags["Model"], tags["Comment"]) == (WORDS, "9", "gallery", "AI-generated")
    assert events[-1].stage == "portrait" and 0 < events[-1].fraction <= 1
    save_candidates(found, WORDS, "gallery", tmp_path / "candidates.json")
    assert load_candidates(tmp_path / "candidates.json") == tuple(found)
    assert json.loads((tmp_path / "candidates.json").read_text())["prompt"] == WORDS
    found[1].image.write_bytes(b"cut")
    with pytest.raises(OSError):
        load_candidates(tmp_path / "candidates.json")


def test_what_is_wrong_with_a_painted_face(tracker: FaceTracker, large_hopper: Image, astronaut_photo: Image) -> None:
    def fault(image: Image) -> str:
        with pytest.raises(BadInput) as error:
            judge(tracker, np.ascontiguousarray(image))
        return str(error.value)

    assert "less than 180 pixels" in fault(astronaut_photo)
    assert "more than one" in fault(np.hstack([large_hopper, large_hopper]))
    assert "turned away" in fault(np.asarray(Pillow.fromarray(large_hopper).rotate(38, expand=True)))
    covered = large_hopper.copy()
    height, width = covered.shape[:2]
    points = tracker.mesh(large_hopper, tracker.detect(large_hopper)[0])[0]
    x, y = points[13, :2].astype(int)
    covered[y - 40 : y + 50, x - 80 : x + 80] = (120, 160, 200)
    assert "mouth" in fault(covered)
    assert fault(np.zeros((height, width, 3), np.uint8)) == "there is no face"


def test_a_request_with_a_described_face_is_checked_before_anything_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    check(VideoRequest(text="Hello.", avatar=f"text:{WORDS}"))
    with pytest.raises(BadInput, match="whom to paint") as nobody:
        check(VideoRequest(text="Hello.", avatar="text: "))
    assert nobody.value.field == "avatar"
    with pytest.raises(BadInput, match="201 characters"):
        check(VideoRequest(text="Hello.", avatar="text:" + "x" * 201))
    with pytest.raises(BadInput, match=r"sdxl-turbo may not be used for commercial work.*HEYGEN_STUDIO_PAINTER"):
        check(VideoRequest(text="Hello.", avatar=f"text:{WORDS}", commercial=True, voice="hibari:heart"))


def test_a_prompt_that_the_model_cannot_read_is_refused(painter: DiffusersPainter) -> None:
    with pytest.raises(BadInput, match="reads English"):
        painter.paint("一位和蔼的老师", 1, lambda _: None, Cancel())
    with pytest.raises(BadInput, match="fewer words"):
        painter.paint("xylophone zither quiz " * 9, 1, lambda _: None, Cancel())


def test_no_such_model_and_no_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="no model folder"):
        Studio().paint_avatar(WORDS, model=str(tmp_path / "nothing"))
    with pytest.raises(EngineUnavailable, match=r"cannot be loaded.*model_index\.json.*HEYGEN_STUDIO_PAINTER"):
        Studio().paint_avatar(WORDS, model=str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert not any((settings().stages / "painting").glob("[!.]*"))


def test_a_described_avatar_is_painted_once_and_speaks(large_hopper: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = Gallery(large_hopper)
    monkeypatch.setattr("heygen_studio.portrait.painting.DiffusersPainter", lambda *_: gallery)
    words = "a navy officer with glasses"
    request = VideoRequest(listen=True, seconds=3, avatar=f"text:{words}", width=128, height=128, fps=12)
    video = Studio().render(request)
    assert video.path.is_file() and video.report["painted"] == {"words": words, "model": settings().painter, "seed": 0}
    painted = len(gallery.painted)
    faces = Studio().paint_avatar(f"  {words} ")
    assert len(faces) == painted == 4, "four good faces are enough"
    assert len(gallery.painted) == painted, "they were painted before"
    faces[1].image.unlink()
    assert all(face.image.is_file() for face in Studio().paint_avatar(words)), "a lost picture is painted again"
    assert len(gallery.painted) == 2 * painted
