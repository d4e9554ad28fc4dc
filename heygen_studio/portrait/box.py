"""Where a face is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .network import Array

#: Overlap (intersection over union) from which two boxes are the same face.
SAME_FACE = 0.3

#: Outer eye corners, whose line is level in an upright face.
RIGHT_EYE, LEFT_EYE = 33, 263


@dataclass(frozen=True)
class Box:
    """A face as a turned square: centre and side in pixels, angle in radians (positive: clockwise), score 0..1."""

    x: float
    y: float
    side: float
    angle: float
    score: float

    def enlarged(self, factor: float) -> Box:
        """The same face in a picture that is larger by ``factor``."""
        return Box(self.x * factor, self.y * factor, self.side * factor, self.angle, self.score)

    def overlap(self, other: Box) -> float:
        """Intersection over union of the two squares, their angles ignored."""
        width = min(self.x + self.side / 2, other.x + other.side / 2) - max(self.x - self.side / 2, other.x - other.side / 2)
        height = min(self.y + self.side / 2, other.y + other.side / 2) - max(self.y - self.side / 2, other.y - other.side / 2)
        common = max(width, 0) * max(height, 0)
        return common / (self.side**2 + other.side**2 - common)

    def distance(self, other: Box) -> float:
        """Of the centres, pixels."""
        return math.hypot(self.x - other.x, self.y - other.y)

    def near(self, other: Box) -> bool:
        """Whether a face may have moved from ``other`` to here within a moment."""
        return self.distance(other) < max(self.side, other.side)

    def contains(self, other: Box) -> bool:
        """Whether the centre of ``other`` lies in this square."""
        return max(abs(self.x - other.x), abs(self.y - other.y)) < self.side / 2


def around(landmarks: Array, score: float = 1.0) -> Box:
    """The square around a mesh, turned with the line of the eyes."""
    flat = landmarks[:, :2]
    across = flat[LEFT_EYE] - flat[RIGHT_EYE]
    angle = math.atan2(across[1], across[0])
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], np.float32)
    upright = flat @ turn
    low, high = upright.min(0), upright.max(0)
    x, y = turn @ ((low + high) / 2)
    return Box(float(x), float(y), float((high - low).max()), angle, score)


def one_per_face(boxes: list[Box]) -> list[Box]:
    """Non-maximum suppression: the best box of every face."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda candidate: -candidate.score):
        if all(box.overlap(other) < SAME_FACE for other in kept):
            kept.append(box)
    return kept
