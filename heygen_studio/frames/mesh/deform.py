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

from ...motion.motion import APERTURE
from .arrays import Points
from .expression import Expression, blink_field, brow_fields, cheek_fields, narrowing_field
from .head_frame import HeadFrame
from .jaw import Jaw
from .lips import CORNERS_DROP, Lips, lip_shape
from .mesh import FaceMesh
from .topology import BROW_SLANTS, BROW_WEIGHTS, EYES, JAW_LINE, JAW_WEIGHTS, STILL

#: The part of plain Laplacian in (L² + FADE·L).
FADE = 0.08
#: Below this influence (mm per mm) a vertex counts as still.
NEGLIGIBLE = 2e-3


@dataclass(frozen=True)
class Deformer:
    """Turns one row of motion into mesh vertices.

    rows: the vertices that handles can move; influence: float32 [len(rows), handles]; jaw_vertices and their weights are the
    handles after the lips'; expression: brows, cheeks and lower lids, which are fields of their own.
    """

    mesh: FaceMesh
    lips: Lips
    jaw: Jaw
    rows: npt.NDArray[np.intp]
    influence: npt.NDArray[np.float32]
    jaw_vertices: npt.NDArray[np.intp]
    jaw_weights: Points
    expression: Expression

    def vertices(
        self,
        mouth: npt.ArrayLike,
        *,
        brow: float = 0.0,
        slant: float = 0.0,
        lids: float = 0.0,
        blink: float = 0.0,
        gaze: npt.ArrayLike = (0.0, 0.0),
        smile: float = 0.0,
    ) -> Points:
        """Head mm [N, 3] of every vertex for one row of motion; see `Motion` for what the tracks mean."""
        mesh, row = self.mesh, np.asarray(mouth, float)
        upper, lower = lip_shape(self.lips, row, smile)
        moved = mesh.vertices.copy()
        moved[self.rows] += self.influence @ self._handles(row, upper, lower)
        corners = upper[-1, [0, -1]] - self.lips.source_upper[-1, [0, -1]]
        corners[:, 1] -= CORNERS_DROP * row[APERTURE]  # a jaw that opens lifts no cheek
        moved += self.expression.moves(corners, brow=brow, slant=slant, lids=lids, blink=blink)
        for eye in mesh.eyes:
            moved[eye.vertices, :2] += eye.follow[:, None] * np.asarray(gaze, float)
        moved[mesh.moving :] = moved[mesh.twin_of]
        return moved

    def _handles(self, row: Points, upper: Points, lower: Points) -> Points:
        """float32 [handles, 3] mm: how far the lips' and the jaw's vertices are from where the photo has them."""
        lip_moves = (upper - self.lips.source_upper).reshape(-1, 3), (lower - self.lips.source_lower)[:, 1:-1].reshape(-1, 3)
        at_jaw = self.mesh.vertices[self.jaw_vertices]
        jaw_moves = self.jaw.turned(at_jaw, self.jaw.angle(row), self.jaw_weights) - at_jaw
        return np.vstack([*lip_moves, jaw_moves]).astype(np.float32)


def fit_deformer(mesh: FaceMesh, lips: Lips, jaw: Jaw, head: HeadFrame, *, rims: bool = False) -> Deformer:
    """Solve once for how each vertex follows each handle; ``rims``: the person wears glasses."""
    lip_handles = np.concatenate([mesh.upper.ravel(), mesh.lower[:, 1:-1].ravel()])
    jaw_landmarks = [i for i in JAW_WEIGHTS if i in mesh.landmark]
    jaw_handles = np.concatenate([[mesh.landmark[i] for i in jaw_landmarks], mesh.outline])
    pinned = _pinned(mesh)
    moving = np.concatenate([lip_handles, jaw_handles])
    system = _smoothness(mesh, head)
    influence = _solve(system, moving, pinned, mesh.moving)
    rows = np.flatnonzero(np.abs(influence).max(axis=1) > NEGLIGIBLE)
    weights = np.array([JAW_WEIGHTS[i] for i in (*jaw_landmarks, *JAW_LINE)])
    return Deformer(
        mesh, lips, jaw, rows, influence[rows].astype(np.float32), jaw_handles, weights,
        Expression(*_brows(mesh, system, head.px_per_mm, rims), cheek_fields(mesh), blink_field(mesh), narrowing_field(mesh)),
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
    """Vertices that neither lips nor jaw may pull: skull, brows, eyes, and all outside the face: a chin slides over its neck."""
    landmarks = {*STILL, *BROW_WEIGHTS}
    for eye in EYES:
        landmarks.update((*eye.opening, *eye.crease))
    landmarks -= set(JAW_WEIGHTS)
    vertices = [mesh.landmark[i] for i in sorted(landmarks) if i in mesh.landmark]
    still = np.setdiff1d(mesh.grid, mesh.outline)
    return np.concatenate([np.array(vertices), still, mesh.eyes[0].vertices, mesh.eyes[1].vertices]).astype(np.intp)


def _brows(mesh: FaceMesh, system: sp.csc_matrix, px_per_mm: float, rims: bool) -> tuple[Points, Points]:
    """What raised and slanted brows carry along, see `brow_fields`; eyes, nose and everything below stay."""
    brows = [i for i in BROW_WEIGHTS if i in mesh.landmark]
    handles = np.array([mesh.landmark[i] for i in brows])
    still = {*STILL, *JAW_WEIGHTS} - set(brows)
    for eye in EYES:
        still.update(eye.opening)
    pinned = [mesh.landmark[i] for i in sorted(still) if i in mesh.landmark]
    fixed = np.concatenate([pinned, mesh.grid, mesh.upper.ravel(), mesh.lower[:, 1:-1].ravel(), *(e.vertices for e in mesh.eyes)])
    follows = _solve(system, handles, np.unique(fixed), mesh.moving)
    raised, slanted = (follows @ np.array([weights[i] for i in brows]) for weights in (BROW_WEIGHTS, BROW_SLANTS))
    return brow_fields(mesh, raised, slanted, handles, px_per_mm, rims=rims)
