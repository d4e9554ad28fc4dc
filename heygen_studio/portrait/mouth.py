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
import numpy.typing as npt

from .headpose import MIRRORED, face_width
from .landmarks import Box, FaceTracker, around
from .portrait import Image

Landmarks = npt.NDArray[np.float32]

# Rings of the lips, from the right corner of the mouth (left in the picture) to the left one.
# fmt: off
OUTER_UPPER, OUTER_LOWER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291), (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291)
INNER_UPPER, INNER_LOWER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308), (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
# fmt: on
RINGS = (OUTER_UPPER, OUTER_LOWER, INNER_UPPER, INNER_LOWER)
LIPS = sorted({point for ring in RINGS for point in ring})
RIGID = [point for pair in MIRRORED for point in pair]

#: Faces are judged at this width in pixels, with this much around them (in face widths).
WIDTH, MARGIN = 200, 0.8

#: The windows: size, turn in radians, shift in sizes of the face; each also as a mirror image.
WINDOWS = (
    (1, 0, 0, 0),
    (1.15, 0.1, 0.04, 0),
    (0.92, -0.1, -0.04, 0.03),
    (1.08, -0.2, 0, -0.04),
    (1.02, 0.2, 0.03, 0.05),
    (1.25, 0, -0.03, -0.03),
)

#: Half-axes of the smeared ellipse and the blur, in face widths.
SMEAR, BLUR = (0.30, 0.18), 0.15

#: Doubt per contrast (see `LipEvidence`) from which the mouth counts as hidden. On four faces under 14 harmless changes (light,
#: blur, noise, beards) it is 0.2 to 2.1, but for one strongly blurred painting (5); under eight kinds of cover it is 4.9 or more.
HIDDEN = 4.0


class LipEvidence(NamedTuple):
    """doubt: high where the lips are guessed; (scatter of the lips / scatter of the rigid points) x (scatter of the lips /
    movement of the lips by smearing). contrast: spread of brightness across the lips, in parts of the whole face's."""

    doubt: float
    contrast: float


def mouth_hidden(tracker: FaceTracker, photo: Image, landmarks: Landmarks) -> bool:
    """Whether something covers the mouth of the face with the mesh [478, 3] (pixels of ``photo``)."""
    doubt, contrast = lip_evidence(tracker, photo, landmarks)
    return doubt > HIDDEN * contrast


def lip_evidence(tracker: FaceTracker, photo: Image, landmarks: Landmarks) -> LipEvidence:
    """Measure what `mouth_hidden` judges."""
    face, points = _face_only(photo, landmarks)
    seen = _through_windows(tracker, face, points)
    smeared = _through_windows(tracker, _smear_mouth(face, points), points)
    lips, rigid = _scatter(seen, LIPS), _scatter(seen, RIGID)
    moved = float(np.linalg.norm(seen.mean(0) - smeared.mean(0), axis=1)[LIPS].mean())
    return LipEvidence(lips / rigid * lips / max(moved, 1e-6), _lip_contrast(face, points))


def _face_only(photo: Image, landmarks: Landmarks) -> tuple[Image, Landmarks]:
    """The face at the width at which it is judged."""
    scale = WIDTH / face_width(landmarks)
    margin = MARGIN * WIDTH / scale
    low = np.maximum(np.floor(landmarks[:, :2].min(0) - margin), 0).astype(int)
    high = np.ceil(landmarks[:, :2].max(0) + margin).astype(int)
    part = np.ascontiguousarray(photo[low[1] : high[1], low[0] : high[0]])
    face = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return face, ((landmarks - [low[0], low[1], 0]) * scale).astype(np.float32)


def _through_windows(tracker: FaceTracker, face: Image, points: Landmarks) -> Landmarks:
    """The mesh [windows, 478, 2] seen through every window, moved so that the rigid points agree on average."""
    box, mirror_image, last = around(points), np.ascontiguousarray(face[:, ::-1]), face.shape[1] - 1
    opposite = _opposite()
    seen = []
    for size, turn, right, down in WINDOWS:
        x, y, side, angle = box.x + right * box.side, box.y + down * box.side, box.side * size, box.angle + turn
        seen.append(tracker.mesh_once(face, Box(x, y, side, angle, 1))[:, :2])
        mirrored = tracker.mesh_once(mirror_image, Box(last - x, y, side, -angle, 1))[opposite, :2]
        seen.append(mirrored * [-1, 1] + [last, 0])
    together = np.array(seen)
    return together - together[:, RIGID].mean(1, keepdims=True)


def _opposite() -> npt.NDArray[np.int64]:
    """For every point the one that takes its place in a mirror image (only lips and rigid points)."""
    opposite = np.arange(478)
    for ring in RINGS:
        opposite[list(ring)] = ring[::-1]
    for left, right in MIRRORED:
        opposite[[left, right]] = right, left
    return opposite


def _scatter(seen: Landmarks, points: list[int]) -> float:
    return float(np.linalg.norm(seen.std(0), axis=1)[points].mean())


def _smear_mouth(face: Image, points: Landmarks) -> Image:
    mask = np.zeros(face.shape[:2], np.float32)
    x, y = np.round(points[LIPS, :2].mean(0)).astype(int)
    axes = (round(SMEAR[0] * WIDTH), round(SMEAR[1] * WIDTH))
    cv2.ellipse(mask, (int(x), int(y)), axes, math.degrees(around(points).angle), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    blurred = cv2.GaussianBlur(face, (0, 0), BLUR * WIDTH)
    return (blurred * mask + face * (1 - mask)).astype(np.uint8)


def _lip_contrast(face: Image, points: Landmarks) -> float:
    """Brightness of the lips, from where it is low to where it is high, in that of the whole face."""
    grey = cv2.GaussianBlur(cv2.cvtColor(face, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 2)
    lips = np.zeros(grey.shape, np.uint8)
    cv2.fillPoly(lips, [np.round(points[[*OUTER_UPPER, *OUTER_LOWER[::-1]], :2]).astype(np.int32)], 1)
    whole = np.zeros(grey.shape, np.uint8)
    cv2.fillConvexPoly(whole, cv2.convexHull(np.round(points[:, :2]).astype(np.int32)), 1)
    low, high = np.percentile(grey[lips > 0], [10, 90])
    darkest, brightest = np.percentile(grey[whole > 0], [5, 95])
    return float((high - low) / max(brightest - darkest, 1e-6))
