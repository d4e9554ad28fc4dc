"""The jaw turns about a hinge below the ears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...motion.motion import APERTURE, JAW
from .arrays import Points
from .topology import CHIN, TEMPLES

#: The hinge lies this far below the temples' midpoint, mm.
HINGE_DROP_MM = 4.0
#: The jaw of a photographed open mouth closes by these parts of the lips' gap where that is these parts of the mouth's width: a smile
#: draws the lips apart, a mouth that talks or laughs hangs open.
CLOSES_WITH_GAP, GAP_OF_WIDTH = (0.30, 0.80), (0.17, 0.40)


@dataclass(frozen=True)
class Jaw:
    """hinge: [3] head mm; radius: hinge to chin, mm; photo_drop: mm the jaw hangs open in the photo."""

    hinge: Points
    radius: float
    photo_drop: float

    def angle(self, mouth: npt.ArrayLike) -> float:
        """Radians the jaw turns from the photo's position for one row of mouth columns; positive opens."""
        return self.opening(mouth) - self.photo_drop / self.radius

    def opening(self, mouth: npt.ArrayLike) -> float:
        """Radians the jaw turns from its closed position."""
        row = np.asarray(mouth, float)
        return float((0.95 * row[JAW] + 0.12 * row[APERTURE]) / self.radius)

    def turned(self, points: Points, angle: float, weight: npt.ArrayLike = 1.0) -> Points:
        """Head points [n, 3] turned with the jaw; ``weight`` (scalar or [n]) says how far each follows."""
        turn = np.asarray(weight, float) * angle
        y, z = points[:, 1] - self.hinge[1], points[:, 2] - self.hinge[2]
        cos, sin = np.cos(turn), np.sin(turn)
        return np.stack([points[:, 0], self.hinge[1] + y * cos - z * sin, self.hinge[2] + y * sin + z * cos], axis=1)


def closes_with_gap(lip_gap: float, mouth_width: float) -> float:
    """The part of the gap of a photographed open mouth, mm, that its jaw closes."""
    return float(np.interp(lip_gap / mouth_width, GAP_OF_WIDTH, CLOSES_WITH_GAP))


def find_jaw(points: Points, lip_gap: float, mouth_width: float) -> Jaw:
    """The jaw of a face: [478, 3] landmarks in head mm, the gap of its lips in the photo and its mouth's width, mm."""
    hinge = (points[TEMPLES[0]] + points[TEMPLES[1]]) / 2
    hinge = np.array([0.0, hinge[1] + HINGE_DROP_MM, hinge[2]])
    return Jaw(hinge, float(np.hypot(*(points[CHIN] - hinge)[1:])), closes_with_gap(lip_gap, mouth_width) * lip_gap)
