"""How the skin follows the lips, the jaw, the brows and a smile: one linear solve per portrait, one product per frame.

The bi-Laplacian surface of Botsch & Kobbelt ("An intuitive framework for real-time freeform modeling", SIGGRAPH 2004),
with a little plain Laplacian so that the pull fades with distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from .arrays import Points
from .head_frame import HeadFrame
from .jaw import Jaw
from .lips import Lips, lip_shape
from .mesh import FaceMesh
from .topology import BROW_WEIGHTS, CHEEKS, CHIN, EYES, JAW_WEIGHTS, STILL, TEMPLES

#: The part of plain Laplacian in (L² + FADE·L).
FADE = 0.08
#: Below this influence (mm per mm) a vertex counts as still.
NEGLIGIBLE = 2e-3
#: A cheek moves by this part of its mouth corner's smile, over this radius.
CHEEK_FOLLOWS, CHEEK_RADIUS_MM = 0.45, 17.0
#: The lower lid rises by this part of the eye's opening in a blink.
LOWER_LID_RISES = 0.10
#: What is drawn of the eyeball gives way to the lower lid over this height.
EYEBALL_GIVES_MM = 5.0


@dataclass(frozen=True)
class Deformer:
    """Turns one row of motion into mesh vertices.

    rows: the vertices that handles can move; influence: float32 [len(rows), handles]; jaw_vertices and their weights are the
    handles after the lips'; brow: [N] mm per mm of raised brow; cheeks: [2, N]; lids: [N, 3] mm of a full blink.
    """

    mesh: FaceMesh
    lips: Lips
    jaw: Jaw
    rows: npt.NDArray[np.intp]
    influence: npt.NDArray[np.float32]
    jaw_vertices: npt.NDArray[np.intp]
    jaw_weights: Points
    brow: Points
    cheeks: Points
    lids: Points

    def vertices(self, mouth: npt.ArrayLike, brow: float, blink: float, gaze: npt.ArrayLike, smile: float) -> Points:
        """Head mm [N, 3] of every vertex for one row of motion."""
        mesh, row = self.mesh, np.asarray(mouth, float)
        upper, lower = lip_shape(self.lips, row, smile)
        lip_moves = np.vstack(
            [
                (upper - self.lips.source_upper).reshape(-1, 3),
                (lower - self.lips.source_lower)[:, 1:-1].reshape(-1, 3),
            ]
        )
        at_jaw = mesh.vertices[self.jaw_vertices]
        jaw_moves = self.jaw.turned(at_jaw, self.jaw.angle(row), self.jaw_weights) - at_jaw
        handles = np.vstack([lip_moves, jaw_moves]).astype(np.float32)
        moved = mesh.vertices.copy()
        moved[self.rows] += self.influence @ handles
        corners = (upper[-1, [0, -1]] - self.lips.source_upper[-1, [0, -1]]) * CHEEK_FOLLOWS
        corners[:, 1] -= CHEEK_FOLLOWS * 0.13 * row[0]
        for side in (0, 1):
            moved += self.cheeks[side][:, None] * np.clip(corners[side], -3.0, 3.0)
        moved[:, 1] -= self.brow * brow
        moved += self.lids * blink
        for eye in mesh.eyes:
            moved[eye.vertices, :2] += eye.follow[:, None] * np.asarray(gaze, float)
        moved[mesh.moving :] = moved[mesh.twin_of]
        return moved


def fit_deformer(mesh: FaceMesh, lips: Lips, jaw: Jaw, head: HeadFrame) -> Deformer:
    """Solve once for how each vertex follows each handle."""
    lip_handles = np.concatenate([mesh.upper.ravel(), mesh.lower[:, 1:-1].ravel()])
    jaw_landmarks = [i for i in JAW_WEIGHTS if i in mesh.landmark]
    jaw_handles = np.array([mesh.landmark[i] for i in jaw_landmarks])
    pinned = _pinned(mesh)
    moving = np.concatenate([lip_handles, jaw_handles])
    system = _smoothness(mesh, head)
    influence = _solve(system, moving, pinned, mesh.moving)
    rows = np.flatnonzero(np.abs(influence).max(axis=1) > NEGLIGIBLE)
    weights = np.array([JAW_WEIGHTS[i] for i in jaw_landmarks])
    return Deformer(
        mesh, lips, jaw, rows, influence[rows].astype(np.float32), jaw_handles, weights,
        _brow_field(mesh, system), _cheek_fields(mesh), _lid_field(mesh),
    )  # fmt: skip


def _smoothness(mesh: FaceMesh, head: HeadFrame) -> sp.csc_matrix:
    """L² + FADE·L of the skin, on edges weighted by their inverse length with the mouth laid open."""
    count = mesh.moving
    triangles = mesh.triangles[mesh.skin]
    edges = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    flat = head.to_image(mesh.vertices)[:, :2]
    length = np.linalg.norm(flat[edges[:, 0]] - flat[edges[:, 1]], axis=1)
    # Both directions of an edge: `maximum` below makes the pair one.
    one_way = sp.coo_matrix((1 / np.maximum(length, 0.3), (edges[:, 0], edges[:, 1])), shape=(count, count)).tocsr()
    one_way.data = np.minimum(one_way.data, 1 / 0.3)
    joined = one_way.maximum(one_way.T)
    degree = np.asarray(joined.sum(axis=1)).ravel()
    laplacian = sp.diags(1 / np.maximum(degree, 1e-9)) @ (sp.diags(degree) - joined)
    return (laplacian @ laplacian + FADE * laplacian + 1e-6 * sp.eye(count)).tocsc()


def _solve(system: sp.csc_matrix, moving: npt.NDArray[np.intp], pinned: npt.NDArray[np.intp], count: int) -> Points:
    """[count, len(moving)]: what each vertex does when one handle moves by 1 and the pinned ones stay."""
    free = np.setdiff1d(np.arange(count), np.concatenate([moving, pinned]))
    rows = system[free]
    influence = np.zeros((count, len(moving)))
    influence[free] = splu(rows[:, free].tocsc()).solve(-rows[:, moving].toarray())
    influence[moving, np.arange(len(moving))] = 1.0
    return influence


def _pinned(mesh: FaceMesh) -> npt.NDArray[np.intp]:
    """Vertices that neither lips nor jaw may pull: skull, brows, eyes, and the grid above the jaw or far from it."""
    landmarks = {*STILL, *BROW_WEIGHTS}
    for eye in EYES:
        landmarks.update((*eye.opening, *eye.crease))
    landmarks -= set(JAW_WEIGHTS)
    vertices = [mesh.landmark[i] for i in sorted(landmarks) if i in mesh.landmark]
    around = mesh.vertices[mesh.grid]
    chin, temple = (mesh.vertices[mesh.landmark[i]] for i in (CHIN, TEMPLES[1]))
    middle = mesh.vertices[mesh.upper[-1]].mean(axis=0)
    far = (around[:, 1] > chin[1] + 42) | (around[:, 1] < -10) | (np.abs(around[:, 0] - middle[0]) > 1.12 * temple[0])
    return np.concatenate([np.array(vertices), mesh.grid[far], mesh.eyes[0].vertices, mesh.eyes[1].vertices]).astype(np.intp)


def _brow_field(mesh: FaceMesh, system: sp.csc_matrix) -> Points:
    """Brows carry the forehead; eyes, nose and everything below stay. Smoothed, or the inner ends would kink."""
    brows = [i for i in BROW_WEIGHTS if i in mesh.landmark]
    handles = np.array([mesh.landmark[i] for i in brows])
    still = {*STILL, *JAW_WEIGHTS} - set(brows)
    for eye in EYES:
        still.update(eye.opening)
    pinned = np.array([mesh.landmark[i] for i in sorted(still) if i in mesh.landmark])
    fixed = np.concatenate([pinned, mesh.grid, mesh.upper.ravel(), mesh.lower[:, 1:-1].ravel(), *(e.vertices for e in mesh.eyes)])
    raised = _solve(system, handles, np.unique(fixed), mesh.moving) @ np.array([BROW_WEIGHTS[i] for i in brows])
    flat = mesh.vertices[: mesh.moving, :2]
    near = np.exp(-((flat[:, None] - flat[handles][None]) ** 2).sum(axis=2).min(axis=1) / (2 * 16.0**2))
    blurred = _blurred(flat, raised, 4.0)
    for grid in mesh.eyes:
        blurred[grid.vertices] = 0
    rims = [mesh.landmark[i] for eye in EYES for i in eye.opening]
    blurred[rims] = 0
    field = np.zeros(len(mesh.vertices))
    field[: mesh.moving] = np.where(near > 0.05, blurred, 0)
    return field


def _blurred(flat: Points, values: Points, sigma: float) -> Points:
    out = values.copy()
    touched = np.flatnonzero(np.abs(values) > 1e-3)
    distance = ((flat[touched][:, None] - flat[None]) ** 2).sum(axis=2)
    weight = np.exp(-distance / (2 * sigma**2))
    out[touched] = weight @ values / weight.sum(axis=1)
    return out


def _cheek_fields(mesh: FaceMesh) -> Points:
    """[2, N]: a soft bump on each cheek, none on the lips and the eyes."""
    fields = np.zeros((2, len(mesh.vertices)))
    skin = np.ones(len(mesh.vertices), bool)
    skin[np.concatenate([mesh.upper.ravel(), mesh.lower.ravel(), mesh.grid])] = False
    skin[mesh.moving :] = False
    for eye in EYES:
        skin[[mesh.landmark[i] for i in eye.opening]] = False
    for grid in mesh.eyes:
        skin[grid.vertices] = False
    for side, landmark in enumerate(CHEEKS):
        centre = mesh.vertices[mesh.landmark[landmark], :2]
        distance = np.linalg.norm(mesh.vertices[:, :2] - centre, axis=1)
        fields[side] = np.exp(-((distance / CHEEK_RADIUS_MM) ** 2)) * skin
    return fields


def _lid_field(mesh: FaceMesh) -> Points:
    """[N, 3] mm: the lower lids' rise in a full blink. The upper lids are painted (see `eyes`), not stretched."""
    field = np.zeros((len(mesh.vertices), 3))
    for eye in EYES:
        for above, below in zip(eye.upper, eye.lower, strict=True):
            upper, lower = mesh.landmark[above], mesh.landmark[below]
            field[lower] = LOWER_LID_RISES * (mesh.vertices[upper] - mesh.vertices[lower])
            field[lower, 2] = 0
    for eye, grid in zip(EYES, mesh.eyes, strict=True):
        lower_rim = [mesh.landmark[i] for i in eye.lower]
        order = np.argsort(mesh.vertices[lower_rim, 0])
        at, inside = mesh.vertices[lower_rim, 0][order], mesh.vertices[grid.vertices]
        low, lift = (np.interp(inside[:, 0], at, values[lower_rim, 1][order]) for values in (mesh.vertices, field))
        field[grid.vertices, 1] = lift * np.clip(1 - (low - inside[:, 1]) / EYEBALL_GIVES_MM, 0, 1)
    return field
