"""From a photo to a portrait, and every photo that cannot become one."""

from __future__ import annotations

import io
import threading
import time
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from covers import changed, covered
from PIL import Image as Pillow

from heygen_studio.errors import BadInput
from heygen_studio.portrait import avatars, find_avatar, load_portrait, portrait_key, prepare_portrait, save_portrait
from heygen_studio.portrait.headpose import face_width
from heygen_studio.portrait.portrait import Image, Portrait
from heygen_studio.progress import Cancel, Cancelled, Event

#: Points of the rigid face whose distances make up its shape.
SHAPE = (10, 152, 234, 454, 1, 33, 263)


def saved(image: Image, path: Path) -> Path:
    Pillow.fromarray(np.ascontiguousarray(image)).save(path)
    return path


def refusal(photo: Path) -> str:
    with pytest.raises(BadInput) as caught:
        prepare_portrait(photo, (256, 256))
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def shape(points: np.ndarray) -> np.ndarray:
    chosen = points[list(SHAPE), :2]
    distances = np.linalg.norm(chosen[:, None] - chosen[None], axis=-1)
    return distances / distances.max()


@pytest.mark.parametrize("size", [(512, 512), (1280, 720), (720, 1280), (640, 800)])
@pytest.mark.parametrize("who", ["hopper", "astronaut"])
def test_portrait(request: pytest.FixtureRequest, tracker, who: str, size: tuple[int, int]) -> None:
    photo = request.getfixturevalue(f"{who}_photo")
    in_photo, _ = tracker.mesh(photo, tracker.detect(photo)[0])
    portrait = prepare_portrait(request.getfixturevalue(who), size)
    assert portrait.size == size
    assert portrait.image.dtype == np.uint8
    assert portrait.matte.shape == portrait.image.shape[:2]
    assert portrait.landmarks.shape == (478, 3)
    assert portrait.landmarks.dtype == np.float32
    assert (portrait.landmarks[:468, :2] >= 0).all()
    assert (portrait.landmarks[:468, :2] < size).all()
    assert abs(portrait.yaw) < 5
    # Never distorted, and enlarged by what it says.
    assert np.abs(shape(portrait.landmarks) - shape(in_photo)).max() < 0.02
    assert face_width(portrait.landmarks) == pytest.approx(portrait.magnification * face_width(in_photo), rel=0.02)
    # Head and shoulders.
    height = portrait.landmarks[152, 1] - portrait.landmarks[10, 1]
    assert 0.27 < height / size[1] < 0.55


def test_progress_is_honest(hopper: Path) -> None:
    events: list[Event] = []
    prepare_portrait(hopper, (256, 256), on_event=events.append)
    fractions = [event.fraction for event in events if event.stage == "portrait"]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == 1


def test_cancel(hopper: Path) -> None:
    for at in range(4):
        cancel, seen = Cancel(), []

        def on_event(event: Event, cancel: Cancel = cancel, seen: list = seen, at: int = at) -> None:
            if len(seen) == at:
                cancel.cancel()
            seen.append(event)

        with pytest.raises(Cancelled):
            prepare_portrait(hopper, (512, 512), on_event=on_event, cancel=cancel)


def test_cancel_within_a_second(hopper_photo: Image, tmp_path: Path) -> None:
    large = saved(cv2.resize(hopper_photo, (3000, 3500)), tmp_path / "large.bmp")
    cancel = Cancel()
    threading.Timer(0.3, cancel.cancel).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        while True:
            prepare_portrait(large, (1280, 720), cancel=cancel)
    assert time.monotonic() - start < 1.3


def test_same_photo_same_portrait(hopper: Path) -> None:
    first, second = (prepare_portrait(hopper, (640, 360)) for _ in range(2))
    assert (first.image == second.image).all()
    assert (first.landmarks == second.landmarks).all()
    assert (first.matte == second.matte).all()


@pytest.fixture(scope="module")
def astronaut_portrait(astronaut: Path) -> Portrait:
    return prepare_portrait(astronaut, (256, 256))


@pytest.mark.parametrize("kind", ["png", "jpeg", "rgba", "grey", "cmyk", "16 bit", "exif", "webp"])
def test_the_same_photo_in_every_kind_of_file(tmp_path: Path, astronaut_portrait: Portrait, astronaut_photo: Image, kind: str) -> None:
    image = Pillow.fromarray(astronaut_photo)
    path = tmp_path / f"a.{dict(jpeg='jpg', cmyk='jpg', webp='webp').get(kind, 'png')}"
    if kind == "rgba":
        image.convert("RGBA").save(path)
    elif kind == "grey":
        image.convert("L").save(path)
    elif kind == "cmyk":
        image.convert("CMYK").save(path, quality=95)
    elif kind == "16 bit":
        Pillow.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257).save(path)
    elif kind == "exif":
        exif = Pillow.Exif()
        exif[0x0112] = 6
        image.transpose(Pillow.Transpose.ROTATE_90).save(path, exif=exif)
    else:
        image.save(path)
    expected = astronaut_portrait
    portrait = prepare_portrait(path, (256, 256))
    tolerance = 0.02 if kind in ("grey", "16 bit") else 0.01
    difference = np.abs(portrait.landmarks[:, :2] - expected.landmarks[:, :2]).mean()
    assert difference < tolerance * face_width(expected.landmarks)


@pytest.mark.parametrize(("quarters", "said"), [(1, "clockwise"), (3, "anticlockwise"), (2, "upside down")])
def test_a_lying_photo_is_turned_with_a_note(tmp_path: Path, hopper_photo: Image, quarters: int, said: str) -> None:
    portrait = prepare_portrait(saved(np.rot90(hopper_photo, quarters), tmp_path / "lying.png"), (256, 256))
    assert any(f"turned {said}" in note for note in portrait.notes)
    assert portrait.landmarks[152, 1] > portrait.landmarks[10, 1]


def test_two_faces_the_largest_is_taken_with_a_note(tmp_path: Path, hopper_photo: Image, astronaut_photo: Image) -> None:
    both = np.hstack([astronaut_photo, hopper_photo[:512]])
    portrait = prepare_portrait(saved(both, tmp_path / "two.png"), (256, 256))
    assert "2 faces were found in two.png: the largest one was taken." in portrait.notes
    alone = prepare_portrait(saved(hopper_photo[:512], tmp_path / "one.png"), (256, 256))
    assert alone.notes == ()
    assert np.abs(shape(portrait.landmarks) - shape(alone.landmarks)).max() < 0.02


def test_small_but_usable_faces_get_a_note(tmp_path: Path, astronaut_photo: Image) -> None:
    portrait = prepare_portrait(saved(astronaut_photo, tmp_path / "a.png"), (1280, 720))
    assert any("enlarged 2." in note for note in portrait.notes)


def test_dark_photo_gets_a_note(tmp_path: Path, hopper_photo: Image) -> None:
    portrait = prepare_portrait(saved((hopper_photo * 0.2).astype(np.uint8), tmp_path / "dark.png"), (256, 256))
    assert any("dark" in note for note in portrait.notes)


def test_no_face(tmp_path: Path) -> None:
    wall = cv2.resize(np.random.default_rng(0).integers(0, 256, (5, 5, 3), dtype=np.uint8), (500, 400))
    assert "No face was found in wall.png" in refusal(saved(wall, tmp_path / "wall.png"))


def test_a_face_of_too_few_pixels(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    scale = 50 / face_width(hopper_points)
    small = cv2.resize(hopper_photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    message = refusal(saved(small, tmp_path / "small.png"))
    assert "only 50 pixels wide" in message or "only 49 pixels wide" in message or "only 51 pixels wide" in message
    assert "at least 64" in message


@pytest.mark.parametrize("edge", ["left", "right", "lower"])
def test_a_face_that_the_photo_cuts_off(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray, edge: str) -> None:
    x, y = hopper_points[:, :2].mean(0).astype(int)
    quarter = int(face_width(hopper_points) / 4)
    cut = {
        "left": hopper_photo[:, x - quarter :],
        "right": hopper_photo[:, : x + quarter],
        "lower": hopper_photo[: int(y + 1.6 * quarter)],
    }
    assert f"The {edge} edge of cut.png cuts off a part of the face" in refusal(saved(cut[edge], tmp_path / "cut.png"))


def test_a_close_up_whose_forehead_is_cropped_is_welcome(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    low, high = hopper_points[:, :2].min(0).astype(int), hopper_points[:, :2].max(0).astype(int)
    margin = int(0.12 * (high[0] - low[0]))
    close = hopper_photo[low[1] + margin : high[1] + margin, low[0] - margin : high[0] + margin]
    portrait = prepare_portrait(saved(close, tmp_path / "close.png"), (256, 256))
    assert portrait.notes == ()
    assert portrait.magnification >= 256 / min(close.shape[:2]) - 0.01  # the photo fills the frame: nothing is made up around it


def test_a_tilted_head(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    x, y = (float(value) for value in hopper_points[:, :2].mean(0))
    turn = cv2.getRotationMatrix2D((x, y), -40, 1)
    tilted = cv2.warpAffine(hopper_photo, turn, (512, 600), borderMode=cv2.BORDER_REFLECT)
    message = refusal(saved(tilted, tmp_path / "tilted.png"))
    assert "tilted" in message
    assert "turn the photo upright" in message


def test_a_turned_head_names_the_angle(monkeypatch: pytest.MonkeyPatch, hopper: Path) -> None:
    """There is no free photo of a profile at hand; so the limit, not the face, is changed."""
    monkeypatch.setattr("heygen_studio.portrait.checks.MAX_YAW", -1)
    message = refusal(hopper)
    assert "degrees to the" in message
    assert "looks into the camera" in message


@pytest.mark.parametrize("kind", ["mask", "hand", "tape"])
def test_a_hidden_mouth(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray, kind: str) -> None:
    photo = saved(covered(hopper_photo, hopper_points, kind), tmp_path / "covered.png")
    assert "The mouth in covered.png cannot be made out" in refusal(photo)


def test_a_beard_is_welcome(tmp_path: Path, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    prepare_portrait(saved(changed(hopper_photo, hopper_points, "beard"), tmp_path / "beard.png"), (256, 256))


def test_stored_portraits_come_back(tmp_path: Path, hopper: Path) -> None:
    portrait = prepare_portrait(hopper, (256, 256))
    save_portrait(portrait, tmp_path / "p.npz")
    again = load_portrait(tmp_path / "p.npz")
    assert (again.image == portrait.image).all()
    assert (again.landmarks == portrait.landmarks).all()
    assert np.abs(again.matte - portrait.matte).max() < 1e-4
    assert (again.magnification, again.yaw, again.notes) == (portrait.magnification, portrait.yaw, portrait.notes)
    assert again.photographed is None
    wide = prepare_portrait(hopper, (640, 240))
    save_portrait(wide, tmp_path / "p.npz")
    assert wide.photographed is not None and load_portrait(tmp_path / "p.npz").photographed == wide.photographed
    assert [file.name for file in tmp_path.iterdir()] == ["p.npz"]


def test_a_damaged_stored_portrait_is_refused(tmp_path: Path, hopper: Path) -> None:
    save_portrait(prepare_portrait(hopper, (256, 256)), tmp_path / "p.npz")
    data = (tmp_path / "p.npz").read_bytes()
    for broken in (b"", data[:1000], data[: len(data) // 2] + b"x" * 100, b"no zip at all"):
        (tmp_path / "p.npz").write_bytes(broken)
        with pytest.raises(BadInput, match="not a saved portrait"):
            load_portrait(tmp_path / "p.npz")
    pickled = io.BytesIO()
    np.savez(pickled, image=np.array([{"a": 1}], object), numbers=np.zeros(2))
    (tmp_path / "p.npz").write_bytes(pickled.getvalue())
    with pytest.raises(BadInput, match="not a saved portrait"):
        load_portrait(tmp_path / "p.npz")


def test_the_key_follows_photo_and_size(tmp_path: Path, hopper: Path, astronaut: Path) -> None:
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(hopper.read_bytes())
    assert portrait_key(copy, (512, 512)) == portrait_key(hopper, (512, 512))
    assert len({portrait_key(hopper, (512, 512)), portrait_key(hopper, (512, 640)), portrait_key(astronaut, (512, 512))}) == 3
    with pytest.raises(BadInput, match="no photo at"):
        portrait_key(tmp_path / "nowhere.jpg", (512, 512))


def test_avatars(tmp_path: Path, hopper: Path) -> None:
    assert [avatar.id for avatar in avatars()] == ["hopper", "astronaut"]
    assert all(avatar.licence and avatar.credit for avatar in avatars())
    assert find_avatar(str(hopper)) == hopper
    with pytest.raises(BadInput, match="hopper, astronaut") as caught:
        find_avatar("napoleon")
    assert "path of a photo" in str(caught.value)


def test_a_large_photo_takes_little_more_memory_than_itself(tmp_path: Path, hopper: Path, hopper_photo: Image) -> None:
    large = cv2.resize(hopper_photo, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    photo = saved(large, tmp_path / "large.jpg")
    expected = prepare_portrait(hopper, (256, 256))  # the networks are loaded here
    tracemalloc.start()
    portrait = prepare_portrait(photo, (256, 256))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.2 * large.nbytes
    assert np.abs(portrait.landmarks - expected.landmarks)[:, :2].max() < 3
