"""The frame shows head and shoulders, invents as little as possible, and never distorts."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from faces import face_at
from hypothesis import given, settings
from hypothesis import strategies as st

from heygen_studio.portrait.framing import FACES_PER_FRAME, choose_frame, cut_frame
from heygen_studio.portrait.surroundings import extend

SIZES = [(512, 512), (1280, 720), (720, 1280), (640, 800)]


@settings(max_examples=200, deadline=None)
@given(
    photo=st.tuples(st.integers(100, 4000), st.integers(100, 4000)),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    face=st.floats(0.05, 1.0),
    size=st.sampled_from(SIZES),
)
def test_every_frame_has_the_shape_of_the_video_and_holds_the_face(
    photo: tuple[int, int], at: tuple[float, float], face: float, size: tuple[int, int]
) -> None:
    height = face * min(photo[1], photo[0] / 0.76)
    x = 0.38 * height + at[0] * (photo[0] - 0.76 * height)
    y = 0.5 * height + at[1] * (photo[1] - height)
    frame = choose_frame(photo, face_at(x, y, height), size)
    assert frame.width / frame.height == pytest.approx(size[0] / size[1], rel=1e-6)
    assert frame.left <= x - 0.38 * height + 0.01 * photo[0]
    assert frame.left + frame.width >= x + 0.38 * height - 0.01 * photo[0]
    assert frame.top <= y - 0.5 * height + 0.01 * photo[1]
    assert frame.top + frame.height >= y + 0.5 * height - 0.01 * photo[1]


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_stays_inside_a_photo_with_room(size: tuple[int, int]) -> None:
    for x, y in ((1500, 1500), (160, 1500), (2850, 2850)):
        frame = choose_frame((3000, 3000), face_at(x, y, 200), size)
        assert frame.left >= 0
        assert frame.top >= 0
        assert frame.left + frame.width <= 3000
        assert frame.top + frame.height <= 3000
    square = choose_frame((3000, 3000), face_at(1500, 1500, 200), (512, 512))
    assert square.height == pytest.approx(FACES_PER_FRAME * 200, rel=0.01)


@pytest.mark.parametrize(("photo", "size"), [((250, 260), (512, 512)), ((260, 250), (512, 512)), ((250, 320), (640, 800))])
def test_a_close_up_fills_the_frame(photo: tuple[int, int], size: tuple[int, int]) -> None:
    frame = choose_frame(photo, face_at(photo[0] / 2, photo[1] / 2 - 10, 240), size)
    assert 0 <= frame.left <= photo[0] - frame.width
    assert 0 <= frame.top <= photo[1] - frame.height


def test_a_head_that_the_photo_cuts_off_is_cut_off_by_the_frame() -> None:
    """All that is missing lies below it."""
    cut_off = choose_frame((250, 260), face_at(125, 130, 230), (720, 1280))
    assert cut_off.top == 0
    assert cut_off.height > 350


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", [90, 300, 900])
def test_circles_stay_circles(size: tuple[int, int], face: int) -> None:
    """Reduced, enlarged, inside the photo and past its edges."""
    photo = np.full((1000, 800, 3), 230, np.uint8)
    points = face_at(400, 500, face)
    radius = face // 4
    cv2.circle(photo, (400, 500), radius, (0, 0, 0), -1, lineType=cv2.LINE_AA)
    frame = choose_frame((800, 1000), points, size)
    part, (left, top) = cut_frame(photo, frame, size)
    scale = size[0] / frame.width
    on_part = (points - [frame.left, frame.top, 0]) * scale - [left, top, 0]
    image, _ = extend(part, np.zeros(part.shape[:2], np.float32), on_part, (left, top), size)
    assert image.shape == (size[1], size[0], 3)
    expected = (np.array([400, 500]) + 0.5 - [frame.left, frame.top]) * scale
    dark = image[..., 0].astype(float) < 115
    labels = cv2.connectedComponents(dark.astype(np.uint8))[1]
    y, x = np.nonzero(labels == labels[int(expected[1]), int(expected[0])])
    assert np.ptp(x) + 1 == pytest.approx(2 * radius * scale, abs=3 + scale)
    assert np.ptp(x) == pytest.approx(np.ptp(y), abs=2)
    assert x.mean() + 0.5 == pytest.approx(expected[0], abs=1)
    assert y.mean() + 0.5 == pytest.approx(expected[1], abs=1)


def test_reducing_does_not_alias() -> None:
    """Stripes that are finer than the output's pixels become even grey."""
    photo = np.zeros((2000, 2000, 3), np.uint8)
    photo[:, ::2] = 255
    image, _ = cut_frame(photo, choose_frame((2000, 2000), face_at(1000, 1000, 800), (256, 256)), (256, 256))
    assert image.std() < 3
