"""The fine texture of a face's skin: pores, grain of the photo, cracks of paint. What hides some of it borrows from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Plane, Points
from .light import LUMA
from .skin_seen import skin_likeness

#: Fine is what a blur of so many mm takes away; marks stronger than so many standard deviations are weakened to that.
FINE_MM, STRONGEST = 1.2, 3.5
#: What was borrowed is made as strong as that of even skin, but weaker and stronger by no more than this.
EVENED = (0.3, 1.6)
#: It is made stronger by this, for looking it up between its pixels takes some away.
GIVEN_BACK = 1.15
#: Texture is borrowed from so many places at most, each for what the ones before lack. A place this far away, mm, is taken only if so
#: much more of it is skin.
PLACES, FAR_MM, FAR_COSTS = 3, 40.0, 0.15
#: The photo is smoothed by this much before it is asked for skin, mm; nearer to the outline of the face than that, there is none, mm.
SMOOTHED_MM, OUTLINE_MM = 0.5, 3.0


@dataclass(frozen=True)
class SkinGrain:
    """detail: float32 RGB [h, w, 3], how a face differs from itself smoothed, in parts of its brightness; skin: 0-1 [h, w], how far that
    is skin; usual: how strong that is on even skin (standard deviation); corner: the photo's pixel (x, y) at the upper left of both."""

    detail: Plane
    skin: Plane
    usual: float
    corner: tuple[int, int]
    per_mm: float

    def over(self, wanted: Plane, corner: tuple[int, int]) -> Plane:
        """Detail [h, w, 3] of the part of the photo at ``corner`` (x, y): its own, and borrowed where it is ``wanted`` (0-1 [h, w])."""
        here = corner[0] - self.corner[0], corner[1] - self.corner[1]
        height, width = wanted.shape
        borrowed, left = np.zeros((height, width, 3), np.float32), wanted
        for _ in range(PLACES):
            place = self._place(left, here)
            skin = _part(self.skin, place, width, height)
            borrowed += (left * skin)[..., None] * _part(self.detail, place, width, height)
            left = left * (1 - skin)
        strength = float(np.sqrt(((borrowed @ LUMA) ** 2).sum() / max(float((wanted**2).sum()), 1e-6)))
        borrowed *= np.clip(GIVEN_BACK * self.usual / max(strength, 1e-6), *EVENED)
        return np.asarray(_part(self.detail, here, width, height) * (1 - wanted)[..., None] + borrowed)

    def _place(self, wanted: Plane, here: tuple[int, int]) -> tuple[int, int]:
        """Where (x, y) most of what is ``wanted`` is skin; looked for at a pixel a millimetre."""
        mm = 1 / self.per_mm
        skin, sought = (cv2.resize(plane, None, fx=mm, fy=mm, interpolation=cv2.INTER_AREA) for plane in (self.skin, wanted))
        room = [(0, max(0, sought.shape[axis] - skin.shape[axis])) for axis in (0, 1)]
        lacks = cv2.matchTemplate(np.pad(1 - skin, room, constant_values=1), sought, cv2.TM_CCORR) / max(float(sought.sum()), 1e-6)
        rows, columns = np.indices(lacks.shape)
        away = np.hypot(columns - here[0] * mm, rows - here[1] * mm)
        y, x = np.unravel_index(np.argmin(lacks + FAR_COSTS * away / FAR_MM), lacks.shape)
        return round(float(x) * self.per_mm), round(float(y) * self.per_mm)


def read_grain(image: Image, oval: Points, nose_base: float, even: Sequence[Points], usual: Points, per_mm: float) -> SkinGrain:
    """The texture of the face within its outline ``oval`` [n, 2] and above the row ``nose_base``: below it are lips and beards.

    even: outlines [m, 2] of skin without folds; usual: the colour of the skin, RGB. Nothing but skin is smoothed in, so that a brow or a
    rim beside it casts no light or shade.
    """
    low, high = np.clip(np.floor(oval.min(axis=0)), 0, None).astype(int), np.ceil(oval.max(axis=0)).astype(int)
    face = np.ascontiguousarray(image[low[1] : min(high[1], round(nose_base)), low[0] : high[0]])
    inside = _filled(face.shape, oval - low)
    deep = cv2.distanceTransform(np.pad(inside, 1), cv2.DIST_L2, 5)[1:-1, 1:-1] / (OUTLINE_MM * per_mm)  # its border is an outline too
    soft = np.asarray(cv2.GaussianBlur(face, (0, 0), max(0.8, SMOOTHED_MM * per_mm)), np.uint8)
    skin = skin_likeness(soft, usual, per_mm) * np.clip(deep, 0, 1)
    sigma, weight = max(1.0, FINE_MM * per_mm), skin[..., None] + 1e-3
    smooth = cv2.GaussianBlur(face * weight, (0, 0), sigma) / cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    detail = (face - smooth) / np.maximum(smooth @ LUMA.astype(np.float32), 8)[..., None]
    masks = [(_filled(face.shape, patch - low) > 0) & (skin > 0.5) for patch in even]
    strengths = [float((detail[mask] @ LUMA).std()) for mask in masks if mask.any()]
    strength = float(np.median(strengths)) if strengths else 0.0
    strongest = max(STRONGEST * strength, 1e-6)
    skin = np.asarray(cv2.GaussianBlur(skin, (0, 0), SMOOTHED_MM * per_mm), np.float32)  # or its edges would be marks
    detail = strongest * np.tanh(detail / strongest) * skin[..., None]
    corner = (int(low[0]), int(low[1]))
    return SkinGrain(np.asarray(detail, np.float32), skin, strength, corner, per_mm)


def _filled(shape: tuple[int, ...], outline: Points) -> npt.NDArray[np.uint8]:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
    return mask


def _part(plane: Plane, corner: tuple[int, int], width: int, height: int) -> Plane:
    """The part [height, width] at ``corner`` (x, y); 0 outside the plane."""
    out = np.zeros((height, width, *plane.shape[2:]), np.float32)
    x0, y0 = (max(0, v) for v in corner)
    x1, y1 = min(corner[0] + width, plane.shape[1]), min(corner[1] + height, plane.shape[0])
    if x1 > x0 and y1 > y0:
        out[y0 - corner[1] : y1 - corner[1], x0 - corner[0] : x1 - corner[0]] = plane[y0:y1, x0:x1]
    return out
