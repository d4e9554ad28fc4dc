"""Finding faces: BlazeFace short range (Bazarevsky et al. 2019, arXiv:1907.05047)."""

from __future__ import annotations

import math

import cv2
import numpy as np

from .box import Box, one_per_face
from .network import Array, Network

#: Side of the network's square input, in pixels.
SIDE = 128

#: Score from which a detection counts; a mesh decides about it later.
DETECTED = 0.5


class FaceDetector:
    """Finds faces of any size."""

    def __init__(self, model: bytes) -> None:
        self._network = Network(model)
        self._anchors = _anchors()

    def __call__(self, image: Array, views: int) -> list[Box]:
        """Faces in ``image`` [H, W, 3], best first, seen through square views of 1/``views`` of its longer side."""
        height, width = image.shape[:2]
        scale = SIDE * views / max(height, width)
        small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))), interpolation=_interpolation(scale))
        found: list[Box] = []
        for top in _starts(small.shape[0]):
            for left in _starts(small.shape[1]):
                view = _view(small, left, top)
                found += [
                    Box((box.x + left) / scale, (box.y + top) / scale, box.side / scale, box.angle, box.score) for box in self._scan(view)
                ]
        return one_per_face(found)

    def padded(self, image: Array) -> list[Box]:
        """Faces that fill the whole picture: they are found only with some space around them."""
        height, width = image.shape[:2]
        margin = max(height, width) // 3
        around = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT)
        return [Box(box.x - margin, box.y - margin, box.side, box.angle, box.score) for box in self(around, 1)]

    def _scan(self, view: Array) -> list[Box]:
        outputs = self._network(view[None].astype(np.float32) / 127.5 - 1)
        boxes = next(output for output in outputs if output.shape[-1] == 16)[0]
        logits = next(output for output in outputs if output.shape[-1] == 1)[0, :, 0]
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        found = []
        for index in np.flatnonzero(scores >= DETECTED):
            anchor = self._anchors[index] * SIDE
            (x, y), side = boxes[index, :2] + anchor, float(boxes[index, 2:4].max())
            (x0, y0), (x1, y1) = boxes[index, 4:8].reshape(2, 2)  # the eyes
            found.append(Box(float(x), float(y), side, math.atan2(y1 - y0, x1 - x0), float(scores[index])))
        return found


def _anchors() -> Array:
    """Cell centres, 0..1: two on each of 16 x 16 cells and six on each of 8 x 8."""
    rows = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), each, 0))
    return np.concatenate(rows).astype(np.float32)


def _interpolation(scale: float) -> int:
    return cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR


def _starts(length: int) -> list[int]:
    """Where views of the detector's side begin so that they overlap by half and cover ``length``."""
    if length <= SIDE:
        return [-((SIDE - length) // 2)]
    count = math.ceil((length - SIDE) / (SIDE / 2)) + 1
    return [round(start) for start in np.linspace(0, length - SIDE, count)]


def _view(image: Array, left: int, top: int) -> Array:
    """A square of the detector's side, black where it reaches past the picture."""
    view = np.zeros((SIDE, SIDE, 3), np.uint8)
    part = image[max(top, 0) : top + SIDE, max(left, 0) : left + SIDE]
    y, x = max(-top, 0), max(-left, 0)
    view[y : y + part.shape[0], x : x + part.shape[1]] = part
    return view
