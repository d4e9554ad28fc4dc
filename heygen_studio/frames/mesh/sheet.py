"""A small textured sheet in space (a row of teeth, the tongue) and the canvas it is drawn on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from .arrays import Index, Plane, Points, Texture
from .warp import blend, rasterise

_OUTSIDE = -1e4


@dataclass(frozen=True)
class Sheet:
    """texture: premultiplied uint8 RGBA; points: [n, 3] head mm; texels: [n, 2] of each point; triangles: [m, 3], far first."""

    texture: Texture
    points: Points
    texels: Points
    triangles: Index


@dataclass(frozen=True)
class Canvas:
    """A float32 RGB image [h, w, 3] of the box whose corner is ``origin`` (x, y pixels of the frame), ``scale`` canvas pixels each."""

    colour: Plane
    origin: tuple[int, int]
    scale: int

    def from_frame(self, pixels: Points) -> Points:
        """Frame pixels [n, 2] -> canvas pixels."""
        return (pixels - np.array(self.origin) + 0.5) * self.scale - 0.5

    def draw(self, sheet: Sheet, pixels: Points, strength: float = 1.0) -> None:
        """Draw a sheet whose points lie at frame ``pixels`` [n, 2] over what is there."""
        layer = rendered(sheet.texture, sheet.texels, sheet.triangles, self.from_frame(pixels), self.colour.shape[:2])
        blend(self.colour, layer, strength)


def rendered(texture: Texture, texels: Points, triangles: Index, pixels: Points, shape: tuple[int, ...]) -> Texture:
    """A textured mesh at ``pixels`` [n, 2] on a transparent image: premultiplied RGBA [*shape, 4]."""
    across, down = np.full((2, shape[0], shape[1]), _OUTSIDE, np.float32)
    rasterise(pixels, texels, triangles, across, down)
    return cv2.remap(texture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def grid_triangles(rows: int, columns: int) -> Index:
    """The triangles [m, 3] of a rows x columns grid of points in reading order."""
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    first = np.stack([corner, corner + 1, corner + columns], axis=1)
    second = np.stack([corner + 1, corner + columns + 1, corner + columns], axis=1)
    return np.ascontiguousarray(np.stack([first, second], axis=1).reshape(-1, 3), np.int32)


def far_first(triangles: Index, points: Points) -> Index:
    """Painter's order by depth."""
    return np.ascontiguousarray(triangles[np.argsort(-points[triangles][:, :, 2].mean(axis=1), kind="stable")])


def premultiplied(colour: npt.ArrayLike, alpha: npt.ArrayLike) -> Plane:
    """RGB [h, w, 3] 0-255 and alpha [h, w] 0-1 -> float32 RGBA 0-255."""
    cover = np.asarray(alpha, np.float32)[..., None]
    return np.dstack([np.clip(np.asarray(colour, np.float32), 0, 255) * cover, cover * 255])


def as_texture(colour: npt.ArrayLike, alpha: npt.ArrayLike) -> Texture:
    """The same as uint8."""
    return np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)
