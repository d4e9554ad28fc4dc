"""The light on a portrait's face, read from its skin: it tints the teeth, the tongue and the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Points
from .topology import SKIN_SAMPLES

LUMA = np.array([0.299, 0.587, 0.114])
#: Skin under white light, RGB 0-255: a mean over tones; only its chroma is used.
NEUTRAL_SKIN = np.array([190.0, 142.0, 118.0])
NEUTRAL_LUMA = 168.0
#: Bluish skin is pale skin more often than blue light: the exponent of its excess of blue.
BLUE = 0.4


@dataclass(frozen=True)
class Light:
    """skin: RGB of the face; tint: what the light does to a white surface, RGB factors; level: its brightness, about 0 to 1."""

    skin: Points
    tint: Points
    level: float


def read_light(image: Image, landmarks: npt.ArrayLike) -> Light:
    """The light of a uint8 RGB portrait with [478, 3] landmarks in pixels."""
    patches = []
    for landmark in SKIN_SAMPLES:
        x, y = (int(v) for v in np.asarray(landmarks)[landmark, :2])
        patch = image[max(0, y - 3) : y + 4, max(0, x - 3) : x + 4].reshape(-1, 3)
        if len(patch):
            patches.append(patch.mean(axis=0))
    samples = np.array(patches)
    skin = np.median(samples, axis=0)
    brightest = float(np.sort(samples @ LUMA)[-3:].mean())
    chroma = np.clip(skin / NEUTRAL_SKIN * (NEUTRAL_LUMA / max(40.0, float(skin @ LUMA))), 0.4, 1.5) ** 0.8
    chroma[1] = min(chroma[1], 0.985 * chroma[0])
    chroma[2] = min(chroma[2], chroma[0] * (chroma[2] / chroma[0]) ** BLUE)
    level = float(np.clip(brightest / 225, 0.25, 1.0))
    return Light(skin, chroma * level, level)
