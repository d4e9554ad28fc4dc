"""Blinks: the upper lid slides down as a sheet of synthesised skin with its lash line. Stretching the photo's lid would smear it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from ...portrait.portrait import Image
from .arrays import Index, Points, Texture
from .head_frame import HeadFrame
from .light import LUMA, Light
from .mesh import FaceMesh
from .sheet import grid_triangles, premultiplied, rendered
from .topology import CHEEKS, EYES, EyeIndices

#: Points along a lid, and the sheet's texture, texels (along, down).
COLUMNS, TEXTURE = 29, (112, 72)
#: The sheet goes past the corners of the eye (at 0, the outer one, and 1), to cover the wings of the lashes.
ALONG = np.linspace(-0.17, 1.06, COLUMNS)
#: The sheet begins this far above the lashes: a part of the way to the crease, but at least so many mm.
BEGINS_AT_CREASE, BEGINS_MM = 1.15, 4.0
#: The lash line's band above and below the margin, mm; the closed lid overlaps the lower one by this much.
ABOVE_MM, BELOW_MM, OVERLAP_MM = 1.4, 1.6, 0.5
#: Rows of the sheet: these parts of the skin between its beginning and the lash band, then the band's three lines.
SKIN_ROWS = (0.0, 0.2, 0.45, 0.72, 1.0)
#: The part of the texture's height that is skin; the lash band has the rest.
SKIN_PART = 0.72
#: A lid is this much lighter than the skin around the eye.
LID_LIGHTER = 1.05
#: The crease of a shut lid is a little darker.
CREASE_SHADE = 0.07
#: The sheet fades in over the first part of a blink.
FADE_IN = 0.14
SUPERSAMPLING = 2


@dataclass(frozen=True)
class Eyelid:
    """One upper lid. rim: vertices of the mesh [3, 9]: upper margin, lower margin, crease, outer to inner corner. softness: sigma, px."""

    rim: Index
    texture: Texture
    per_mm: float
    softness: float

    def paint(self, frame: Image, vertices: Points, blink: float) -> None:
        """Draw the lid over ``frame``: posed mesh ``vertices`` [N, 2] pixels; ``blink`` 0 open to 1 shut."""
        if blink <= 0.01:
            return
        points = self._rows(vertices, blink)
        low = np.maximum(np.floor(points.reshape(-1, 2).min(axis=0)).astype(int) - 4, 0)
        high = np.minimum(np.ceil(points.reshape(-1, 2).max(axis=0)).astype(int) + 5, [frame.shape[1], frame.shape[0]])
        if (high <= low).any():
            return
        pixels = ((points - low + 0.5) * SUPERSAMPLING - 0.5).reshape(-1, 2)
        shape = tuple(int(v) * SUPERSAMPLING for v in (high - low)[::-1])
        layer = rendered(self.texture, _texels(points.shape[0]), grid_triangles(*points.shape[:2]), pixels, shape)
        layer = cv2.resize(layer, None, fx=1 / SUPERSAMPLING, fy=1 / SUPERSAMPLING, interpolation=cv2.INTER_AREA)
        layer = cv2.GaussianBlur(layer, (0, 0), self.softness) * min(1.0, blink / FADE_IN)
        target = frame[low[1] : high[1], low[0] : high[0]]
        target[:] = np.clip(target * (1 - layer[..., 3:] / 255) + layer[..., :3] + 0.5, 0, 255).astype(np.uint8)

    def _rows(self, vertices: Points, blink: float) -> Points:
        """The sheet's points [7, 29, 2] in pixels."""
        upper, lower, crease = (_along(vertices[line]) for line in self.rim)
        down = _unit(lower[COLUMNS // 2] - crease[COLUMNS // 2])
        shut = lower + OVERLAP_MM * self.per_mm * _bulge()[:, None] * down
        margin = upper + blink * (shut - upper)
        begin = _begin(upper, crease, down, self.per_mm)
        band = margin - ABOVE_MM * self.per_mm * _bulge()[:, None] * down
        skin = [begin + part * (band - begin) for part in SKIN_ROWS]
        return np.stack([*skin, margin, margin + BELOW_MM * self.per_mm * down])


def make_eyelids(image: Image, mesh: FaceMesh, head: HeadFrame, light: Light, magnification: float) -> tuple[Eyelid, Eyelid]:
    """The lids of a uint8 RGB portrait, their skin synthesised from that above the crease and below the eye.

    magnification: pixels of ``image`` per pixel of the photo: the lids must not be sharper than it.
    """
    softness = max(0.3, 0.32 * magnification)
    grain = _grain(image, mesh, head)
    left, right = (_make_eyelid(image, mesh, head, light, eye, grain, softness) for eye in EYES)
    return left, right


def _make_eyelid(image: Image, mesh: FaceMesh, head: HeadFrame, light: Light, eye: EyeIndices, grain: Points, softness: float) -> Eyelid:
    def vertices(middle: tuple[int, ...]) -> list[int]:
        return [mesh.landmark[i] for i in (eye.outer, *middle, eye.inner)]

    rim = np.array([vertices(eye.upper), vertices(eye.lower), vertices(eye.crease)], np.int32)
    photo = mesh.texture
    upper, lower, crease = (_along(photo[line]) for line in rim)
    down = _unit(lower[COLUMNS // 2] - crease[COLUMNS // 2])
    per_mm = head.px_per_mm
    soft = cv2.GaussianBlur(image, (0, 0), max(0.8, 0.9 * per_mm)).astype(np.float32)
    brow, under = (_along(photo[vertices(line)]) for line in (eye.brow, eye.under))
    top = _smooth(_look(soft, _begin(upper, crease, down, per_mm) - 0.8 * per_mm * down), 1.5)
    skin = [_look(soft, line) for line in (crease + 0.30 * (brow - crease), under, under + 0.3 * (under - lower))]
    corner = _look(soft, lower + 1.2 * per_mm * down)
    share = _bulge()[:, None]
    lid = _smooth(_skin_like(skin, light.skin), 5.0) * share + corner * (1 - share)
    lash = _lash_colour(image, upper, down, per_mm, lid)
    return Eyelid(rim, _texture(np.maximum(top, 0.8 * lid), lid, lash, grain), per_mm, softness)


def _texture(top: Points, lid: Points, lash: Points, grain: Points) -> Texture:
    """Premultiplied RGBA: skin from the crease's colour ``top`` to ``lid`` [29, 3] each, grain, then the lash line."""
    width, height = TEXTURE
    u, v = np.linspace(ALONG[0], ALONG[-1], width), np.linspace(0, 1, height)[:, None]
    wide = [np.stack([np.interp(u, ALONG, line[:, c]) for c in range(3)], axis=1) for line in (top, lid)]
    skin_down = np.clip(v / SKIN_PART, 0, 1)
    blend = (1 - np.clip(skin_down / 0.40, 0, 1))[..., None] ** 1.5
    colour = wide[0][None] * blend + wide[1][None] * (1 - blend)
    bulge = np.sin(np.pi * np.clip(u, 0.0, 1.0))[None]
    colour *= (0.93 + 0.12 * bulge * np.sin(np.pi * (0.15 + 0.75 * skin_down)))[..., None]
    colour *= (1 - CREASE_SHADE * bulge * np.exp(-(((skin_down - 0.18) / 0.07) ** 2)))[..., None]
    colour += grain[:height, :width, None]
    # mm from the margin within the lash band; negative above
    margin = SKIN_PART + (1 - SKIN_PART) * ABOVE_MM / (ABOVE_MM + BELOW_MM)
    from_margin = np.where(v < margin, (v - margin) / (margin - SKIN_PART) * ABOVE_MM, (v - margin) / (1 - margin) * BELOW_MM)
    ends = _smoothstep(np.minimum((u + 0.05) / 0.10, (1.02 - u) / 0.10))[None]
    outer_more = (1.0 - 0.35 * u)[None]
    line = np.where(from_margin < 0, np.exp(-((from_margin / 0.5) ** 2)), np.exp(-((from_margin / 1.6) ** 2)))
    cover = line * outer_more * ends
    colour = colour * (1 - cover[..., None]) + lash * cover[..., None]
    below = np.where(from_margin > 0.12, 0.75 * np.clip(1 - (from_margin - 0.12) / 1.3, 0, 1) ** 1.5 + 0.25 * (from_margin < 0.3), 1.0)
    past = _smoothstep(np.minimum((u - ALONG[0]) / -ALONG[0], (ALONG[-1] - u) / (ALONG[-1] - 1)))[None]
    alpha = _smoothstep(skin_down / 0.22) * below * past
    return np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)


def _skin_like(lines: list[Points], skin: Points) -> Points:
    """[29, 3]: the mean of colour lines [29, 3] without what is much darker (a brow, a spectacle frame) or lighter (glare)."""
    stack = np.stack(lines)
    luma = stack @ LUMA
    usual = np.median(luma[1:])  # below the eye
    weight = np.exp(-(((luma - usual) / (0.12 * usual + 4)) ** 2))[..., None] + 1e-4
    local = (stack * weight).sum(axis=0) / weight.sum(axis=0)
    overall = (stack * weight).sum(axis=(0, 1)) / weight.sum(axis=(0, 1))
    share = 0.6 * _bulge()[:, None]
    found = local * (1 - share) + overall * share
    # What lies around an eye is in its shade and greyer than the lid, which faces the light: part of the hue is the cheeks'.
    return 0.7 * found + 0.3 * LID_LIGHTER * (found @ LUMA)[:, None] * skin / (skin @ LUMA)


def _lash_colour(image: Image, upper: Points, down: Points, per_mm: float, lid: Points) -> Points:
    """The darkest tenth around the photo's own lash line, but never lighter than a shadow."""
    band = np.concatenate([_look(image, upper + offset * per_mm * down) for offset in np.linspace(-1.2, 0.8, 9)])
    luma = band @ LUMA
    dark = band[luma <= np.percentile(luma, 10)].mean(axis=0)
    return np.minimum(dark, 0.72 * lid.mean(axis=0))


def _grain(image: Image, mesh: FaceMesh, head: HeadFrame) -> Points:
    """Fine texture [72, 112] of the cheek's skin (or of the paint), mean 0."""
    x, y = mesh.texture[mesh.landmark[CHEEKS[0]]] - np.array([0.0, 12 * head.px_per_mm])
    side = max(6, int(7 * head.px_per_mm))
    x0, y0 = (int(np.clip(v - side, 0, extent - 2 * side)) for v, extent in ((x, image.shape[1]), (y, image.shape[0])))
    patch = cv2.cvtColor(image[y0 : y0 + 2 * side, x0 : x0 + 2 * side], cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = patch - cv2.GaussianBlur(patch, (0, 0), max(1.0, 1.2 * head.px_per_mm))
    fine = np.clip(fine, -2.5 * fine.std(), 2.5 * fine.std())
    rows = np.linspace(0, 10 * head.px_per_mm, TEXTURE[1], dtype=np.float32)
    columns = np.linspace(0, 30 * head.px_per_mm, TEXTURE[0], dtype=np.float32)
    across, down = np.meshgrid(columns, rows)
    return cv2.remap(fine, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def _begin(upper: Points, crease: Points, down: Points, per_mm: float) -> Points:
    """Where the sheet begins: [29, 2] above the photo's lash line."""
    distance = np.maximum(
        BEGINS_AT_CREASE * np.linalg.norm(crease - upper, axis=1), BEGINS_MM * per_mm * _smoothstep((ALONG - ALONG[0]) / 0.25)
    )
    return upper - distance[:, None] * down


def _bulge() -> Points:
    """[29] 1 along most of the lid, 0 at its corners and beyond."""
    return np.clip(1 - np.abs(2 * ALONG - 1) ** 6, 0, 1)


def _along(line: Points) -> Points:
    """[9, 2] corner to corner -> [29, 2]: a spline, straight on past the corners."""
    inside = CubicSpline(np.linspace(0, 1, len(line)), line)(np.clip(ALONG, 0, 1))
    beyond = ALONG - np.clip(ALONG, 0, 1)
    return inside + beyond[:, None] * (line[-1] - line[0])


def _smooth(colours: Points, sigma: float) -> Points:
    return gaussian_filter1d(colours, sigma, axis=0, mode="nearest")


def _look(image: npt.ArrayLike, points: Points) -> Points:
    at = points.astype(np.float32)[None]
    return cv2.remap(np.asarray(image), at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(float)


def _texels(rows: int) -> Points:
    """[rows * 29, 2] texels of the sheet's points."""
    margin = SKIN_PART + (1 - SKIN_PART) * ABOVE_MM / (ABOVE_MM + BELOW_MM)
    v = np.array([*(part * SKIN_PART for part in SKIN_ROWS), margin, 1.0])[:rows] * (TEXTURE[1] - 1)
    u = np.linspace(0, TEXTURE[0] - 1, COLUMNS)
    return np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)


def _smoothstep(t: Points) -> Points:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def _unit(vector: Points) -> Points:
    return vector / max(float(np.linalg.norm(vector)), 1e-6)
