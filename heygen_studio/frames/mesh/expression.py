"""What brows, cheeks and lids add to the deformation: fixed fields over the mesh, scaled frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Index, Points
from .mesh import FaceMesh
from .topology import BRIDGE, CHEEKS, EYES, OVER_BROWS

#: A cheek moves by these parts of its mouth corner's smile (across, down, back), over this radius, and no further than this, mm.
#: Across, it gives way a little: rounded lips would drag the fold beside the nose along.
CHEEK_FOLLOWS, CHEEK_RADIUS_MM, CHEEK_AT_MOST_MM = np.array([-0.12, 0.45, 0.2]), 17.0, 3.0
#: Raised brows are smoothed over the skin (or their inner ends would kink) and end at this distance from them, mm (sigmas).
BROW_SMOOTHED_MM, BROW_REACH_MM = 4.0, 16.0
#: Brows that slant, either way, draw together by this much of it; nearer to the middle of the face than this, less and less, mm.
DRAW_TOGETHER, MIDDLE_MM = 0.35, 9.0
#: Rims of glasses are this far below the upper edge of the brows, mm.
RIMS_BELOW_MM = 3.5
#: The lower lid rises by this part of the eye's opening in a blink.
LOWER_LID_RISES = 0.08
#: Lids that narrow come down and up by these parts of the eye's opening, the upper lid's crease by this part of it.
NARROWS_ABOVE, NARROWS_BELOW, CREASE_FOLLOWS = 0.10, 0.13, 0.5
#: What is drawn of the eyeball gives way to the lids over this part of the opening.
EYEBALL_GIVES = 0.5


@dataclass(frozen=True)
class Expression:
    """brow: [N] mm per mm of raised brow; slant: [N, 2] mm inwards and up per mm of slant; cheeks: [2, N] 0-1, left and right;
    blink: [N, 3] mm of a full blink; narrowing: [N, 3] mm of narrowed lids."""

    brow: Points
    slant: Points
    cheeks: Points
    blink: Points
    narrowing: Points

    def moves(self, corners: Points, *, brow: float, slant: float, lids: float, blink: float) -> Points:
        """Head mm [N, 3] for the smile's move of both mouth corners [2, 3] mm, ``brow`` and ``slant`` mm, ``lids`` and ``blink``."""
        lifted = np.clip(CHEEK_FOLLOWS * corners, -CHEEK_AT_MOST_MM, CHEEK_AT_MOST_MM)
        moved = self.cheeks.T @ lifted + self.narrowing * (lids * (1 - blink))
        if blink:
            moved += self.blink * blink
        moved[:, 0] += self.slant[:, 0] * abs(slant)
        moved[:, 1] -= self.brow * brow + self.slant[:, 1] * slant
        return moved


def brow_fields(mesh: FaceMesh, raised: Points, slanted: Points, brows: Index, px_per_mm: float, *, rims: bool) -> tuple[Points, Points]:
    """`Expression.brow` and `Expression.slant` from the solved fields [moving]: smooth in the image (a turned face's outline is near
    its far brow), and near the ``brows`` (vertices) only; with ``rims``, glasses right under the brows stay where they are."""
    flat = mesh.texture[: mesh.moving] / px_per_mm
    distance = ((flat[:, None] - flat[brows][None]) ** 2).sum(axis=2).min(axis=1)
    fields = np.zeros((3, len(mesh.vertices)))
    for field, solved in zip(fields, (raised, slanted), strict=False):
        field[: mesh.moving] = _blurred(flat, solved, BROW_SMOOTHED_MM) * (distance < 2.45**2 * BROW_REACH_MM**2)
    inner = mesh.vertices[:, 0] - mesh.vertices[mesh.landmark[BRIDGE], 0]
    fields[2] = -DRAW_TOGETHER * np.clip(inner / MIDDLE_MM, -1, 1) * np.clip(fields[1], 0, None)
    fields[:, ~_bare(mesh)] = 0
    if rims:
        over = mesh.vertices[[mesh.landmark[i] for i in OVER_BROWS]]
        below = mesh.vertices[:, 1] - np.interp(mesh.vertices[:, 0], over[:, 0], over[:, 1])
        fields *= np.clip(1 - below / RIMS_BELOW_MM, 0, 1)
    return fields[0], fields[[2, 1]].T


def cheek_fields(mesh: FaceMesh) -> Points:
    """[2, N]: a soft bump on each cheek, none on the lips and the eyes."""
    bare = _bare(mesh)
    bare[np.concatenate([mesh.upper.ravel(), mesh.lower.ravel(), mesh.grid])] = False
    bare[mesh.moving :] = False
    fields = np.zeros((2, len(mesh.vertices)))
    for side, landmark in enumerate(CHEEKS):
        centre = mesh.vertices[mesh.landmark[landmark], :2]
        distance = np.linalg.norm(mesh.vertices[:, :2] - centre, axis=1)
        fields[side] = np.exp(-((distance / CHEEK_RADIUS_MM) ** 2)) * bare
    return fields


def blink_field(mesh: FaceMesh) -> Points:
    """[N, 3] mm: the lower lids' rise in a full blink. The upper lids are painted (see `eyes`), not stretched."""
    return _lids(mesh, 0.0, LOWER_LID_RISES)


def narrowing_field(mesh: FaceMesh) -> Points:
    """[N, 3] mm: both lids of eyes that narrow."""
    field = _lids(mesh, NARROWS_ABOVE, NARROWS_BELOW)
    for eye in EYES:
        for crease, above in zip(eye.crease, eye.upper, strict=True):
            field[mesh.landmark[crease]] = CREASE_FOLLOWS * field[mesh.landmark[above]]
        for under, below in zip(eye.under, eye.lower, strict=True):
            field[mesh.landmark[under]] = CREASE_FOLLOWS * field[mesh.landmark[below]]
    return field


def _lids(mesh: FaceMesh, down: float, up: float) -> Points:
    """[N, 3] mm: the upper lid comes ``down`` and the lower one ``up`` by parts of the opening; the eyeball's skin gives way."""
    field = np.zeros((len(mesh.vertices), 3))
    for eye, grid in zip(EYES, mesh.eyes, strict=True):
        if grid.hidden:
            continue
        upper, lower = ([mesh.landmark[i] for i in lid] for lid in (eye.upper, eye.lower))
        opening = mesh.vertices[lower] - mesh.vertices[upper]
        opening[:, 2] = 0
        field[upper], field[lower] = down * opening, -up * opening
        inside = mesh.vertices[grid.vertices]
        height = np.interp(inside[:, 0], *_ordered(mesh.vertices[lower, 0], opening[:, 1]))
        for lid in (upper, lower):
            edge, moves = (np.interp(inside[:, 0], *_ordered(mesh.vertices[lid, 0], v[lid, 1])) for v in (mesh.vertices, field))
            field[grid.vertices, 1] += moves * np.clip(1 - np.abs(inside[:, 1] - edge) / (EYEBALL_GIVES * height), 0, 1)
    return field


def _bare(mesh: FaceMesh) -> Points:
    """[N] whether a vertex is neither on an eye's rim nor inside it."""
    bare = np.ones(len(mesh.vertices), bool)
    for eye, grid in zip(EYES, mesh.eyes, strict=True):
        bare[[mesh.landmark[i] for i in eye.opening]] = False
        bare[grid.vertices] = False
    return bare


def _ordered(at: Points, values: Points) -> tuple[Points, Points]:
    order = np.argsort(at)
    return at[order], values[order]


def _blurred(flat: Points, values: Points, sigma: float) -> Points:
    out = values.copy()
    touched = np.flatnonzero(np.abs(values) > 1e-3)
    distance = ((flat[touched][:, None] - flat[None]) ** 2).sum(axis=2)
    weight = np.exp(-distance / (2 * sigma**2))
    out[touched] = weight @ values / weight.sum(axis=1)
    return out
