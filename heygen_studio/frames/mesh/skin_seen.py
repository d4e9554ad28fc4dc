"""Tells skin in a portrait from what is none: lashes and make-up, rims and glare, the white of an eye."""

from __future__ import annotations

import cv2
import numpy as np

from ...portrait.portrait import Image
from .arrays import Plane, Points
from .lid_lines import smoothstep
from .light import LUMA

#: Dark or bright marks narrower than twice this are no skin (lashes, make-up, glare), mm, unless told otherwise; nor is what is darker
#: than this part of the skin.
MARK_MM, NO_SKIN = 2.6, 0.3
#: A pixel is skin from this part of the light around it on, and none below the other; glare is from the third on.
SKIN_FROM, MARK_BELOW, GLARE_FROM = 0.93, 0.78, 1.18
#: Rims, brows and glare are darker or brighter than these parts of the skin's light.
RIM_DARKER, GLARE_BRIGHTER = 0.45, 1.35
#: What is less bright than glare by this much is skin, however narrow it is: between a brow and an eye.
DULL = 0.15
#: The white of an eye has less than this part of the saturation of skin, or this one if it is half as bright again; only skin of more
#: than this saturation tells them apart.
WHITE_BELOW, BRIGHT_WHITE_BELOW, TELLING_SATURATION = 0.4, 0.65, 0.12


def skin_likeness(image: Image, usual: Points, per_mm: float, mark_mm: float = MARK_MM) -> Plane:
    """0-1 [h, w]: 1 where the image shows evenly lit skin, however bright; ``usual`` is the colour of skin nearby, RGB.

    mark_mm: what is darker or brighter than all around it and narrower than twice this is none.
    """
    colour = image.astype(np.float32)
    luma, skin_luma = np.asarray(colour @ LUMA.astype(np.float32), np.float32), float(usual @ LUMA)
    size = 2 * max(1, round(mark_mm * per_mm)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    bright, dark = (cv2.morphologyEx(luma, how, disc) for how in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
    even = smoothstep((luma / np.maximum(bright, 1) - MARK_BELOW) / (SKIN_FROM - MARK_BELOW))
    dull = smoothstep((GLARE_BRIGHTER - luma / max(skin_luma, 1)) / DULL)
    even *= np.maximum(dull, smoothstep((GLARE_FROM - luma / np.maximum(dark, 1)) / (GLARE_FROM - 1)))
    even *= smoothstep((luma / max(skin_luma, 1) - NO_SKIN) / (0.4 * NO_SKIN))
    return np.asarray(even * (1 - eye_white(image, usual)), np.float32)


def eye_white(image: Image, usual: Points) -> Plane:
    """0-1 [h, w]: how sure it is that the image shows the white of an eye; ``usual`` is the colour of skin nearby, RGB."""
    colour = image.astype(np.float32)
    if _saturation(usual) < TELLING_SATURATION:
        return np.zeros(colour.shape[:2], np.float32)
    luma = colour @ LUMA.astype(np.float32) / max(float(usual @ LUMA), 1)
    below = np.interp(luma, (1.0, 1.5), (WHITE_BELOW, BRIGHT_WHITE_BELOW))
    tinted = smoothstep((_saturation(colour) / _saturation(usual) - below) / 0.15)
    return np.asarray((1 - tinted) * (luma > 0.8), np.float32)


def no_skin(image: Image, usual: Points) -> Plane:
    """0-1 [h, w]: 1 where rims, brows or glare hide the skin; ``usual`` is the colour of skin nearby, RGB."""
    luma = image.astype(np.float32) @ LUMA.astype(np.float32) / max(float(usual @ LUMA), 1)
    return np.asarray((luma < RIM_DARKER) | (luma > GLARE_BRIGHTER), np.float32)


def _saturation(colour: Points) -> Points:
    return 1 - colour.min(axis=-1) / np.maximum(colour.max(axis=-1), 1)


def look(image: Image | Plane, points: Points, how: int = cv2.INTER_LINEAR) -> Points:
    """The colours [..., 3] or values [...] of an image at points [..., n, 2]; ``how``: one of OpenCV's interpolations."""
    at = points.astype(np.float32).reshape(-1, *points.shape[-2:])  # rows as they come: OpenCV takes none of over 32,766
    seen = cv2.remap(image, at[..., 0], at[..., 1], how, borderMode=cv2.BORDER_REPLICATE).astype(float)
    return seen.reshape(*points.shape[:-1], *seen.shape[2:])
