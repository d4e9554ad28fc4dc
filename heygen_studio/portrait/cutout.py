"""Cutting the person out of the picture, so that another background shows through the hair and the old one does not.

The matte says where the person ends to within a few pixels; in that band closed-form matting (Levin, Lischinski, Weiss 2008) finds
the share of the person, and multi-level estimation (Germer et al. 2020) the colour that the person has there alone.
"""

from __future__ import annotations

import cv2
import numpy as np

from .network import Array
from .portrait import Portrait

#: Half the width of the band, as part of the picture's shorter side.
BAND = 0.012

#: The longer side of the picture in which the shares are found: time grows with the pixels, and photos are rarely sharper.
SIDE = 960


def cut_out(portrait: Portrait) -> tuple[Array, Array]:
    """The person's own colours, float32 RGB [H, W, 3] in 0-1, and share of every pixel, float32 [H, W]."""
    from pymatting.alpha.estimate_alpha_cf import estimate_alpha_cf  # compiles on first import
    from pymatting.foreground.estimate_foreground_ml import estimate_foreground_ml

    picture = portrait.image.astype(np.float64) / 255
    scale = min(1.0, SIDE / max(portrait.size))
    size = (round(portrait.size[0] * scale), round(portrait.size[1] * scale))
    small = np.clip(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 0, 1)
    share = estimate_alpha_cf(small, _trimap(cv2.resize(portrait.matte, size, interpolation=cv2.INTER_AREA)))
    share = np.clip(cv2.resize(share, portrait.size, interpolation=cv2.INTER_CUBIC), 0, 1)
    if portrait.photographed is not None:  # past the photo the matte is no estimate
        left, top, right, bottom = portrait.photographed
        photo = share[top:bottom, left:right].copy()
        share = portrait.matte.astype(np.float64)
        share[top:bottom, left:right] = photo
    return estimate_foreground_ml(picture, share).astype(np.float32), share.astype(np.float32)


def _trimap(matte: Array) -> Array:
    """1 on the person, 0 on the background, 0.5 in a band along the edge. Slivers narrower than the band are no person."""
    reach = max(3, round(min(matte.shape) * BAND))
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    mostly = (matte > 0.5).astype(np.uint8)
    framed = cv2.copyMakeBorder(mostly, *(2 * reach,) * 4, cv2.BORDER_REPLICATE)  # the edge of the picture is no edge of the person
    person = cv2.erode(cv2.morphologyEx(framed, cv2.MORPH_OPEN, window), window)[2 * reach : -2 * reach, 2 * reach : -2 * reach]
    background = cv2.erode(1 - framed, window)[2 * reach : -2 * reach, 2 * reach : -2 * reach]
    return np.where(person > 0, 1.0, np.where(background > 0, 0.0, 0.5))
