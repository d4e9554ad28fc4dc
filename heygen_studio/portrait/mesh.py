"""The 478 points of a face: the attention mesh with irises (Grishchenko et al. 2020, arXiv:2006.10962)."""

from __future__ import annotations

import math

import cv2
import numpy as np

from .box import Box
from .network import Array, Network

#: Side of the network's square input, in pixels.
SIDE = 256

#: How much larger than the face the region is that the network sees.
REGION = 1.5

#: Half the diagonal of the region, in sizes of the face, and a little more.
REACH = 0.75 * 2**0.5 + 0.01


class FaceMesh:
    """The 478 points of one face."""

    def __init__(self, model: bytes) -> None:
        self._network = Network(model)

    def __call__(self, image: Array, box: Box) -> tuple[Array, float]:
        """Points float32 [478, 3] in pixels of ``image`` (z in the same unit, smaller is nearer) and presence 0..1."""
        view, matrix = _cut_out(image, box)
        outputs = self._network(view[None].astype(np.float32) / 255)
        points = next(output for output in outputs if output.size == 478 * 3).reshape(478, 3)
        logit = next(output for output in outputs if output.size == 1)
        flat = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        depth = points[:, 2:] * (REGION * box.side / SIDE)
        return np.hstack([flat, depth]).astype(np.float32), float(1 / (1 + np.exp(-np.clip(logit.ravel()[0], -50, 50))))


def _cut_out(image: Array, box: Box) -> tuple[Array, Array]:
    """The region of a face, upright, as the mesh network wants it, and the matrix [2, 3] from its pixels to the image's."""
    scale = REGION * box.side / SIDE
    cosine, sine = math.cos(box.angle) * scale, math.sin(box.angle) * scale
    matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0]], np.float32)
    matrix[:, 2] = np.array([box.x, box.y]) - matrix[:, :2] @ [SIDE / 2, SIDE / 2]
    centre = np.array([box.x, box.y])
    last = np.array([image.shape[1], image.shape[0]]) - 1
    low = np.clip(np.floor(centre - REACH * box.side), 0, last).astype(int)
    high = np.maximum(np.ceil(centre + REACH * box.side).astype(int), low + 1)
    part = image[low[1] : high[1], low[0] : high[0]]
    inverse = matrix.copy()
    inverse[:, 2] -= low
    if scale > 2:  # reduce first: sampling every scale-th pixel would alias
        part = cv2.resize(part, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        inverse = inverse / scale
        inverse[:, 2] += (1 / scale - 1) / 2  # pixel centres
    view = cv2.warpAffine(part, inverse, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    return view, matrix
