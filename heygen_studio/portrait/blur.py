"""Pictures out of focus: the background without the person, and what lies past a photo's edges."""

from __future__ import annotations

import cv2
import numpy as np

from .network import Array

#: The background's blur is made at this reduction.
BLUR_STEP = 4

#: The blurs between which `defocused` mixes, pixels: each so many times as wide as the one before.
NARROWEST, WIDER = 1.0, 1.6
#: A blur this wide, in its own pixels, goes on in a picture half as large.
WIDE = 4.0


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


def defocused(image: Array, sigma: Array) -> Array:
    """``image`` float32 [H, W, 1-4], each pixel blurred by its own ``sigma`` [H, W], pixels."""
    result, narrower, blurred, scale = image.copy(), 0.0, image, 1
    wider, widest = NARROWEST, float(sigma.max())
    while narrower < widest:
        blurred = cv2.GaussianBlur(blurred, (0, 0), np.sqrt(wider**2 - narrower**2) / scale, borderType=cv2.BORDER_REPLICATE)
        if wider / scale > WIDE and min(blurred.shape[:2]) > 2 * WIDE:
            blurred = cv2.resize(blurred, (blurred.shape[1] // 2, blurred.shape[0] // 2), interpolation=cv2.INTER_AREA)
            scale *= 2
        full = blurred if scale == 1 else cv2.resize(blurred, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
        share = np.clip((sigma - narrower) / (wider - narrower), 0, 1)
        result += share[..., None] * (full - result)
        narrower, wider = wider, wider * WIDER
    return result
