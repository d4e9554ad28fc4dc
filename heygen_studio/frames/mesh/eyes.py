"""Blinks: the upper lid slides down as a sheet of synthesised skin with its lash line. Stretching the photo's lid would smear it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d, median_filter

from ...portrait.portrait import Image
from .arrays import Index, Points, Texture
from .head_frame import HeadFrame
from .lid_skin import eye_white, lash_colour, lid_texture, look, skin_grain, skin_likeness, without_eye
from .mesh import FaceMesh
from .sheet import grid_triangles, rendered
from .topology import CHEEKS, EYES, EyeIndices

#: Points along a lid.
COLUMNS = 29
#: The sheet goes past the corners of the eye (at 0, the outer one, and 1), to cover the wings of the lashes.
ALONG = np.linspace(-0.18, 1.12, COLUMNS)
#: Lashes and make-up above the photo's lid reach this far, mm: at least, at most, and where that cannot be told.
LASHES_MM, USUAL_LASHES_MM = (1.4, 7.0), 3.0
#: The lid begins this far above them, mm, for it fades in; above the white of an eye there is a lash line of this height.
CLEAR_MM, LASH_LINE_MM = 1.1, 0.8
#: They end beyond the eye's corners: factors at these places along the lid.
REACH_AT, REACH = (-0.18, 0.0, 0.95, 1.12), (0.9, 1.0, 1.0, 0.7)
#: The lash line's band above and below the margin, mm; the closed lid overlaps the lower one by this much, and by no more than that.
ABOVE_MM, BELOW_MM, OVERLAP_MM, OVERLAP_AT_MOST_MM = 1.4, 2.4, 1.1, 2.5
#: Rows of the sheet: these parts of the skin between its beginning and the lash band, then the band's three lines.
SKIN_ROWS = (0.0, 0.2, 0.45, 0.72, 1.0)
#: The part of the texture's height that is skin; the lash band has the rest.
SKIN_PART = 0.72
#: Texels along the sheet for a pixel of the portrait, at least and at most so many, and the part of them down it.
TEXELS_PER_PX, TEXELS, TEXELS_DOWN = 1.6, (112, 448), 0.64
#: The photo is looked at this far around an eye, mm.
AROUND_MM = 16.0
#: What the skin of a shut lid is filled in over: down to this far below the lower lid, mm.
GONE_BELOW_MM = 1.5
#: The sheet fades in over the first part of a blink.
FADE_IN = 0.14
SUPERSAMPLING = 2
_WITHIN = np.clip(ALONG, 0, 1)
_SPLINE = CubicSpline(np.linspace(0, 1, 9), np.eye(9))(_WITHIN) + np.outer(ALONG - _WITHIN, np.eye(9)[8] - np.eye(9)[0])


@dataclass(frozen=True)
class Eyelid:
    """One upper lid. rim: vertices of the mesh [2, 9]: upper margin, lower margin, outer to inner corner; begins, overlaps: [29]
    pixels above the upper margin where the sheet begins, and below the lower one where the shut lid ends; softness: sigma, px."""

    rim: Index
    begins: Points
    overlaps: Points
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
        layer = rendered(self.texture, _texels(self.texture), grid_triangles(*points.shape[:2]), pixels, shape)
        layer = cv2.resize(layer.astype(np.float32), None, fx=1 / SUPERSAMPLING, fy=1 / SUPERSAMPLING, interpolation=cv2.INTER_AREA)
        layer = cv2.GaussianBlur(layer, (0, 0), self.softness) * min(1.0, blink / FADE_IN)
        target = frame[low[1] : high[1], low[0] : high[0]]
        target[:] = np.clip(target * (1 - layer[..., 3:] / 255) + layer[..., :3] + 0.5, 0, 255).astype(np.uint8)

    def _rows(self, vertices: Points, blink: float) -> Points:
        """The sheet's points [7, 29, 2] in pixels."""
        upper, lower = (_along(vertices[line]) for line in self.rim)
        down = _down(upper, lower)
        margin = upper + blink * (lower + self.overlaps[:, None] * down - upper)
        begin = upper - self.begins[:, None] * down
        band = margin - ABOVE_MM * self.per_mm * _bulge()[:, None] * down
        skin = [begin + part * (band - begin) for part in SKIN_ROWS]
        return np.stack([*skin, margin, margin + BELOW_MM * self.per_mm * down])


def make_eyelids(image: Image, mesh: FaceMesh, head: HeadFrame, magnification: float) -> tuple[Eyelid, Eyelid]:
    """The lids of a uint8 RGB portrait, their skin filled in from that around the eye.

    magnification: pixels of ``image`` per pixel of the photo: the lids must not be sharper than it.
    """
    softness = max(0.3, 0.32 * magnification)
    left, right = (_make_eyelid(image, mesh, head, eye, softness) for eye in EYES)
    return left, right


@dataclass(frozen=True)
class _OpenEye:
    """The photo around one eye and the lines of its lids in it, [29, 2] pixels each, outer to inner corner; down: where the lid goes;
    usual: the colour of the skin nearby, RGB."""

    image: Image
    upper: Points
    lower: Points
    crease: Points
    down: Points
    usual: Points
    per_mm: float

    def softened(self) -> Image:
        """The photo without its grain: single lashes and cracks of paint."""
        return np.asarray(cv2.GaussianBlur(self.image, (0, 0), 0.5 * self.per_mm), np.uint8)


def _make_eyelid(image: Image, mesh: FaceMesh, head: HeadFrame, indices: EyeIndices, softness: float) -> Eyelid:
    rim = np.array([_vertices(mesh, indices, line) for line in (indices.upper, indices.lower)], np.int32)
    eye, per_mm = _open_eye(image, mesh, indices, head.px_per_mm), head.px_per_mm
    begins, overlaps = _lash_reach(eye) * np.interp(ALONG, REACH_AT, REACH), _overlap(eye)
    begin, shut = eye.upper - begins[:, None] * eye.down, eye.lower + overlaps[:, None] * eye.down
    skin = without_eye(eye.image, np.concatenate([begin, (shut + GONE_BELOW_MM * per_mm * eye.down)[::-1]]), eye.usual, per_mm)
    width = float(np.linalg.norm(begin[-1] - begin[0]))
    columns = int(np.clip(TEXELS_PER_PX * width, *TEXELS))
    size = columns, int(TEXELS_DOWN * columns)
    lid = cv2.resize(np.stack([look(skin, begin + part * (shut - begin)) for part in np.linspace(0, 1, 24)]).astype(np.float32), size)
    covers = width, float(np.linalg.norm(shut[COLUMNS // 2] - begin[COLUMNS // 2])) / SKIN_PART
    grain = skin_grain(image, mesh.texture[mesh.landmark[CHEEKS[0]]] - [0.0, 12 * per_mm], per_mm, size, covers)
    lash = lash_colour(eye.image, eye.upper, eye.down, per_mm, lid.reshape(-1, 3))
    texture = lid_texture(lid, lash, grain, np.linspace(ALONG[0], ALONG[-1], columns), SKIN_PART, (ABOVE_MM, BELOW_MM))
    return Eyelid(rim, begins, overlaps, texture, per_mm, softness)


def _open_eye(image: Image, mesh: FaceMesh, indices: EyeIndices, per_mm: float) -> _OpenEye:
    lines = (indices.upper, indices.lower, indices.crease, indices.under)
    points = np.stack([_along(mesh.texture[_vertices(mesh, indices, line)]) for line in lines])
    low = np.clip(points.min(axis=(0, 1)) - AROUND_MM * per_mm, 0, None).astype(int)
    high = (points.max(axis=(0, 1)) + AROUND_MM * per_mm).astype(int)
    around = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    upper, lower, crease, under = points - low
    usual = np.median(look(around, np.concatenate([under, 1.5 * under - 0.5 * lower])), axis=0)
    return _OpenEye(around, upper, lower, crease, _down(upper, lower), usual, per_mm)


def _vertices(mesh: FaceMesh, indices: EyeIndices, middle: tuple[int, ...]) -> list[int]:
    """The vertices of a line of landmarks from the outer corner to the inner one."""
    return [mesh.landmark[i] for i in (indices.outer, *middle, indices.inner)]


def _lash_reach(eye: _OpenEye) -> Points:
    """[29] pixels above the lid's margin up to which lashes, make-up and a lid found too low hide its skin: hardly over its crease."""
    likely = skin_likeness(eye.softened(), eye.usual, eye.per_mm)
    heights = np.arange(*LASHES_MM, 0.2)
    seen = np.stack([look(likely, eye.upper - height * eye.per_mm * eye.down) for height in heights]) > 0.5
    clear = seen[:-2] & seen[2:]
    told = clear.any(axis=0) & (ALONG > 0.1) & (ALONG < 0.95)
    if not told.any():
        return np.full(COLUMNS, eye.per_mm * (CLEAR_MM + USUAL_LASHES_MM))
    reach = np.interp(ALONG, ALONG[told], heights[clear[:, told].argmax(axis=0)])
    to_crease = np.linalg.norm(eye.crease - eye.upper, axis=1) / eye.per_mm - CLEAR_MM
    reach = np.minimum(reach, np.maximum(to_crease, USUAL_LASHES_MM))
    reach = np.maximum(reach, _white_reach(eye, eye.upper, -eye.down) + LASH_LINE_MM)
    reach = median_filter(reach, 3, mode="nearest")
    return eye.per_mm * (CLEAR_MM + gaussian_filter1d(np.maximum(reach, 0.6 * reach.max()), 1.2, mode="nearest"))


def _overlap(eye: _OpenEye) -> Points:
    """[29] pixels by which the shut lid goes past the lower one: over the white of an eye whose lower lid was found too high."""
    white = np.minimum(_white_reach(eye, eye.lower, eye.down), OVERLAP_AT_MOST_MM) * (ALONG < 0.85)
    return eye.per_mm * gaussian_filter1d(np.maximum(OVERLAP_MM * _bulge(), white), 0.8, mode="nearest")


def _white_reach(eye: _OpenEye, lid: Points, away: Points) -> Points:
    """[29] millimetres that the white of the eye reaches ``away`` over the line of a lid."""
    white = eye_white(eye.softened(), eye.usual)
    heights = np.arange(0, LASHES_MM[1], 0.2)
    seen = np.stack([look(white, lid + height * eye.per_mm * away) for height in heights]) > 0.5
    ends = ~(seen | np.roll(seen, -3, axis=0)) & (seen.cumsum(axis=0) > 0)
    ends[-4:] = True
    return np.where(seen[:10].any(axis=0), heights[ends.argmax(axis=0)], 0.0)


def _bulge() -> Points:
    """[29] 1 along most of the lid, 0 at its corners and beyond."""
    return np.clip(1 - np.abs(2 * ALONG - 1) ** 6, 0, 1)


def _along(line: Points) -> Points:
    """[9, 2] corner to corner -> [29, 2]: a spline, straight on past the corners."""
    return _SPLINE @ line


def _down(upper: Points, lower: Points) -> Points:
    """The direction in which the lid shuts."""
    vector = lower[COLUMNS // 2] - upper[COLUMNS // 2]
    return vector / max(float(np.linalg.norm(vector)), 1e-6)


def _texels(texture: Texture) -> Points:
    """[7 * 29, 2] texels of the sheet's points."""
    height, width = texture.shape[:2]
    margin = SKIN_PART + (1 - SKIN_PART) * ABOVE_MM / (ABOVE_MM + BELOW_MM)
    v = np.array([*(part * SKIN_PART for part in SKIN_ROWS), margin, 1.0]) * (height - 1)
    return np.stack(np.meshgrid(np.linspace(0, width - 1, COLUMNS), v), axis=-1).reshape(-1, 2)
