"""Putting a painted mouth back so that nobody sees where: a soft mask that follows the face, and colours that agree at its edge."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.headpose import face_width
from ...portrait.portrait import Image
from .crop import Square, uncut

Plane = npt.NDArray[Any]

# The lower face, as it lies in the picture: along the jaw from the left to the right, and back over the cheeks and below the nose.
# fmt: off
JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
BELOW_NOSE = (425, 327, 326, 2, 97, 98, 205)
# fmt: on

#: What belongs to the mouth: the jaw's line moves away from it.
MIDDLE_OF_MOUTH = (13, 14)

#: An open jaw reaches lower than the one in the frame: the chin's line is moved down by this part of its distance from the mouth,
#: the line beside it less.
JAW_LOWER = 0.12

#: The mask rises from 0 to 1 over this part of the face's width.
FEATHER = 0.075

#: Colours are compared in the outer part of the mask, up to this value of it, in a picture of this side.
RIM, COMPARED = 0.5, 64

#: A difference of colour at the rim fades towards the middle with this width (sigma, parts of the compared picture).
SPREAD = 0.22


def lower_face(landmarks: Plane, square: Square, place: tuple[int, int, int, int], person: Plane | None = None) -> Plane:
    """The soft mask float32 [h, w] of the pixels ``place`` = left, top, right, bottom of the frame: 0 at and outside of its edges.

    It covers the lower face, but only the lower half of the square: the network sees the upper one and leaves it alone.
    person: 1 on the person, 0 on the background, of the same pixels, where that is known.
    """
    left, top, right, bottom = place
    points = landmarks[:, :2]
    mouth = points[list(MIDDLE_OF_MOUTH)].mean(axis=0)
    jaw = points[list(JAW)].astype(float)
    below = np.clip(jaw[:, 1] - mouth[1], 0, None)
    jaw[:, 1] += JAW_LOWER * below**2 / max(below.max(), 1)
    outline = np.vstack([jaw, points[list(BELOW_NOSE)]])
    # The border of zeros makes the edge of the place count as the outline's.
    inside = np.zeros((bottom - top + 2, right - left + 2), np.uint8)
    cv2.fillPoly(inside, [np.round(outline - [left - 1, top - 1]).astype(np.int32)], 1)
    inside[[0, -1]] = inside[:, [0, -1]] = 0
    half = (square.top + square.bottom) / 2
    inside[: max(0, int(np.ceil(half)) - top + 1)] = 0
    if person is not None:
        inside[1:-1, 1:-1][person < 0.5] = 0
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    return smooth(depth / max(FEATHER * face_width(landmarks), 2.0))


def smooth(rise: Plane) -> Plane:
    """0 below 0, 1 above 1, smooth between."""
    rise = np.clip(rise, 0, 1)
    return rise * rise * (3 - 2 * rise)


def matched(painted: Plane, original: Plane, mask: Plane) -> Plane:
    """``painted`` float32 [h, w, 3] with the colours of ``original`` where the mask begins; the difference fades inwards.

    A membrane over the mask's rim: a normalised convolution, as in Knutsson & Westin (CVPR 1993), of the difference there.
    """
    height, width = mask.shape
    scale = COMPARED / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    rim = mask * (mask < RIM)
    weight = cv2.resize(rim, size, interpolation=cv2.INTER_AREA)
    difference = cv2.resize((original - painted) * rim[..., None], size, interpolation=cv2.INTER_AREA)
    total = np.zeros((size[1], size[0], 3), np.float32)
    missing = np.ones(weight.shape, np.float32)
    for sigma in (SPREAD / 4, SPREAD / 2, SPREAD):  # the nearest part of the rim that is near enough decides
        near = cv2.GaussianBlur(weight, (0, 0), sigma * COMPARED)
        share = missing * (np.clip(near / 0.02, 0, 1) if sigma < SPREAD else 1)
        total += (share / np.maximum(near, 1e-5))[..., None] * cv2.GaussianBlur(difference, (0, 0), sigma * COMPARED)
        missing = missing - share
    return painted + cv2.resize(total, (width, height), interpolation=cv2.INTER_CUBIC)


def paste(frame: Image, painted: Image, square: Square, landmarks: Plane, weight: float = 1.0, person: Plane | None = None) -> Image:
    """The frame with the painted face [side, side, 3] in its square; every pixel outside of the mask is the frame's own.

    weight: 0 (nothing is painted) to 1; person: matte [H, W] of the frame.
    """
    place = left, top, right, bottom = square.inside(frame)
    if weight <= 0 or right - left < 8 or bottom - top < 8:
        return frame
    mask = lower_face(landmarks, square, place, None if person is None else person[top:bottom, left:right])
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return frame
    down, across = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    mask = np.ascontiguousarray(mask[down, across])
    new = uncut(painted, square, place)[down, across].astype(np.float32)
    result = frame.copy()
    view = result[top:bottom, left:right][down, across]
    old = view.astype(np.float32)
    share = (weight * mask)[..., None]
    mixed = old + share * (matched(new, old, mask) - old)
    view[:] = np.where(share > 0, np.clip(np.round(mixed), 0, 255), view).astype(np.uint8)
    return result


def unsharp(painted: Image) -> Image:
    """A little crisper, for networks whose pictures are smaller than the face: the default sharpening."""
    crisp: Image = np.asarray(cv2.addWeighted(painted, 1.5, cv2.GaussianBlur(painted, (0, 0), 1.0), -0.5, 0), np.uint8)
    return crisp
