"""How a head is turned, read from its mesh."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

#: The outline of the face, clockwise in the picture from the top of the forehead.
# fmt: off
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)

#: Points and their mirror images, (left in the picture, right in the picture), spread over the rigid part of the face.
MIRRORED = (
    (234, 454), (127, 356), (162, 389), (93, 323), (132, 361), (33, 263), (133, 362), (70, 300), (105, 334), (107, 336),
    (21, 251), (54, 284), (103, 332), (116, 345), (123, 352), (50, 280), (205, 425), (129, 358), (98, 327),
)
# fmt: on

#: Forehead and chin: the line between them is upright, and parallel to the picture, in a head that looks into the camera.
FOREHEAD, CHIN = 10, 152


class HeadPose(NamedTuple):
    """Degrees. pitch: looks down (+); yaw: turned towards the viewer's right (+); roll: tilted clockwise (+)."""

    pitch: float
    yaw: float
    roll: float


def head_pose(landmarks: npt.NDArray[np.float32]) -> HeadPose:
    """The pose of a mesh [478, 3] in pixels.

    The mean of all lines between mirrored points is the axis through both ears; its angles against the picture are roll and yaw.
    The line from chin to forehead, made perpendicular to it, gives the pitch.
    """
    left, right = np.array(MIRRORED).T
    across = (landmarks[right] - landmarks[left]).astype(np.float64).mean(0)
    across /= np.linalg.norm(across)
    up = (landmarks[FOREHEAD] - landmarks[CHIN]).astype(np.float64)
    up -= across * (up @ across)
    flat = math.hypot(across[0], across[1])
    yaw = math.degrees(math.atan2(across[2], flat))
    roll = math.degrees(math.atan2(across[1], across[0]))
    pitch = math.degrees(math.atan2(-up[2], math.hypot(up[0], up[1])))
    return HeadPose(pitch, yaw, roll)


def face_width(landmarks: npt.NDArray[np.float32]) -> float:
    """Distance between the cheeks (points 234 and 454) in the picture, in pixels."""
    return float(np.linalg.norm(landmarks[454, :2] - landmarks[234, :2]))
