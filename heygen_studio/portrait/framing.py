"""Choosing the part of a photo that the video shows, never distorting it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
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

#: Past the photo's edges the picture fades into a blur over this part of the video's width, made at this reduction.
FADE, BLUR_STEP = 0.045, 4

#: A cut-off shoulder falls as steeply as over this part of the photo's width beside the cut, within these limits (down per across).
RUN, SLOPES = 0.06, (0.8, 4.0)

#: Where the outline inside the photo has risen more steeply than so much (up per across) and by a step of this part of the height, the neck
#: begins; of the way to it, this part is surely shoulder and no collar.
STEEP, STEP, SURELY_SHOULDER = 1.5, 0.03, 0.6


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
    comes nearer; only what is then still missing (mostly at the sides of a wide frame) lies past the photo.
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
    top = _inside(float(centre[1]) + below - height / 2, height, photo_size[1])
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
    part = Pillow.fromarray(photo).resize((x1 - x0, y1 - y0), Pillow.Resampling.LANCZOS, box=box)
    return np.array(part), (x0, y0)


def extend(image: Image, matte: Array, place: tuple[int, int], size: tuple[int, int]) -> tuple[Image, Array]:
    """Put ``image`` [H, W, 3] and ``matte`` [H, W] at ``place`` in a video of ``size`` and continue them to its edges.

    The picture goes on as its own mirror image, which within a short way becomes a blur of the background alone: no seam,
    no black bars, and no second person. A shoulder that the photo's side cuts off slopes down to its end.
    """
    height, width = matte.shape
    if (width, height) == size:
        return image, matte
    margins = (place[1], size[1] - place[1] - height, place[0], size[0] - place[0] - width)
    mirrored = cv2.copyMakeBorder(image, *margins, cv2.BORDER_REFLECT)
    person = cv2.copyMakeBorder(matte, *margins, cv2.BORDER_REFLECT)
    blur = background_blur(mirrored, person)
    beyond_x, beyond_y = (
        np.maximum(np.maximum(first - np.arange(total), np.arange(total) - (first + covered - 1)), 0)
        for first, covered, total in ((place[0], width, size[0]), (place[1], height, size[1]))
    )
    far = np.clip(np.hypot(beyond_x[None, :], beyond_y[:, None]) / (FADE * size[0]), 0, 1).astype(np.float32)
    far = far * far * (3 - 2 * far)
    gone = np.where(beyond_x[None, :] > 0, np.maximum(far, cv2.dilate(person, np.ones((5, 5), np.uint8))), far)
    extended = mirrored + (blur - mirrored) * gone[..., None]
    person = person * (1 - gone)
    shoulders, share = _shoulders(mirrored, cv2.copyMakeBorder(matte, *margins, cv2.BORDER_REFLECT), beyond_x, place[0], width)
    extended += (shoulders - extended) * share[..., None]
    return np.clip(np.round(extended), 0, 255).astype(np.uint8), np.maximum(person, share)


def _shoulders(mirrored: Array, person: Array, beyond: Array, first: int, covered: int) -> tuple[Array, Array]:
    """What the photo's sides cut off of the person: colours [H, W, 3] and share [H, W], 0 in the photo.

    The mirror image of the shoulder alone, again and again, sheared so that its outline goes on falling as it does inside the photo.
    ``beyond`` [W]: columns past the photo.
    """
    height, width = person.shape
    slopes, tops, columns = np.zeros(width), np.full(width, np.inf), np.arange(width, dtype=np.float32)
    inside, run = np.zeros(width), max(2, round(RUN * covered))
    for edge, inward in ((first, 1), (first + covered - 1, -1)):
        outer = np.arange(width) < edge if inward > 0 else np.arange(width) > edge
        if person[-1, edge] > 0.5:
            outline = height - np.argmin(person[::-1, edge::inward][:, : covered // 2] > 0.5, axis=0)
            slopes[outer] = np.clip((outline[0] - outline[min(run, len(outline) - 1)]) / run, *SLOPES)
            tops[outer] = outline[0] + slopes[outer] * beyond[outer]
            shoulder = _shoulder_width(outline, height)
            inside[outer] = shoulder - np.abs((beyond[outer] - 1) % (2 * shoulder) - shoulder)
            columns[outer] = edge + inward * inside[outer]
    shifts = np.where(beyond > 0, slopes * (beyond + inside + 1), 0)
    rows = (np.arange(height)[:, None] - shifts[None, :]).astype(np.float32)
    at = np.tile(columns, (height, 1))
    colours = cv2.remap(mirrored.astype(np.float32), at, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.remap(person, at, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0.0)
    below = np.clip((np.arange(height)[:, None] - tops[None, :]) / 3 + 1, 0, 1)  # further out the mirror image holds other things
    return colours, np.where(beyond[None, :] > 0, share * below, 0).astype(np.float32)


def _shoulder_width(outline: Array, height: int) -> int:
    """Columns from the photo's edge inwards in which the ``outline`` of the person (rows) is that of a shoulder, not of the head."""
    steep = outline[0] - outline > STEEP * np.arange(len(outline)) + STEP * height
    return max(2, int(SURELY_SHOULDER * (np.argmax(steep) if steep.any() else len(outline))))


def _covered(start: float, length: float, available: int, pixels: int) -> tuple[int, int]:
    """First and last + 1 of the ``pixels`` across ``length`` that lie inside 0..``available``."""
    scale = pixels / length
    first = 0 if start >= 0 else math.ceil(-start * scale)
    last = pixels if start + length <= available else math.floor((available - start) * scale)
    return first, last


def background_blur(image: Array, person: Array) -> Array:
    """The picture without the person, blurred: blurs of the background, the narrowest one that holds enough of it first."""
    small = cv2.resize(image, None, fx=1 / BLUR_STEP, fy=1 / BLUR_STEP, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = 1 - cv2.resize(person, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
    weight = np.maximum(weight, 1e-4) ** 2
    result = np.zeros_like(small)
    missing = np.ones_like(weight)
    for part in (0.02, 0.05, 0.15, 0.5):
        sigma = part * small.shape[1]
        here = cv2.GaussianBlur(weight, (0, 0), sigma)
        share = missing * (np.clip(here * 4, 0, 1) if part < 0.5 else 1)
        result += (share / np.maximum(here, 1e-8))[..., None] * cv2.GaussianBlur(small * weight[..., None], (0, 0), sigma)
        missing = missing - share
    return cv2.resize(result, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)


def _inside(start: float, length: float, available: int) -> float:
    """``start`` moved so that the interval lies inside ``available``, or centred on it if it is longer."""
    if length >= available:
        return (available - length) / 2
    return min(max(start, 0.0), available - length)
