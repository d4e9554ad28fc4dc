"""Motion: what the face does in every frame. Pure numpy; in millimetres and degrees of the head frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Track = npt.NDArray[np.float32]
#: A track while it is being made.
Curve = npt.NDArray[np.floating[Any]]

#: Columns of `Motion.mouth`: lip aperture mm, spread -1..1, round 0..1.1, jaw mm, upper-lip raise mm,
#: lower-lip depress mm, tongue 0..1, labiodental (f/v) 0..1, closure 0..1.
APERTURE, SPREAD, ROUND, JAW, RAISE, DEPRESS, TONGUE, LABIODENTAL, CLOSURE = range(9)


@dataclass(frozen=True)
class Motion:
    """One row per video frame; n frames at ``fps``.

    mouth: [n, 9], see the column constants; pose: [n, 3] degrees of pitch (down +), yaw, roll added to the portrait's;
    shift: [n, 2] head translation mm (right, down); blink: [n] 0 open .. 1 shut; gaze: [n, 2] mm of the iris (right, down);
    brow: [n] mm raised; slant: [n] mm that the inner ends of the brows are raised above the outer ones (below 0: a frown);
    lids: [n] -1 wide open .. 1 narrowed; breath: [n] mm the shoulders rise; smile: [n] -1..1 corner raise of the expression.
    """

    fps: float
    mouth: Track
    pose: Track
    shift: Track
    blink: Track
    gaze: Track
    brow: Track
    slant: Track
    lids: Track
    breath: Track
    smile: Track

    def __len__(self) -> int:
        return len(self.mouth)
