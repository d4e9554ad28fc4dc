"""Continues what is known of a picture smoothly into what is not."""

from __future__ import annotations

import cv2
import numpy as np

from .network import Array
from .portrait import Image


def fill(image: Image, weight: Array) -> Image:
    """Pull-push: ``image`` where ``weight`` [H, W] is 1, a smooth continuation of it where it is 0.

    Gortler et al., "The Lumigraph" (SIGGRAPH 1996), section 3.4.
    """
    levels: list[tuple[Array, Array]] = [(image.astype(np.float32) * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 2:
        colour, known = levels[-1]
        half = (max(1, known.shape[1] // 2), max(1, known.shape[0] // 2))
        levels.append((cv2.resize(colour, half, interpolation=cv2.INTER_AREA), cv2.resize(known, half, interpolation=cv2.INTER_AREA)))
    colour, known = levels[-1]
    filled = colour / np.maximum(known, 1e-4)[..., None]
    for colour, known in levels[-2::-1]:
        wide: Array = cv2.resize(filled, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_CUBIC)
        share = np.clip(known, 0, 1)
        wide *= (1 - share)[..., None]
        wide += colour * np.where(share > 1e-3, share / np.maximum(known, 1e-3), 0)[..., None]
        filled = wide
    return np.clip(filled + 0.5, 0, 255).astype(np.uint8)
