"""Head pose: the mesh turned in space, the neck holding on to the shoulders, the frame's border holding still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .arrays import Plane, Points
from .head_frame import HeadFrame
from .mesh import FaceMesh, grid_step, inside_polygon
from .topology import CHIN, FACE_OVAL, TEMPLES

#: The turning point lies this far below the chin and behind the temples, mm.
PIVOT_BELOW_CHIN_MM, PIVOT_BEHIND_MM = 25.0, 10.0
#: The head's motion fades out over this length of neck, mm.
NECK_MM = 95.0
#: A millimetre to the side counts like this many downwards.
SHOULDERS_BESIDE = 1.3
#: Distances between vertices are worked out for about so many of them at once, which bounds the memory.
ROWS_AT_ONCE = 256
#: All motion fades out within this part of the frame's shorter side from the border (or from where the photo ends), in close-ups within
#: so many mm.
BORDER, BORDER_MM = 0.09, 32.0
#: Smoothing of depth, mm in the image, by the distance inside the face's oval, mm: rough depth tears the far cheek's outline.
DEPTH_SMOOTHING = ((-40.0, 24.0), (0.0, 16.0), (10.0, 11.0), (28.0, 3.5))


@dataclass(frozen=True)
class HeadPose:
    """One frame's rigid motion of the skull: x -> rotation·(x - pivot) + pivot + shift, in head mm."""

    head: HeadFrame
    rotation: Points
    pivot: Points
    shift: Points

    def skull(self, points: Points) -> Points:
        """Head mm [n, 3], moved."""
        return (points - self.pivot) @ self.rotation.T + self.pivot + self.shift

    def to_image(self, points: Points) -> Points:
        """Head mm [n, 3] fixed to the skull -> pixels [n, 2]."""
        return self.head.to_image(self.skull(points))[:, :2]


@dataclass(frozen=True)
class Poser:
    """What posing a mesh needs: per vertex the depth correction [N, 3] mm, the head's share [N], the shoulders' share [N] of a
    breath and the border's taper [N]."""

    head: HeadFrame
    pivot: Points
    depth: Points
    with_head: Points
    with_breath: Points
    taper: Points

    def pose(self, angles: npt.ArrayLike, shift: npt.ArrayLike) -> HeadPose:
        """``angles``: degrees pitch (down +), yaw, roll; ``shift``: mm right, down."""
        pitch, yaw, roll = np.asarray(angles, float)
        right, down = np.asarray(shift, float)
        return HeadPose(self.head, rotation(pitch, yaw, roll), self.pivot, np.array([right, down, 0.0]))

    def to_image(self, vertices: Points, pose: HeadPose, breath: float) -> Points:
        """Deformed vertices, head mm [N, 3] -> pixels [N, 2] of the frame."""
        flattened = vertices + self.depth
        across = self.head.axes[:2].T * self.head.px_per_mm  # of head mm, what the image shows
        turn = pose.rotation - np.eye(3)
        turned = self.with_head[:, None] * (flattened @ (turn.T @ across) + (pose.shift - turn @ pose.pivot) @ across)
        turned[:, 1] -= self.with_breath * (breath * self.head.px_per_mm)
        return flattened @ across + self.head.origin[:2] + self.taper[:, None] * turned


def rotation(pitch: float, yaw: float, roll: float) -> Points:
    """[3, 3] for degrees of pitch (down +), then yaw (towards the viewer's right +), then roll (clockwise +)."""
    (cp, cy, cr), (sp, sy, sr) = (f(np.deg2rad([pitch, yaw, roll])) for f in (np.cos, np.sin))
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


def make_poser(mesh: FaceMesh, head: HeadFrame, size: tuple[int, int], photographed: tuple[int, int, int, int] | None = None) -> Poser:
    """Prepare posing for a portrait of ``size`` (width, height); see `Portrait` for ``photographed``."""
    vertices = mesh.vertices
    chin, temples = vertices[mesh.landmark[CHIN]], vertices[[mesh.landmark[i] for i in TEMPLES]]
    # Beside the face, the shoulders begin higher.
    lower_face = (vertices[:, 1] - 0.45 * chin[1]) / (0.55 * chin[1])
    beside = np.maximum(np.abs(vertices[:, 0] - temples[:, 0].mean()) - 1.1 * np.ptp(temples[:, 0]) / 2, 0) * np.clip(lower_face, 0, 1)
    below = np.maximum(vertices[:, 1] - (chin[1] - 2), 0)
    with_head = 1 - _smoothstep((below + SHOULDERS_BESIDE * beside) / NECK_MM)
    on_face = np.ones(len(vertices), bool)
    on_face[mesh.grid] = False
    with_head[on_face] = np.maximum(with_head[on_face], 0.97)
    with_breath = (1 - with_head) * np.clip((vertices[:, 1] - chin[1]) / 60, 0, 1)
    photo = head.to_image(vertices)[:, :2]
    low, high = _still_outside(size, photographed)
    edge = np.minimum(photo - low, high - photo).min(axis=1)
    taper = _smoothstep(edge / max(BORDER * min(size), BORDER_MM * head.px_per_mm))
    pivot = np.array([0.0, chin[1] + PIVOT_BELOW_CHIN_MM, temples[:, 2].mean() + PIVOT_BEHIND_MM])
    return Poser(head, pivot, _depth_correction(mesh, head), with_head, with_breath, taper)


def _still_outside(size: tuple[int, int], photographed: tuple[int, int, int, int] | None) -> tuple[Points, Points]:
    """Upper left and lower right of the part of the frame that may move, pixels. Where the photo ends within the frame, the mesh has no
    vertices right on its edge: those next to it are still."""
    low, high = np.zeros(2), np.array(size) - 1.0
    if photographed is None:
        return low, high
    begin, end = np.array(photographed[:2]), np.array(photographed[2:]) - 1
    step = grid_step(size)
    return np.where(begin > low, begin + step, low), np.where(end < high, end - step, high)


def _depth_correction(mesh: FaceMesh, head: HeadFrame) -> Points:
    """[N, 3] head mm to add so that depth is smooth in the image."""
    pixels = head.to_image(mesh.vertices)
    flat, depth = pixels[: mesh.moving, :2] / head.px_per_mm, pixels[: mesh.moving, 2]
    oval = flat[[mesh.landmark[i] for i in FACE_OVAL]]
    distances, sigmas = zip(*DEPTH_SMOOTHING, strict=True)
    sigma = np.interp(inside_polygon(oval, flat), distances, sigmas)
    parts = np.array_split(np.arange(len(flat)), len(flat) // ROWS_AT_ONCE + 1)
    # Dense patches of vertices (lips, eyes) must not outweigh sparse ones.
    density = np.concatenate([np.exp(-_apart(flat, rows) / (2 * 6.0**2)).sum(axis=1) for rows in parts])
    smooth = np.empty(len(flat))
    for rows in parts:
        weight = np.exp(-_apart(flat, rows) / (2 * sigma.astype(np.float32)[rows, None] ** 2)) / density[None]
        smooth[rows] = weight @ depth / weight.sum(axis=1)
    change = np.zeros((len(mesh.vertices), 3))
    change[: mesh.moving, 2] = smooth - depth
    change[mesh.moving :] = change[mesh.twin_of]
    return change @ head.axes / head.px_per_mm


def _apart(points: Points, rows: npt.NDArray[np.int64]) -> Plane:
    """Squared distances float32 [len(rows), n] of some of the points [n, 2] from all."""
    square = (points**2).sum(axis=1)
    return np.maximum(square[rows, None] + square[None] - 2 * points[rows] @ points.T, 0).astype(np.float32)


def _smoothstep(t: Points) -> Points:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)
