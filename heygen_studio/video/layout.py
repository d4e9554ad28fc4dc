"""Where the person stands in the frame: in all of it, or in a smaller, larger, moved or round part of it, the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import BadInput

if TYPE_CHECKING:
    from ..portrait.portrait import Image

#: The shortest and longest side of a card in pixels: in a smaller one no face can be drawn.
SMALLEST, LARGEST = 96, 3840


@dataclass(frozen=True)
class Layout:
    """frame, card: width and height in pixels; corner: left and top of the card in the frame, which may lie outside of it.

    is_round: the card shows the circle that touches its sides, else all of it.
    """

    frame: tuple[int, int]
    card: tuple[int, int]
    corner: tuple[int, int]
    is_round: bool

    def crop(self, scenery: Image) -> Image:
        """The part of a picture of the frame that lies under the card; past the frame its border goes on."""
        import numpy as np

        columns, rows = (
            np.clip(np.arange(first, first + length), 0, available - 1)
            for first, length, available in zip(self.corner, self.card, self.frame, strict=True)
        )
        return np.ascontiguousarray(scenery[rows[:, None], columns[None, :]])

    def over(self, scenery: Image, cards: Iterator[Image]) -> Iterator[Image]:
        """Each card [h, w, 3] over the ``scenery`` [H, W, 3], which shows through outside the circle. The frame is used again."""
        import cv2
        import numpy as np

        frame = scenery.copy()
        (x0, x1), (y0, y1) = (
            (max(0, first), min(available, first + length))
            for first, length, available in zip(self.corner, self.card, self.frame, strict=True)
        )
        shown = slice(y0 - self.corner[1], y1 - self.corner[1]), slice(x0 - self.corner[0], x1 - self.corner[0])
        target, below = frame[y0:y1, x0:x1], scenery[y0:y1, x0:x1]
        share = self._share()[shown]
        inside, edge = (share >= 1).astype(np.uint8), np.nonzero((share > 0) & (share < 1))
        through, under = share[edge][:, None], below[edge].astype(np.float32)
        for card in cards:
            part = card[shown]
            cv2.copyTo(part, inside, target)
            target[edge] = np.round(under + (part[edge] - under) * through)
            yield frame

    def _share(self) -> Image:
        """How much of every pixel of the card is shown: float32 [h, w], 0-1."""
        import numpy as np

        width, height = self.card
        if not self.is_round:
            return np.ones((height, width), np.float32)
        across, down = (np.arange(side) - (side - 1) / 2 for side in (width, height))
        return np.clip((width + 1) / 2 - np.hypot(across[None, :], down[:, None]), 0, 1).astype(np.float32)


def layout_of(frame: tuple[int, int], scale: float, offset: tuple[float, float], is_round: bool) -> Layout | None:
    """The layout for a frame of (width, height); None where the person fills it as it is.

    scale: of the card, 1 for one as large as the frame, or, if round, as high as its shorter side. offset: by which the card's middle
    lies right of and below the frame's, in widths and heights of the frame.
    Raises `BadInput` for a card that is too small or too large, or that lies outside the frame.
    """
    if scale == 1 and offset == (0, 0) and not is_round:
        return None
    sides = (min(frame), min(frame)) if is_round else frame
    card = tuple(2 * round(side * scale / 2) for side in sides)
    if min(card) < SMALLEST or max(card) > LARGEST:
        raise BadInput(
            f"With a scale of {scale:g} the person would fill {card[0]}x{card[1]} pixels, and {SMALLEST} to {LARGEST} a side are possible: "
            f"change the scale or the size of the video.",
            field="scale",
        )
    corner = tuple(round((whole - part) / 2 + by * whole) for whole, part, by in zip(frame, card, offset, strict=True))
    for axis, (first, part, whole) in enumerate(zip(corner, card, frame, strict=True)):
        if first >= whole or first + part <= 0:
            name = ("offset_x", "offset_y")[axis]
            raise BadInput(f"With {name} {offset[axis]:g} nothing of the person would be seen: choose one nearer to 0.", field=name)
    return Layout(frame, (card[0], card[1]), (corner[0], corner[1]), is_round)


def no_layout(layout: Layout | None) -> None:
    """Raise `BadInput` if a video is to be put into a part of the frame."""
    if layout is not None:
        raise BadInput("A video keeps its own frame: leave scale, offsets and circle out, or give a photo.", field="scale")
