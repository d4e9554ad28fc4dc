"""Photos without colours (black and white, sepia, ink): what is painted into them takes on their tone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Points
from .light import LUMA

#: A face whose colours follow from their brightness but for so much (standard deviation, grey levels) has none. Its colours are known
#: between these percentiles of its brightness.
COLOURLESS, KNOWN = 3.0, (2, 98)
#: The least difference of brightness that tells anything.
TELLING = 8.0


@dataclass(frozen=True)
class Tone:
    """What a colourless photo makes of each brightness: ``curve`` [256, 3] RGB."""

    curve: Points

    def of(self, colour: Points) -> Points:
        """RGB [..., 3] in this tone."""
        return self.curve[np.clip(colour @ LUMA + 0.5, 0, 255).astype(np.intp)]


def read_tone(image: Image, landmarks: npt.ArrayLike) -> Tone | None:
    """The tone of a colourless uint8 RGB portrait with [478, 3] landmarks in pixels; None for photos in colour."""
    points = np.asarray(landmarks, float)[:, :2]
    (left, top), (right, bottom) = np.maximum(points.min(axis=0), 0).astype(int), points.max(axis=0).astype(int)
    pixels = image[top:bottom:2, left:right:2].reshape(-1, 3).astype(float)
    brightness = pixels @ LUMA
    low, high = np.percentile(brightness, KNOWN)
    degree = 3 if high - low > TELLING else 0
    curves = [np.polynomial.Polynomial.fit(brightness, channel - brightness, degree, domain=[0, 255]) for channel in pixels.T]
    left_over = [np.std(channel - brightness - curve(brightness)) for channel, curve in zip(pixels.T, curves, strict=True)]
    if max(left_over) > COLOURLESS:
        return None
    levels = np.arange(256.0)
    return Tone(np.clip(np.stack([levels + curve(np.clip(levels, low, high)) for curve in curves], axis=1), 0, 255))
