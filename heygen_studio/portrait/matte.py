"""Separating the person from the background.

The network is MediaPipe's selfie segmentation (general, 256 x 256); its soft mask is fitted to the picture's own edges with a
guided filter (He, Sun, Tang 2010, "Guided Image Filtering").
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from .headpose import OVAL
from .landmarks import Network
from .portrait import Image

Mask = npt.NDArray[np.float32]

SIDE = 256

#: The network's values that count as surely background and surely person.
SURE = (0.25, 0.75)

#: Guided filter: radius as part of the picture's longer side, and regularisation for colours of 0..1.
RADIUS, REGULARISATION = 1 / 64, 1e-4

#: What the filter leaves below and above these is noise.
CLEAN = (0.08, 0.92)

#: Half the side of the square around the face that the network sees once more, in heights of the face.
NEAR = 1.3


class PersonMatte:
    """The person's share of every pixel."""

    def __init__(self, model: Path) -> None:
        self._network = Network(model.read_bytes())

    def __call__(self, image: Image, landmarks: npt.NDArray[np.float32]) -> Mask:
        """float32 [H, W], 1 on the person, 0 on the background; ``landmarks`` [478, 3] say where the face is."""
        outline = landmarks[list(OVAL), :2]
        mask = self._segment(image)
        low, high = outline.min(0), outline.max(0)
        x, y = (low + high) / 2
        reach = NEAR * float(high[1] - low[1])
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        right, bottom = min(image.shape[1], int(x + reach)), min(image.shape[0], int(y + reach))
        near = self._segment(image[top:bottom, left:right])
        weight = _feather(near.shape)
        mask[top:bottom, left:right] += weight * (near - mask[top:bottom, left:right])
        mask = np.clip((mask - SURE[0]) / (SURE[1] - SURE[0]), 0, 1)
        mask = np.maximum(mask, _filled(outline, mask.shape))
        fitted = _guided_filter(image, mask, max(4, round(max(image.shape) * RADIUS)), REGULARISATION)
        matte = np.clip((fitted - CLEAN[0]) / (CLEAN[1] - CLEAN[0]), 0, 1)
        return np.maximum(matte, _filled(outline, mask.shape)).astype(np.float32)

    def _segment(self, image: Image) -> Mask:
        """The network's mask of the whole picture, averaged with that of its mirror image, at the picture's size."""
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)[None] / 255
        straight = self._network(small)[0].reshape(SIDE, SIDE)
        mirrored = self._network(np.ascontiguousarray(small[:, :, ::-1]))[0].reshape(SIDE, SIDE)[:, ::-1]
        mask = (straight + mirrored) / 2
        return cv2.resize(mask, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)


def _filled(outline: npt.NDArray[np.float32], shape: tuple[int, ...]) -> Mask:
    """1 inside the outline of the face, with a soft edge."""
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1.0, lineType=cv2.LINE_AA)
    return mask


def _feather(shape: tuple[int, ...]) -> Mask:
    """1 in the middle of a rectangle, falling to 0 at its edges over an eighth of its sides."""
    y, x = (np.clip(np.minimum(np.arange(n) + 1, n - np.arange(n)) / (n / 8), 0, 1) for n in shape[:2])
    return (y[:, None] * x[None, :]).astype(np.float32)


def _guided_filter(image: Image, mask: Mask, radius: int, regularisation: float) -> Mask:
    """The mask as a locally linear function of the picture's colours (three channels)."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return cv2.boxFilter(values, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT)

    guide = image.astype(np.float32) / 255
    mean_guide, mean_mask = mean(guide), mean(mask)
    covariance = mean(guide * mask[..., None]) - mean_guide * mean_mask[..., None]
    variance = np.empty((*mask.shape, 3, 3), np.float32)
    for row in range(3):
        for column in range(row, 3):
            product = mean(guide[..., row] * guide[..., column]) - mean_guide[..., row] * mean_guide[..., column]
            variance[..., row, column] = variance[..., column, row] = product
    variance += regularisation * np.eye(3, dtype=np.float32)
    slope = np.linalg.solve(variance, covariance[..., None])[..., 0].astype(np.float32)
    offset = mean_mask - (slope * mean_guide).sum(-1)
    return (mean(slope) * guide).sum(-1) + mean(offset)
