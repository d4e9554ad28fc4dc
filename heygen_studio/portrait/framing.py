"""Choosing the part of a photo that the video shows, never distorting it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from .headpose import OVAL
from .network import Array
from .portrait import Image

#: Height of the frame in heights of the face (forehead to chin): head and shoulders.
FACES_PER_FRAME = 2.35

#: A frame that would be wider than the photo shrinks to the photo's width, at most to this part of its size.
NEARER = 0.7

#: A close-up stays one: the frame is at least this many face heights high and wide, but no larger than what the photo holds if that is
#: larger than the face by this factor: a bar of blur beside a face looks worse than a border close to it.
CLOSEST, CLOSEST_WIDE, ROOM = 1.25, 0.95, 1.03

#: A narrow frame is at least this many face heights wide.
FACES_PER_WIDTH = 1.75

#: How far the middle of the frame lies below the middle of the face, in face heights; more where there is height to spare.
BELOW_FACE, BELOW_SPARE = 0.03, 0.2

#: How far Lanczos' interpolation looks, pixels of the smaller picture.
LANCZOS_REACH = 3


@dataclass(frozen=True)
class Frame:
    """The shown part of a photo: left, top, width, height in the photo's pixels; it may reach past the photo."""

    left: float
    top: float
    width: float
    height: float


def choose_frame(photo_size: tuple[int, int], landmarks: Array, size: tuple[int, int]) -> Frame:
    """The part of a photo of ``photo_size`` (width, height) for a video of ``size``, around the mesh [478, 3].

    Head and shoulders: the face is 1/2.35 of a square or wide frame's height. Where the photo ends, the frame moves, then
    comes nearer; only what is then still missing (at the sides of a wide frame, or below a tall one: bodies
    are more easily imagined than heads) lies past the photo.
    """
    aspect = size[0] / size[1]
    outline = landmarks[list(OVAL), :2]
    low, high = outline.min(0), outline.max(0)
    centre = (low + high) / 2
    face = float(max(high[1] - low[1], (high[0] - low[0]) * 1.25))
    faces = max(FACES_PER_FRAME, FACES_PER_WIDTH / aspect)
    wanted = faces * face
    closest = max(min(CLOSEST * face, photo_size[1]), min(CLOSEST_WIDE * face, photo_size[0]) / aspect)
    shown = np.minimum(high, photo_size) - np.maximum(low, 0)
    across, down = np.minimum(ROOM * shown, photo_size)
    held = min(photo_size[1], photo_size[0] / aspect)
    if held >= max(down, across / aspect):
        closest = min(closest, held)
    height = min(wanted, max(photo_size[1], closest))
    if max(NEARER * height, closest) <= photo_size[0] / aspect:
        height = min(height, photo_size[0] / aspect)
    width = height * aspect
    below = BELOW_FACE * face + BELOW_SPARE * max(height - FACES_PER_FRAME * face, 0)
    left = _inside(float(centre[0]) - width / 2, width, photo_size[0])
    top = _inside(float(centre[1]) + below - height / 2, height, photo_size[1]) if height <= photo_size[1] else 0.0
    return Frame(left, top, width, height)


def cut_frame(photo: Image, frame: Frame, size: tuple[int, int]) -> tuple[Image, tuple[int, int]]:
    """What the photo holds of ``frame``, for a video of ``size`` (width, height), and its place (left, top) in that video.

    Antialiased where it shrinks, Lanczos where it grows; a frame inside the photo fills the whole video.
    """
    scale = size[0] / frame.width
    (x0, x1), (y0, y1) = (
        _covered(start, length, available, pixels)
        for start, length, available, pixels in (
            (frame.left, frame.width, photo.shape[1], size[0]),
            (frame.top, frame.height, photo.shape[0], size[1]),
        )
    )
    box = (
        max(0.0, frame.left + x0 / scale),
        max(0.0, frame.top + y0 / scale),
        min(float(photo.shape[1]), frame.left + x1 / scale),
        min(float(photo.shape[0]), frame.top + y1 / scale),
    )
    around = math.ceil(LANCZOS_REACH * max(1.0, 1 / scale)) + 1  # of a large photo, only what is looked at is copied
    left, top = max(0, int(box[0]) - around), max(0, int(box[1]) - around)
    looked_at = np.ascontiguousarray(photo[top : math.ceil(box[3]) + around, left : math.ceil(box[2]) + around])
    inside = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
    part = Pillow.fromarray(looked_at).resize((x1 - x0, y1 - y0), Pillow.Resampling.LANCZOS, box=inside)
    return np.array(part), (x0, y0)


def _covered(start: float, length: float, available: int, pixels: int) -> tuple[int, int]:
    """First and last + 1 of the ``pixels`` across ``length`` that lie inside 0..``available``."""
    scale = pixels / length
    first = 0 if start >= 0 else math.ceil(-start * scale)
    last = pixels if start + length <= available else math.floor((available - start) * scale)
    return first, last


def _inside(start: float, length: float, available: int) -> float:
    """``start`` moved so that the interval lies inside ``available``, or centred on it if it is longer."""
    if length >= available:
        return (available - length) / 2
    return min(max(start, 0.0), available - length)
