"""How soft a photo is in itself: many have been enlarged, or were out of focus, before they came here.

An edge of a face blurred once more loses the less, the softer it was (Zhuo, Sim, "Defocus map estimation from a single image", 2011).
"""

from __future__ import annotations

import cv2
import numpy as np

from ...portrait.portrait import Image
from .arrays import Plane, Points
from .topology import FACE_OVAL

#: The two blurs that are compared, pixels, and what a gradient's own filter adds to the square of either.
BLURS, FILTER = (0.7, 2.0), 0.6
#: The face's clearest edges are looked at: this part of its pixels.
CLEAREST = 0.05
#: Edges of a sharp face are about so wide (standard deviation, pixels); each pixel more is like so many times of enlarging.
SHARP, ENLARGED = 1.2, 1.3


def apparent_magnification(image: Image, landmarks: Points) -> float:
    """How many times a photo looks enlarged whose face is as soft as this one, at least: 0 for a sharp one."""
    oval = np.round(landmarks[list(FACE_OVAL), :2]).astype(np.int32)
    x, y, width, height = cv2.boundingRect(oval)
    left, top = max(x, 0), max(y, 0)
    face = image[top : max(y + height, top + 1), left : max(x + width, left + 1)]
    inside = np.zeros(face.shape[:2], np.uint8)
    cv2.fillPoly(inside, [oval - [left, top]], 1)
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32)
    once, twice = (_gradient(grey, blur)[inside > 0] for blur in BLURS)
    clear = twice >= np.quantile(twice, 1 - CLEAREST)
    ratio = float(once[clear].sum() / max(twice[clear].sum(), 1e-6)) ** 2
    narrow, wide = (blur**2 + FILTER for blur in BLURS)
    width_squared = (wide - ratio * narrow) / max(ratio - 1, 1e-3)
    return max(0.0, ENLARGED * (float(np.sqrt(max(width_squared, 0.0))) - SHARP))


def _gradient(grey: Plane, blur: float) -> Plane:
    smooth = cv2.GaussianBlur(grey, (0, 0), blur)
    return np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
