"""The light on a portrait's face, read from its skin and the whites of its eyes: it tints the teeth, the tongue and the lids."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Points
from .head_frame import HeadFrame
from .lips import Lips
from .topology import EYES, SKIN_SAMPLES

LUMA = np.array([0.299, 0.587, 0.114])
#: Skin under white light, RGB 0-255: a mean over tones; only its chroma is used.
NEUTRAL_SKIN = np.array([190.0, 142.0, 118.0])
NEUTRAL_LUMA = 168.0
#: Bluish skin is pale skin more often than blue light: the exponent of its excess of blue.
BLUE = 0.4
#: Luma of pale skin and of the white of an eye in full light. Dark skin says little about the light, its eyes say more; but an eye may lie
#: in the shade of its lids, or be too narrow to show any white: the brighter one of the two counts.
SKIN_LUMA, WHITE_LUMA = 225.0, 215.0
#: The white: the brightest part of the eye's opening outside so many radii of the iris, percentile.
OUTSIDE_IRIS, WHITE_PART = 1.1, 85


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
    level = float(np.clip(max(brightest / SKIN_LUMA, _white(image, np.asarray(landmarks, float)) / WHITE_LUMA), 0.25, 1.0))
    return Light(skin, chroma * level, level)


def lip_colour(image: Image, lips: Lips, head: HeadFrame) -> Points:
    """Median RGB of both lips between their outer and inner rings, without their corners."""
    rings = np.concatenate([lips.source_upper[1:3, 4:-4], lips.source_lower[1:3, 4:-4]]).reshape(-1, 3)
    at = head.to_image(rings)[None, :, :2].astype(np.float32)
    return np.median(cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(float), axis=0)


def _white(image: Image, landmarks: Points) -> float:
    """Luma of the whites of the eyes, of the one in the light."""
    brightest = 0.0
    for eye in EYES:
        opening = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(opening, [np.round(landmarks[list(eye.opening), :2]).astype(np.int32)], 1)
        x, y = landmarks[eye.iris, :2]
        radius = np.linalg.norm(landmarks[list(eye.iris_edge), :2] - (x, y), axis=1).mean()
        cv2.circle(opening, (round(x), round(y)), round(OUTSIDE_IRIS * radius), 0, -1)
        if opening.any():
            brightest = max(brightest, float(np.percentile(image[opening > 0] @ LUMA, WHITE_PART)))
    return brightest
