"""Cutting a face out of a frame at any scale, and where it belongs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from ...portrait.portrait import Image


@dataclass(frozen=True)
class Square:
    """A rectangle of a frame, shown to the network as a square: edges in pixels, with fractions; it may reach past the frame."""

    left: float
    top: float
    right: float
    bottom: float

    def inside(self, frame: Image) -> tuple[int, int, int, int]:
        """left, top, right, bottom of the whole pixels of the frame that lie in it."""
        height, width = frame.shape[:2]
        left, top = max(0, math.ceil(self.left)), max(0, math.ceil(self.top))
        return left, top, min(width, math.floor(self.right)), min(height, math.floor(self.bottom))


def cut(frame: Image, square: Square, side: int) -> Image:
    """The square as uint8 RGB [side, side, 3], antialiased; past the frame its border goes on."""
    height, width = frame.shape[:2]
    low = math.floor(square.left), math.floor(square.top)
    high = math.ceil(square.right), math.ceil(square.bottom)
    part = frame[max(low[1], 0) : max(high[1], 1), max(low[0], 0) : max(high[0], 1)]
    beyond = ((max(-low[1], 0), max(high[1] - height, 0)), (max(-low[0], 0), max(high[0] - width, 0)), (0, 0))
    if np.any(beyond):
        part = np.pad(part, beyond, mode="edge")
    box = (square.left - low[0], square.top - low[1], square.right - low[0], square.bottom - low[1])
    return np.asarray(Pillow.fromarray(part).resize((side, side), Pillow.Resampling.LANCZOS, box=box))


def uncut(painted: Image, square: Square, place: tuple[int, int, int, int]) -> Image:
    """The pixels ``place`` (left, top, right, bottom, inside the square) of the frame, from the painted [side, side, 3]."""
    left, top, right, bottom = place
    side = painted.shape[0]
    across, down = side / (square.right - square.left), side / (square.bottom - square.top)
    box = ((left - square.left) * across, (top - square.top) * down, (right - square.left) * across, (bottom - square.top) * down)
    clipped = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(side)), min(box[3], float(side)))
    return np.asarray(Pillow.fromarray(painted).resize((right - left, bottom - top), Pillow.Resampling.LANCZOS, box=clipped))
