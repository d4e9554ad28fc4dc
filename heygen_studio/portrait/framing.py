"""Choosing the part of a photo that the video shows, never distorting it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from .headpose import OVAL
from .portrait import Image

#: Height of the frame in heights of the face (forehead to chin): head and shoulders.
FACES_PER_FRAME = 2.35

#: The frame comes this near, in face heights, if then it shows nothing but the photo; and at most this near where the photo
#: ends above and below, whatever is missing at its sides.
NEAREST_WIDE, NEAREST_HIGH = 1.9, 1.5

#: A narrow frame is at least this many face heights wide.
FACES_PER_WIDTH = 1.75

#: How far the middle of the frame lies below the middle of the face, in face heights; more where there is height to spare.
BELOW_FACE, BELOW_SPARE = 0.03, 0.2

#: Where a frame is wider than the photo, its blur grows over this part of the frame's width.
BLUR_GROWS_OVER = 0.12


@dataclass(frozen=True)
class Frame:
    """The shown part of a photo: left, top, width, height in the photo's pixels; it may reach past the photo."""

    left: float
    top: float
    width: float
    height: float


def choose_frame(photo_size: tuple[int, int], landmarks: npt.NDArray[np.float32], size: tuple[int, int]) -> Frame:
    """The part of a photo of ``photo_size`` (width, height) for a video of ``size``, around the mesh [478, 3].

    Head and shoulders: the face is 1/2.35 of a square or wide frame's height. Where the photo ends, the frame moves, then
    comes a little nearer; only what is then still missing (mostly at the sides of a wide frame) lies past the photo.
    """
    aspect = size[0] / size[1]
    outline = landmarks[list(OVAL), :2]
    low, high = outline.min(0), outline.max(0)
    centre = (low + high) / 2
    face = float(max(high[1] - low[1], (high[0] - low[0]) * 1.25))
    faces = max(FACES_PER_FRAME, FACES_PER_WIDTH / aspect)
    wanted = faces * face
    fits = min(photo_size[1], photo_size[0] / aspect)
    if fits < NEAREST_WIDE * face:  # coming nearer would not do: the sides, at least, are invented
        fits = max(photo_size[1], NEAREST_HIGH * face)
    height = min(wanted, fits)
    width = height * aspect
    below = BELOW_FACE * face + BELOW_SPARE * max(height - FACES_PER_FRAME * face, 0)
    left = _inside(centre[0] - width / 2, width, photo_size[0])
    top = _inside(centre[1] + below - height / 2, height, photo_size[1])
    return Frame(left, top, width, height)


def cut_frame(photo: Image, frame: Frame, size: tuple[int, int]) -> Image:
    """``frame`` of the photo at ``size`` (width, height): antialiased where it shrinks, Lanczos where it grows.

    What lies past the photo continues it as a mirror image that grows ever more blurred, so that no edge shows.
    """
    scale = size[0] / frame.width
    right, bottom = frame.left + frame.width, frame.top + frame.height
    # Whole output pixels that the photo covers; the frame's own edges are exact.
    x0 = 0 if frame.left >= 0 else int(np.ceil(-frame.left * scale))
    y0 = 0 if frame.top >= 0 else int(np.ceil(-frame.top * scale))
    x1 = size[0] if right <= photo.shape[1] else int(np.floor((photo.shape[1] - frame.left) * scale))
    y1 = size[1] if bottom <= photo.shape[0] else int(np.floor((photo.shape[0] - frame.top) * scale))
    box = (
        max(0.0, frame.left + x0 / scale),
        max(0.0, frame.top + y0 / scale),
        min(float(photo.shape[1]), frame.left + x1 / scale),
        min(float(photo.shape[0]), frame.top + y1 / scale),
    )
    inside = np.asarray(Pillow.fromarray(photo).resize((x1 - x0, y1 - y0), Pillow.Resampling.LANCZOS, box=box))
    if inside.shape[:2] == (size[1], size[0]):
        return inside.copy()
    around = cv2.copyMakeBorder(inside, y0, size[1] - y1, x0, size[0] - x1, cv2.BORDER_REFLECT)
    return _blur_outside(around, (x0, y0, x1, y1))


def _inside(start: float, length: float, available: int) -> float:
    """``start`` moved so that the interval lies inside ``available``, or centred on it if it is longer."""
    if length >= available:
        return (available - length) / 2
    return min(max(start, 0.0), available - length)


def _blur_outside(image: Image, inside: tuple[int, int, int, int]) -> Image:
    """Blur what lies outside the rectangle (left, top, right, bottom), the more the farther away."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = inside
    x, y = np.arange(width), np.arange(height)
    beyond_x = np.maximum(np.maximum(x0 - x, x - x1 + 1), 0)
    beyond_y = np.maximum(np.maximum(y0 - y, y - y1 + 1), 0)
    distance = np.hypot(beyond_x[None, :], beyond_y[:, None]).astype(np.float32)
    reach = BLUR_GROWS_OVER * width
    result = image.astype(np.float32)
    for step, sigma in enumerate((0.004, 0.012, 0.03, 0.06)):
        blurred = cv2.GaussianBlur(result, (0, 0), sigma * width)
        share = np.clip(distance / reach * 4 - step, 0, 1)[..., None]
        result = result * (1 - share) + blurred * share
    return np.clip(np.round(result), 0, 255).astype(np.uint8)
