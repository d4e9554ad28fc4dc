"""Blinks: skin without an eye is laid bare from over the crease down to the lid's margin, which carries its shade and its lashes along.

Stretching the photo's lid would smear it, and leave its lashes and its crease standing as the outline of an eye that is shut.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...portrait.portrait import Image
from .arrays import Index, Plane, Points, Texture
from .head_frame import HeadFrame
from .lashes import ABOVE_MM, BELOW_MM, lash_band, lash_colour, lash_weight
from .lid_lines import ALONG, COLUMNS, LidLines, bulge, downwards, lid_line, smoothstep
from .lid_skin import lid_cover, lid_texture, shut_skin, without_skin
from .light import LUMA
from .mesh import FaceMesh
from .open_eye import CLEAR_MM, OpenEye, eye_vertices, lash_reach, lid_beginning, overlap, read_eye
from .sheet import as_texture, grid_triangles, rendered
from .skin_grain import SkinGrain, read_grain
from .skin_seen import look
from .tone import Tone
from .topology import EYES, FACE_OVAL, NOSE_BASE, SKIN_PATCHES, EyeIndices
from .warp import lay_over

#: Rows of points from the lid's beginning to its margin, at these parts of the way, and from the upper end of the band around that (-1)
#: over the margin (0) to its lower end.
SKIN_ROWS, BAND_ROWS = np.linspace(0, 1, 5), np.array([-1.0, -0.5, 0.0, 1.0])
#: The band is narrower at the corners, by this part of its height.
NARROWER = 0.7
#: Texels along the lid for a pixel of the portrait, at least and at most so many, and the part of them down it.
TEXELS_PER_PX, TEXELS, TEXELS_DOWN = 2.0, (24, 560), 0.6
#: What the skin of a shut lid is filled in over: down to this far below the lower lid, mm.
GONE_BELOW_MM = 3.5
#: The lid fades in over the first part of a blink.
FADE_IN = 0.14
#: What the photo shows over the lashes is gone at this part of a blink; it begins to go so far over them, mm.
UNROLLED, OVER_LASHES_MM = 0.7, 1.0
#: The lashes are drawn at this scale: they are thinner than a pixel.
SUPERSAMPLING = 2
_SKIN_TRIANGLES, _BAND_TRIANGLES = (grid_triangles(len(rows), COLUMNS) for rows in (SKIN_ROWS, BAND_ROWS))


@dataclass(frozen=True)
class Eyelid:
    """One upper lid. rim: vertices of the mesh [2, 9]: upper margin, lower margin, outer to inner corner; wider: pixels by which the eye
    reaches past those corners; begins, overlaps: [29] pixels above the upper margin where the lid begins, and below the lower one where
    it ends when it is shut; skin, lashes: premultiplied RGBA of the shut lid from its beginning to its margin, and of the band around
    the margin; above: 0-1, where that skin lies over the lashes of the open eye; softness: sigma, px."""

    rim: Index
    wider: tuple[float, float]
    begins: Points
    overlaps: Points
    skin: Texture
    above: Plane
    lashes: Texture
    per_mm: float
    softness: float

    def paint(self, frame: Image, vertices: Points, blink: float) -> None:
        """Draw the lid over ``frame``: posed mesh ``vertices`` [N, 2] pixels; ``blink`` 0 open to 1 shut."""
        if blink <= 0.01:
            return
        skin, band, shown = self._rows(vertices, blink)
        points = np.concatenate([skin, band]).reshape(-1, 2)
        low = np.maximum(np.floor(points.min(axis=0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 3, frame.shape[1::-1])
        if (high <= low).any():
            return
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        lid = _drawn(self._unrolled(blink), _SKIN_TRIANGLES, skin - low, SKIN_ROWS[:, None] * shown, size, 1).astype(np.float32)
        down = np.broadcast_to((BAND_ROWS[:, None] + 1) / 2, band.shape[:2])
        lashes = _drawn(self.lashes, _BAND_TRIANGLES, band - low, down, size, SUPERSAMPLING).astype(np.float32)
        lashes = np.asarray(cv2.GaussianBlur(lashes, (0, 0), self.softness), np.float32)
        layer = (lashes + lid * (1 - lashes[..., 3:] / 255)) * min(1.0, blink / FADE_IN)
        target = frame[low[1] : high[1], low[0] : high[0]]
        lay_over(target, np.minimum(layer + 0.5, 255).astype(np.uint8), target.copy())

    def _unrolled(self, blink: float) -> Texture:
        """The skin: over the lashes of the open eye the photo's own gives way to it little by little."""
        hidden = self.above * np.float32(1 - smoothstep(np.float32(blink / UNROLLED)))
        return (self.skin * (1 - hidden)[..., None]).astype(np.uint8) if blink < UNROLLED else self.skin

    def _rows(self, vertices: Points, blink: float) -> tuple[Points, Points, Points]:
        """Pixels of the skin's points [5, 29, 2] and the band's [4, 29, 2], and the part of the skin that shows, 0 to 1 [29]."""
        upper, lower = (lid_line(vertices[line], self.wider) for line in self.rim)
        down = downwards(upper, lower)
        way = lower + self.overlaps[:, None] * down - upper
        margin, begin = upper + blink * way, upper - self.begins[:, None] * down
        length = np.maximum(way @ down, 0)
        shown = (self.begins + blink * length) / np.maximum(self.begins + length, 1e-6)
        above = ABOVE_MM * (1 - NARROWER * (1 - bulge()))
        reach = self.per_mm * np.where(BAND_ROWS[:, None] < 0, above, BELOW_MM) * BAND_ROWS[:, None]
        return begin + SKIN_ROWS[:, None, None] * (margin - begin), margin + reach[..., None] * down, shown


def make_eyelids(
    image: Image, mesh: FaceMesh, head: HeadFrame, magnification: float, tone: Tone | None, *, rims: bool
) -> tuple[Eyelid, ...]:
    """The lids of the eyes that a uint8 RGB portrait shows, their skin filled in from that around the eye.

    magnification: pixels of ``image`` per pixel of the photo: the lids must not be sharper than it; tone: what stands for its colours if
    it has none; rims: the person wears glasses.
    """
    seen = [eye for eye, grid in zip(EYES, mesh.eyes, strict=True) if not grid.hidden]
    if not seen:
        return ()
    eyes = [read_eye(image, mesh, eye, head.px_per_mm) for eye in seen]
    usual = np.mean([eye.usual for eye in eyes], axis=0)
    oval, *even = (mesh.texture[[mesh.landmark[i] for i in outline]] for outline in (FACE_OVAL, *SKIN_PATCHES))
    grain = read_grain(image, oval, float(mesh.texture[mesh.landmark[NOSE_BASE], 1]), even, usual, head.px_per_mm)
    softness = max(0.3, 0.32 * magnification)
    return tuple(_make_eyelid(eye, mesh, indices, grain, tone, softness, rims=rims) for eye, indices in zip(eyes, seen, strict=True))


def _make_eyelid(
    eye: OpenEye, mesh: FaceMesh, indices: EyeIndices, grain: SkinGrain, tone: Tone | None, softness: float, *, rims: bool
) -> Eyelid:
    per_mm = eye.per_mm
    lashes = lash_reach(eye)
    begins, overlaps = lid_beginning(eye, lashes, rims=rims), overlap(eye)
    begin, shut = eye.above(begins), eye.lower + overlaps[:, None] * per_mm * eye.down
    clear = eye.above(lashes + CLEAR_MM)
    skin = shut_skin(eye.image, begin, clear, shut + GONE_BELOW_MM * per_mm * eye.down, eye.usual, per_mm)
    detail = grain.over(without_skin(eye.softened(), begin, clear, shut, eye.usual, per_mm), eye.corner)

    width = int(np.clip(TEXELS_PER_PX * float(np.linalg.norm(begin[-1] - begin[0])), *TEXELS))
    height = int(TEXELS_DOWN * width)
    along = np.linspace(ALONG[0], ALONG[-1], width)
    between = np.stack([np.interp(along, ALONG, one) for one in np.eye(COLUMNS)], axis=1)  # [width, 29]
    lines = LidLines(along, *(between @ line for line in (begins, lashes, eye.height(eye.crease), eye.height(shut))))
    pixels = between @ begin + np.linspace(0, 1, height)[:, None, None] * (between @ (shut - begin))
    colour = look(skin, pixels)
    lid = lid_texture(colour, look(eye.softened(), pixels), eye.usual, lines)
    lid += look(detail, pixels, cv2.INTER_LANCZOS4) * (lid @ LUMA)[..., None]
    lid = lid if tone is None else tone.of(lid)
    texture = as_texture(lid, lid_cover(lines, height) * look(eye.face, pixels))
    rim = np.array([eye_vertices(mesh, indices, line) for line in (indices.upper, indices.lower)], np.int32)
    above = smoothstep((lines.heights(height) - lines.lashes - CLEAR_MM) / OVER_LASHES_MM).astype(np.float32)
    band = _lashes(eye, colour, SUPERSAMPLING * width)
    return Eyelid(rim, eye.wider, begins * per_mm, overlaps * per_mm, texture, above, band, per_mm, softness)


def _lashes(eye: OpenEye, skin: Points, width: int) -> Texture:
    """The band around the margin, so many texels wide; ``skin`` [h, w, 3]: the lid's."""
    usual = skin.reshape(-1, 3).mean(axis=0)
    return lash_band(lash_colour(eye, usual), lash_weight(eye, usual), width)


def _drawn(texture: Texture, triangles: Index, rows: Points, down: Points, size: tuple[int, int], scale: int) -> Texture:
    """A sheet on a transparent image of ``size`` (w, h): its points [rows, 29, 2] in pixels, and their part of its height [rows, 29]."""
    height, width = texture.shape[:2]
    across = np.broadcast_to(np.linspace(0, width - 1, COLUMNS), down.shape)
    texels = np.stack([across, down * (height - 1)], axis=-1).reshape(-1, 2)
    pixels = ((rows + 0.5) * scale - 0.5).reshape(-1, 2)
    layer = rendered(texture, texels, triangles, pixels, (size[1] * scale, size[0] * scale))
    return layer if scale == 1 else cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
