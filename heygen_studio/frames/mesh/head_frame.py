"""The head's own coordinates: millimetres, so that one set of figures fits every portrait size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Points
from .topology import CHIN, EYE_OUTER_CORNERS, FOREHEAD_TOP, TEMPLES

#: Distance between the outer corners of an adult's eyes, mm (a mean; it sets the scale of everything else).
OUTER_EYE_DISTANCE_MM = 89.0


@dataclass(frozen=True)
class HeadFrame:
    """x to the viewer's right along the temples, y down the face, z away from the camera; origin between the temples.

    axes: [3, 3], the frame's unit vectors as columns, in pixels' orientation; origin: [3] pixels; px_per_mm: the scale.
    """

    axes: Points
    origin: Points
    px_per_mm: float

    def to_head(self, image_points: npt.ArrayLike) -> Points:
        """Pixels [..., 3] (z in pixels too) to head millimetres."""
        return (np.asarray(image_points, float) - self.origin) @ self.axes / self.px_per_mm

    def to_image(self, head_points: npt.ArrayLike) -> Points:
        """Head millimetres [..., 3] to pixels."""
        return np.asarray(head_points, float) @ self.axes.T * self.px_per_mm + self.origin


def head_frame(landmarks: npt.ArrayLike) -> HeadFrame:
    """The head frame of [478, 3] landmarks in pixels."""
    points = np.asarray(landmarks, float)
    left, right = points[TEMPLES[0]], points[TEMPLES[1]]
    x = _unit(right - left)
    down = points[CHIN] - points[FOREHEAD_TOP]
    y = _unit(down - x * (x @ down))
    z = np.cross(x, y)
    eyes = points[EYE_OUTER_CORNERS[0]] - points[EYE_OUTER_CORNERS[1]]
    return HeadFrame(np.stack([x, y, z], axis=1), (left + right) / 2, float(np.linalg.norm(eyes)) / OUTER_EYE_DISTANCE_MM)


def _unit(vector: Points) -> Points:
    return vector / np.linalg.norm(vector)
