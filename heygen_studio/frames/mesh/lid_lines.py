"""Lines along a lid: from past the outer corner of the eye to past the inner one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Points

#: Points along a lid.
COLUMNS = 29
#: Their places, 0 at the eye's outer corner and 1 at the inner one: past both, for the wings of the lashes and the pink inner corner.
ALONG = np.linspace(-0.25, 1.2, COLUMNS)
#: The margin of a lid that moves must not wave, as its landmarks do: a polynomial of this degree.
DEGREE = 4


@dataclass(frozen=True)
class LidLines:
    """What lies where over a lid, one value for each column [w]. along: the column's place (see `ALONG`); then mm above the upper margin
    of the open eye: where the lid begins, where lashes end, the crease, and (below 0) the margin of the shut lid."""

    along: Points
    begin: Points
    lashes: Points
    crease: Points
    shut: Points

    def heights(self, rows: int) -> Points:
        """Mm above the open eye's upper margin, [rows, w], from the lid's beginning to the margin of the shut lid."""
        return self.begin + np.linspace(0, 1, rows)[:, None] * (self.shut - self.begin)


def lid_line(points: Points, wider: Sequence[float] = (0.0, 0.0)) -> Points:
    """[29, 2] through nine points of a lid, outer to inner corner, these moved out by ``wider`` pixels; straight on past them."""
    out = unit(points[0] - points[-1])
    outer, inner = (pixels * np.clip(1 - 2 * place, 0, 1) for pixels, place in zip(wider, (ALONG, 1 - ALONG), strict=True))
    return _SMOOTH @ points + (outer - inner)[:, None] * out


def downwards(upper: Points, lower: Points) -> Points:
    """The direction in which the lid shuts."""
    return unit(lower[COLUMNS // 2] - upper[COLUMNS // 2])


def bulge() -> Points:
    """[29] 1 along most of the lid, 0 at its corners and beyond."""
    return np.clip(1 - np.abs(2 * ALONG - 1) ** 6, 0, 1)


def unit(vector: Points) -> Points:
    return vector / max(float(np.linalg.norm(vector)), 1e-6)


def smoothstep(t: Points) -> Points:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def _smooth() -> Points:
    """[29, 9]: takes nine points to the polynomial through the first and the last and along the others."""

    def chord(u: Points) -> Points:
        return np.outer(1 - u, np.eye(9)[0]) + np.outer(u, np.eye(9)[8])

    def bent(u: Points) -> Points:
        return (u * (1 - u))[:, None] * u[:, None] ** np.arange(DEGREE - 1)

    at = np.linspace(0, 1, 9)
    return np.asarray(chord(ALONG) + bent(np.clip(ALONG, 0, 1)) @ np.linalg.pinv(bent(at)) @ (np.eye(9) - chord(at)))


_SMOOTH = _smooth()
