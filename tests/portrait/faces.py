"""Meshes of no one's face."""

from __future__ import annotations

import numpy as np

from heygen_studio.portrait.headpose import OVAL


def face_at(x: float, y: float, height: float) -> np.ndarray:
    """A mesh whose outline is an upright ellipse."""
    points = np.full((478, 3), (x, y, 0), np.float32)
    angle = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points[list(OVAL), 0] += 0.38 * height * np.sin(angle)
    points[list(OVAL), 1] -= 0.5 * height * np.cos(angle)
    return points
