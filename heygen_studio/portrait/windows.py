"""How sure a mesh is: seen through slightly different windows, true points stay where they are and guessed ones waver."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from .box import Box, around
from .headpose import MIRRORED, face_width
from .mesh import FaceMesh
from .network import Array

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

#: The windows: size, turn in radians, shift in sizes of the face; each is also looked through in a mirror.
Window = tuple[float, float, float, float]
WINDOWS: tuple[Window, ...] = (
    (1, 0, 0, 0),
    (1.15, 0.1, 0.04, 0),
    (0.92, -0.1, -0.04, 0.03),
    (1.08, -0.2, 0, -0.04),
    (1.02, 0.2, 0.03, 0.05),
    (1.25, 0, -0.03, -0.03),
)


def face_only(photo: Array, landmarks: Array) -> tuple[Array, Array]:
    """The face at the width at which it is judged."""
    scale = WIDTH / face_width(landmarks)
    margin = MARGIN * WIDTH / scale
    low = np.maximum(np.floor(landmarks[:, :2].min(0) - margin), 0).astype(int)
    high = np.ceil(landmarks[:, :2].max(0) + margin).astype(int)
    part = np.ascontiguousarray(photo[low[1] : high[1], low[0] : high[0]])
    face = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return face, ((landmarks - [low[0], low[1], 0]) * scale).astype(np.float32)


def through_windows(mesh: FaceMesh, face: Array, points: Array, windows: tuple[Window, ...] = WINDOWS) -> Array:
    """The mesh [windows, 478, 2] seen through every window, moved so that the rigid points agree on average."""
    box, mirror_image, last = around(points), np.ascontiguousarray(face[:, ::-1]), face.shape[1] - 1
    opposite = _opposite()
    seen = []
    for size, turn, right, down in windows:
        x, y, side, angle = box.x + right * box.side, box.y + down * box.side, box.side * size, box.angle + turn
        seen.append(mesh(face, Box(x, y, side, angle, 1))[0][:, :2])
        mirrored = mesh(mirror_image, Box(last - x, y, side, -angle, 1))[0][opposite, :2]
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


def scatter(seen: Array, points: list[int]) -> float:
    return float(np.linalg.norm(seen.std(0), axis=1)[points].mean())
