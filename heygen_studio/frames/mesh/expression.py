"""What brows, cheeks and lower lids add to the deformation: fixed fields over the mesh, scaled frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .arrays import Index, Points
from .mesh import FaceMesh
from .topology import CHEEKS, EYES

#: A cheek moves by these parts of its mouth corner's smile (across, down, back), over this radius, and no further than this, mm.
#: Across, it gives way a little: rounded lips would drag the fold beside the nose along.
CHEEK_FOLLOWS, CHEEK_RADIUS_MM, CHEEK_AT_MOST_MM = np.array([-0.12, 0.45, 0.2]), 17.0, 3.0
#: Raised brows are smoothed over the skin (or their inner ends would kink) and end at this distance from them, mm (sigmas).
BROW_SMOOTHED_MM, BROW_REACH_MM = 4.0, 16.0
#: The lower lid rises by this part of the eye's opening in a blink.
LOWER_LID_RISES = 0.10
#: What is drawn of the eyeball gives way to the lower lid over this height.
EYEBALL_GIVES_MM = 5.0


@dataclass(frozen=True)
class Expression:
    """brow: [N] mm per mm of raised brow; cheeks: [2, N] 0-1, left and right; lids: [N, 3] mm of a full blink."""

    brow: Points
    cheeks: Points
    lids: Points

    def moves(self, corners: Points, brow: float, blink: float) -> Points:
        """Head mm [N, 3] for the smile's move of both mouth corners [2, 3] mm, ``brow`` mm raised and ``blink`` 0-1."""
        moved = self.lids * blink
        moved[:, 1] -= self.brow * brow
        for cheek, corner in zip(self.cheeks, corners, strict=True):
            moved += cheek[:, None] * np.clip(CHEEK_FOLLOWS * corner, -CHEEK_AT_MOST_MM, CHEEK_AT_MOST_MM)
        return moved


def brow_field(mesh: FaceMesh, raised: Points, brows: Index) -> Points:
    """[N] from the solved ``raised`` [moving]: smooth, near the ``brows`` (vertices) only, none on the eyes."""
    flat = mesh.vertices[: mesh.moving, :2]
    distance = ((flat[:, None] - flat[brows][None]) ** 2).sum(axis=2).min(axis=1)
    smooth = _blurred(flat, raised, BROW_SMOOTHED_MM) * (distance < 2.45**2 * BROW_REACH_MM**2)
    smooth[[mesh.landmark[i] for eye in EYES for i in eye.opening]] = 0
    for grid in mesh.eyes:
        smooth[grid.vertices] = 0
    field = np.zeros(len(mesh.vertices))
    field[: mesh.moving] = smooth
    return field


def cheek_fields(mesh: FaceMesh) -> Points:
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


def lid_field(mesh: FaceMesh) -> Points:
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


def _blurred(flat: Points, values: Points, sigma: float) -> Points:
    out = values.copy()
    touched = np.flatnonzero(np.abs(values) > 1e-3)
    distance = ((flat[touched][:, None] - flat[None]) ** 2).sum(axis=2)
    weight = np.exp(-distance / (2 * sigma**2))
    out[touched] = weight @ values / weight.sum(axis=1)
    return out
