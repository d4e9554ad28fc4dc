"""The person in a part of the frame."""

from __future__ import annotations

import numpy as np
import pytest

from heygen_studio import BadInput
from heygen_studio.video.layout import Layout, layout_of

FRAME = (640, 360)
NOWHERE = (0.0, 0.0)


def drawn(layout: Layout) -> np.ndarray:
    """A white card over black scenery."""
    card = np.full((layout.card[1], layout.card[0], 3), 255, np.uint8)
    (frame,) = layout.over(np.zeros((FRAME[1], FRAME[0], 3), np.uint8), iter([card]))
    return frame


def made(scale: float = 1.0, offset: tuple[float, float] = NOWHERE, is_round: bool = False) -> Layout:
    layout = layout_of(FRAME, scale, offset, is_round)
    assert layout is not None
    return layout


def test_a_person_who_fills_the_frame_needs_no_layout() -> None:
    assert layout_of(FRAME, 1.0, NOWHERE, False) is None


@pytest.mark.parametrize(
    ("scale", "offset", "box"),
    [
        (0.5, NOWHERE, (160, 90, 480, 270)),
        (0.5, (0.25, 0.25), (320, 180, 640, 360)),
        (0.5, (-0.5, 0.0), (0, 90, 160, 270)),  # half of it is outside
        (1.0, (0.0, 0.5), (0, 180, 640, 360)),
        (2.0, (0.25, 0.0), (0, 0, 640, 360)),
    ],
)
def test_a_card_lies_where_it_should(scale: float, offset: tuple[float, float], box: tuple[int, int, int, int]) -> None:
    white = drawn(made(scale, offset)).all(axis=2)
    rows, columns = np.flatnonzero(white.any(axis=1)), np.flatnonzero(white.any(axis=0))
    assert (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) == box
    assert white.sum() == (box[2] - box[0]) * (box[3] - box[1])


def test_a_circle_is_round_smooth_and_as_high_as_the_frame() -> None:
    layout = made(offset=(0.1, 0.0), is_round=True)
    assert layout.card == (360, 360)
    frame = drawn(layout)[..., 0] / 255
    assert abs(frame.sum() - np.pi * 180**2) < 20
    down, across = np.nonzero((frame > 0) & (frame < 1))
    assert np.ptp(np.hypot(across - (384 - 0.5), down - (180 - 0.5))) <= 1  # the soft edge is one pixel wide


def test_every_frame_shows_its_own_card_and_the_scenery_stays() -> None:
    layout, scenery = made(0.5, is_round=True), np.full((FRAME[1], FRAME[0], 3), 90, np.uint8)
    cards = (np.full((180, 180, 3), level, np.uint8) for level in (10, 200, 30))
    frames = [frame.copy() for frame in layout.over(scenery, cards)]
    assert [int(frame[180, 320, 0]) for frame in frames] == [10, 200, 30]
    assert all((frame[0] == 90).all() and (frame[180, 200] == 90).all() for frame in frames) and (scenery == 90).all()


def test_the_scenery_under_a_card_fits_to_what_is_around_it() -> None:
    scenery = np.random.default_rng(0).integers(0, 255, (FRAME[1], FRAME[0], 3), np.uint8)
    for layout in (made(0.5), made(1.5, (0.3, -0.2)), made(0.9, (0.6, 0.6))):
        (frame,) = layout.over(scenery, iter([layout.crop(scenery)]))
        assert (frame == scenery).all()


@pytest.mark.parametrize(
    ("scale", "offset", "field"),
    [(0.2, NOWHERE, "scale"), (7.0, NOWHERE, "scale"), (0.5, (0.8, 0.0), "offset_x"), (0.5, (0.0, -0.75), "offset_y")],
)
def test_what_nobody_could_see_is_refused(scale: float, offset: tuple[float, float], field: str) -> None:
    with pytest.raises(BadInput) as told:
        layout_of(FRAME, scale, offset, False)
    assert told.value.field == field
