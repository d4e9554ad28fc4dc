"""Is the mouth to be seen? A mesh always has lips, also where a hand, a mask or a cup hides them.

The network guesses hidden lips from the rest of the face, and guesses waver: seen through slightly different windows their
places scatter more than those of the rigid points, and smearing the mouth's place away hardly moves them. Visible lips stay
where they are, and move when they are smeared. A smooth cover is also told by its lack of any lip line. Nothing here looks at
colour, so beards, make-up, face paint and every skin pass.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from .box import around
from .mesh import FaceMesh
from .network import Array
from .windows import LIPS, OUTER_LOWER, OUTER_UPPER, RIGID, WIDTH, face_only, scatter, through_windows

#: Half-axes of the smeared ellipse and the blur, in face widths.
SMEAR, BLUR = (0.30, 0.18), 0.15
#: So wide a blur is made on a picture this many times smaller.
COARSE = 4

#: Doubt per contrast (see `LipEvidence`) from which the mouth counts as hidden. On four faces under 14 harmless changes (light,
#: blur, noise, beards) it is 0.2 to 2.1, but for one strongly blurred painting (5); under eight kinds of cover it is 4.9 or more.
HIDDEN = 4.0


class LipEvidence(NamedTuple):
    """doubt: high where the lips are guessed; (scatter of the lips / scatter of the rigid points) x (scatter of the lips /
    movement of the lips by smearing). contrast: spread of brightness across the lips, in parts of the whole face's."""

    doubt: float
    contrast: float


def mouth_hidden(mesh: FaceMesh, photo: Array, landmarks: Array) -> bool:
    """Whether something covers the mouth of the face with the mesh [478, 3] (pixels of ``photo``)."""
    doubt, contrast = lip_evidence(mesh, photo, landmarks)
    return doubt > HIDDEN * contrast


def lip_evidence(mesh: FaceMesh, photo: Array, landmarks: Array) -> LipEvidence:
    """Measure what `mouth_hidden` judges."""
    face, points = face_only(photo, landmarks)
    seen = through_windows(mesh, face, points)
    smeared = through_windows(mesh, _smear_mouth(face, points), points)
    lips, rigid = scatter(seen, LIPS), scatter(seen, RIGID)
    moved = float(np.linalg.norm(seen.mean(0) - smeared.mean(0), axis=1)[LIPS].mean())
    return LipEvidence(lips / rigid * lips / max(moved, 1e-6), _lip_contrast(face, points))


def _smear_mouth(face: Array, points: Array) -> Array:
    mask: Array = np.zeros(face.shape[:2], np.float32)
    x, y = np.round(points[LIPS, :2].mean(0)).astype(int)
    axes = (round(SMEAR[0] * WIDTH), round(SMEAR[1] * WIDTH))
    cv2.ellipse(mask, (int(x), int(y)), axes, math.degrees(around(points).angle), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    coarse = cv2.resize(face, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), BLUR * WIDTH / COARSE), face.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return (blurred * mask + face * (1 - mask)).astype(np.uint8)


def _lip_contrast(face: Array, points: Array) -> float:
    """Brightness of the lips, from where it is low to where it is high, in that of the whole face."""
    grey = cv2.GaussianBlur(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2)
    lips = np.zeros(grey.shape, np.uint8)
    cv2.fillPoly(lips, [np.round(points[[*OUTER_UPPER, *OUTER_LOWER[::-1]], :2]).astype(np.int32)], 1)
    whole = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(whole, cv2.convexHull(np.round(points[:, :2]).astype(np.int32)), 1)
    low, high = np.percentile(grey[lips > 0], [10, 90])
    darkest, brightest = np.percentile(grey[whole > 0], [5, 95])
    return float((high - low) / max(brightest - darkest, 1e-6))
