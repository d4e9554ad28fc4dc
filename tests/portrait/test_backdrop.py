"""Another background behind the person: all of it, and nothing of the photo's own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from heygen_studio.errors import BadInput
from heygen_studio.portrait import Portrait, backdrop_key, load_portrait, prepare_portrait, save_portrait, with_backdrop
from heygen_studio.portrait.headpose import OVAL
from heygen_studio.service.check import check
from heygen_studio.service.files import with_paths_from

SIZE = (384, 384)


@pytest.fixture(scope="module")
def portrait(astronaut: Path) -> Portrait:
    """Brown hair before a bright wall, which a careless cut-out drags along."""
    return prepare_portrait(astronaut, SIZE)


@pytest.mark.parametrize(("spec", "colour"), [("#00b140", (0, 177, 64)), ("#102", (17, 0, 34))])
def test_the_wall_becomes_the_colour_and_the_face_stays(portrait: Portrait, spec: str, colour: tuple[int, int, int]) -> None:
    changed = with_backdrop(portrait, spec)
    far = cv2.erode((portrait.matte < 0.02).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert far.mean() > 0.2
    assert np.abs(changed.image[far].astype(int) - colour).max() <= 2
    face = np.zeros(portrait.matte.shape, np.uint8)
    cv2.fillPoly(face, [np.round(portrait.landmarks[list(OVAL), :2]).astype(np.int32)], 1)
    inside = cv2.erode(face, np.ones((15, 15), np.uint8)) > 0
    assert np.abs(changed.image[inside].astype(int) - portrait.image[inside]).max() <= 2


def test_no_halo_of_the_bright_wall_on_a_dark_ground(portrait: Portrait) -> None:
    """Around the hair nothing is brighter than the hair and the new background are."""
    changed = with_backdrop(portrait, "#101426")
    above = np.zeros(portrait.matte.shape, bool)
    above[: int(portrait.landmarks[10, 1])] = True  # from the top of the forehead upwards there is only hair
    edge = above & (changed.matte > 0.02) & (changed.matte < 0.9)
    hair = above & (changed.matte > 0.98)
    careless = portrait.image * portrait.matte[..., None] + np.array([16, 20, 38]) * (1 - portrait.matte[..., None])
    luma = np.array([0.299, 0.587, 0.114])
    brightest = np.percentile(portrait.image[hair] @ luma, 90)
    assert edge.sum() > 100
    assert np.percentile(changed.image[edge] @ luma, 98) < brightest
    assert (careless[edge] @ luma).max() > (changed.image[edge] @ luma).max() + 10


def test_the_picture_is_the_person_before_the_backdrop(portrait: Portrait) -> None:
    changed = with_backdrop(portrait, "#ffffff")
    assert changed.backdrop is not None
    behind = changed.matte < 0.01
    assert (changed.image[behind] == changed.backdrop[behind]).mean() > 0.99
    assert changed.landmarks is portrait.landmarks


def test_a_picture_covers_the_frame_undistorted_and_centred(portrait: Portrait, tmp_path: Path) -> None:
    wide = np.full((400, 1200, 3), 200, np.uint8)
    wide[:, :400] = (255, 0, 0)  # beyond the middle square: not shown
    cv2.circle(wide, (600, 60), 40, (0, 0, 255), -1)
    Pillow.fromarray(wide).save(tmp_path / "wall.png")
    behind = with_backdrop(portrait, str(tmp_path / "wall.png")).backdrop
    assert behind is not None
    assert behind.shape == portrait.image.shape
    assert not (np.abs(behind.astype(int) - (255, 0, 0)).max(2) < 60).any()
    y, x = np.nonzero(behind[..., 0] < 100)
    assert np.ptp(x) == pytest.approx(np.ptp(y), abs=2)
    assert x.mean() == pytest.approx(SIZE[0] / 2, abs=2)


def test_the_blur_holds_no_person(portrait: Portrait) -> None:
    behind = with_backdrop(portrait, "blur").backdrop
    assert behind is not None
    assert np.abs(cv2.Laplacian(behind, cv2.CV_16S)).mean() < np.abs(cv2.Laplacian(portrait.image, cv2.CV_16S)).mean() / 5
    suit = portrait.image[-20:, SIZE[0] // 2 - 20 : SIZE[0] // 2 + 20]
    assert behind[-20:].mean() > suit.mean() + 30


def test_it_survives_saving_and_is_the_same_each_time(portrait: Portrait, tmp_path: Path) -> None:
    changed = with_backdrop(portrait, "blur")
    save_portrait(changed, tmp_path / "p.npz")
    loaded, again = load_portrait(tmp_path / "p.npz"), with_backdrop(portrait, "blur")
    for other in (loaded, again):
        assert other.backdrop is not None and changed.backdrop is not None
        assert (other.image == changed.image).all()
        assert (other.backdrop == changed.backdrop).all()


def test_the_key_follows_the_content(tmp_path: Path) -> None:
    for name, grey in (("a.png", 10), ("b.png", 10), ("c.png", 11)):
        Pillow.new("RGB", (80, 80), (grey,) * 3).save(tmp_path / name)
    keys = [backdrop_key(str(tmp_path / name)) for name in ("a.png", "b.png", "c.png")]
    assert keys[0] == keys[1] != keys[2]
    assert backdrop_key("#ABCDEF") == backdrop_key("#abcdef")


@pytest.mark.parametrize("spec", ["green", "#12", "#gggggg", "nowhere.jpg", "#123456; rm", "\x00", "x" * 5000])
def test_what_is_no_background_is_refused(spec: str) -> None:
    from heygen_studio import VideoRequest

    with pytest.raises(BadInput, match="background") as refused:
        check(VideoRequest(text="Hello.", background=spec))
    assert refused.value.field == "background"


def test_a_bomb_and_a_text_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    from heygen_studio import VideoRequest

    Pillow.new("1", (15_000, 14_000)).save(tmp_path / "bomb.png")
    (tmp_path / "words.png").write_text("no picture")
    for name, said in (("bomb.png", "million"), ("words.png", "no picture")):
        with pytest.raises(BadInput, match=said) as refused:
            check(VideoRequest(text="Hello.", background=str(tmp_path / name)))
        assert refused.value.field == "background"


def test_a_path_is_seen_from_the_batch_and_a_colour_stays(tmp_path: Path) -> None:
    from heygen_studio import VideoRequest

    Pillow.new("RGB", (80, 80)).save(tmp_path / "wall.png")
    moved = with_paths_from(VideoRequest(text="Hello.", background="wall.png"), tmp_path)
    assert moved.background == str(tmp_path / "wall.png")
    assert with_paths_from(VideoRequest(text="Hello.", background="#fff"), tmp_path).background == "#fff"


def test_hair_that_the_photo_cuts_off_fades_into_the_new_background(tmp_path: Path, hopper: Path) -> None:
    photo = Pillow.open(hopper).convert("RGB")
    photo.crop((158, 0, 352, 360)).save(tmp_path / "cut.png")  # through the hat, on both sides
    portrait = prepare_portrait(tmp_path / "cut.png", (512, 288))
    assert portrait.photographed is not None
    left = portrait.photographed[0]
    cut_off = portrait.matte[:, left] > 0.99
    assert cut_off[:200].sum() > 20
    shown = with_backdrop(portrait, "#00ff00")
    green = (shown.image[:, :left].astype(int) - [0, 255, 0])[cut_off]
    strength = np.abs(green).max(axis=2).mean(axis=0)  # of the person, from the frame's border to the photo's edge
    assert strength[0] < 20
    assert strength[-1] > 150
    assert np.abs(np.diff(strength)).max() < 25
