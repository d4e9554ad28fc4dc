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
from .background import fill
from .head_frame import HeadFrame
from .light import LUMA
from .mesh import FaceMesh
from .sheet import grid_triangles, premultiplied, rendered
from .topology import CHEEKS, EYES, EyeIndices

#: Points along a lid, and the sheet's texture, texels (along, down).
COLUMNS, TEXTURE = 29, (112, 72)
#: The sheet goes past the corners of the eye (at 0, the outer one, and 1), to cover the wings of the lashes.
ALONG = np.linspace(-0.17, 1.10, COLUMNS)
#: The sheet begins this far above the lashes: a part of the way to the crease, but at least so many mm.
BEGINS_AT_CREASE, BEGINS_MM = 1.3, 4.0
#: The lash line's band above and below the margin, mm; the closed lid overlaps the lower one by this much.
ABOVE_MM, BELOW_MM, OVERLAP_MM = 1.4, 2.4, 1.1
#: Rows of the sheet: these parts of the skin between its beginning and the lash band, then the band's three lines.
SKIN_ROWS = (0.0, 0.2, 0.45, 0.72, 1.0)
#: The part of the texture's height that is skin; the lash band has the rest.
SKIN_PART = 0.72
#: What the skin of a shut lid is filled in over: down to this far below the lower lid, mm.
GONE_BELOW_MM = 1.5
#: Skin around an eye is darker than usual by about these parts (above and below it, beside it), or lighter.
DARKER, LIGHTER = (0.2, 0.7), 0.35
#: Shades of a shut lid: lighter on its vault, darker in the crease and where it turns under to the lashes.
VAULT, CREASE_SHADE, TURNS_UNDER = 0.07, 0.06, 0.14
#: Shade on skin is warm: exponents for R, G, B.
WARMTH = np.array([0.75, 1.1, 1.2])
#: The fine texture of the cheek is drawn this much stronger on a lid: scaling and softening take some.
GRAIN_KEPT = 1.3
#: The sheet fades in over the first part of a blink.
FADE_IN = 0.14
SUPERSAMPLING = 2
_WITHIN = np.clip(ALONG, 0, 1)
_SPLINE = CubicSpline(np.linspace(0, 1, 9), np.eye(9))(_WITHIN) + np.outer(ALONG - _WITHIN, np.eye(9)[8] - np.eye(9)[0])


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
        layer = cv2.resize(layer.astype(np.float32), None, fx=1 / SUPERSAMPLING, fy=1 / SUPERSAMPLING, interpolation=cv2.INTER_AREA)
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


def make_eyelids(image: Image, mesh: FaceMesh, head: HeadFrame, magnification: float) -> tuple[Eyelid, Eyelid]:
    """The lids of a uint8 RGB portrait, their skin filled in from that around the eye.

    magnification: pixels of ``image`` per pixel of the photo: the lids must not be sharper than it.
    """
    softness = max(0.3, 0.32 * magnification)
    grain = _grain(image, mesh, head)
    left, right = (_make_eyelid(image, mesh, head, eye, grain, softness) for eye in EYES)
    return left, right


def _make_eyelid(image: Image, mesh: FaceMesh, head: HeadFrame, eye: EyeIndices, grain: Points, softness: float) -> Eyelid:
    def vertices(middle: tuple[int, ...]) -> list[int]:
        return [mesh.landmark[i] for i in (eye.outer, *middle, eye.inner)]

    rim = np.array([vertices(eye.upper), vertices(eye.lower), vertices(eye.crease)], np.int32)
    upper, lower, crease = (_along(mesh.texture[line]) for line in rim)
    under = _along(mesh.texture[vertices(eye.under)])
    down = _unit(lower[COLUMNS // 2] - crease[COLUMNS // 2])
    per_mm = head.px_per_mm
    begin, end = _begin(upper, crease, down, per_mm), lower + GONE_BELOW_MM * per_mm * down
    skin = _without_eye(image, np.concatenate([begin, end[::-1]]), np.concatenate([under, 1.5 * under - 0.5 * lower]), per_mm)
    shut = lower + OVERLAP_MM * per_mm * _bulge()[:, None] * down
    texels = [begin + part * (shut - begin) for part in np.linspace(0, 1, 24)]
    lid = cv2.resize(np.stack([_look(skin, line) for line in texels]).astype(np.float32), TEXTURE, interpolation=cv2.INTER_LINEAR)
    lash = _lash_colour(image, upper, down, per_mm, lid.reshape(-1, 3))
    return Eyelid(rim, _texture(lid, lash, grain), per_mm, softness)


def _without_eye(image: Image, eye: Points, skin: Points, per_mm: float) -> Image:
    """The photo with the polygon ``eye`` filled in from the skin around it; what is no skin (a brow, a frame, glare) counts little.

    skin: points on bare skin near the eye, pixels.
    """
    margin = 9 * per_mm
    low = np.maximum(np.floor(eye.min(axis=0) - margin).astype(int), 0)
    high = np.minimum(np.ceil(eye.max(axis=0) + margin).astype(int) + 1, image.shape[1::-1])
    part = (slice(low[1], high[1]), slice(low[0], high[0]))
    soft = np.asarray(cv2.GaussianBlur(image[part], (0, 0), max(0.8, 0.5 * per_mm)), np.uint8)
    luma = soft.astype(np.float32) @ LUMA.astype(np.float32)
    usual = float(np.median(_look(image, skin) @ LUMA))
    rows, columns = np.indices(luma.shape)
    across = eye[COLUMNS - 1] - eye[0]
    middle = (eye[COLUMNS - 1] + eye[0]) / 2 - low
    along = np.abs((columns - middle[0]) * across[0] + (rows - middle[1]) * across[1]) / (across @ across) * 2
    varies = np.where(luma < usual, np.interp(along, (0.5, 0.9), DARKER), LIGHTER) * usual + 4
    likely = np.exp(-(((luma - usual) / varies) ** 2)) + 2e-3
    hidden = np.zeros(luma.shape, np.uint8)
    cv2.fillPoly(hidden, [np.round(eye - low).astype(np.int32)], 1)
    filled = image.copy()
    filled[part] = fill(soft, (likely * (1 - hidden)).astype(np.float32))
    return filled


def _texture(skin: Points, lash: Points, grain: Points) -> Texture:
    """Premultiplied RGBA: ``skin`` [72, 112, 3] vaulted over the eyeball, grain, then the lash line."""
    width, height = TEXTURE
    u, v = np.linspace(ALONG[0], ALONG[-1], width), np.linspace(0, 1, height)[:, None]
    down = np.clip(v / SKIN_PART, 0, 1)
    bulge = np.sin(np.pi * np.clip(u, 0.0, 1.0))[None] ** 0.7
    vault = VAULT * np.exp(-(((down - 0.52) / 0.24) ** 2)) - CREASE_SHADE * np.exp(-(((down - 0.2) / 0.09) ** 2))
    vault = vault - TURNS_UNDER * _smoothstep((down - 0.66) / 0.34)
    colour = skin * (1 + bulge * vault)[..., None] ** WARMTH + grain[..., None]
    # mm from the margin within the lash band; negative above
    margin = SKIN_PART + (1 - SKIN_PART) * ABOVE_MM / (ABOVE_MM + BELOW_MM)
    from_margin = np.where(v < margin, (v - margin) / (margin - SKIN_PART) * ABOVE_MM, (v - margin) / (1 - margin) * BELOW_MM)
    ends = _smoothstep(np.minimum((u + 0.10) / 0.16, (1.0 - u) / 0.12))[None]
    cover = np.where(from_margin < 0, np.exp(-((from_margin / 0.4) ** 2)), 1.0) * (1.0 - 0.35 * u)[None] * ends
    colour = colour * (1 - cover[..., None]) + lash * cover[..., None]
    below = np.where(from_margin > 0.15, _lashes(u, from_margin), 1.0)
    past = _smoothstep(np.minimum((u - ALONG[0]) / (0.01 - ALONG[0]), (ALONG[-1] - u) / (ALONG[-1] - 0.96)))[None]
    alpha = _smoothstep(down / 0.18) * below * past
    return np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)


def _lashes(u: Points, below: Points) -> Points:
    """Cover [h, w] of the lashes that hang ``below`` (mm, [h, 1]) the margin: longer and slanted towards the outer corner."""
    dice = np.random.default_rng(5)
    length = (0.9 + 1.3 * np.clip(1 - u, 0, 1))[None]
    hair = gaussian_filter1d(dice.standard_normal(512), 1.2)
    at = (u[None] + 0.016 * below * (1.4 - 1.8 * u[None])) * 330 + 80
    gaps = np.clip(0.5 - 0.4 * np.interp(at, np.arange(512), hair / hair.std()), 0, 0.9)
    return np.clip(1 - (below - 0.15) / length, 0, 1) ** 1.2 * (1 - gaps * _smoothstep((below - 0.2) / 0.9))


def _lash_colour(image: Image, upper: Points, down: Points, per_mm: float, lid: Points) -> Points:
    """The darkest tenth around the photo's own lash line, but never lighter than a shadow."""
    band = np.concatenate([_look(image, upper + offset * per_mm * down) for offset in np.linspace(-1.2, 0.8, 9)])
    luma = band @ LUMA
    dark = band[luma <= np.percentile(luma, 10)].mean(axis=0)
    return np.minimum(dark, 0.6 * lid.mean(axis=0))


def _grain(image: Image, mesh: FaceMesh, head: HeadFrame) -> Points:
    """Noise [72, 112] with the spectrum of the cheek's fine texture (or the paint's) at its own size, mean 0.

    Random phases keep the look of a texture and repeat none of its marks (Galerne et al., "Random Phase Textures", 2011).
    """
    x, y = mesh.texture[mesh.landmark[CHEEKS[0]]] - np.array([0.0, 12 * head.px_per_mm])
    side = max(6, int(8 * head.px_per_mm))
    x0, y0 = (int(np.clip(v - side, 0, extent - 2 * side)) for v, extent in ((x, image.shape[1]), (y, image.shape[0])))
    patch = cv2.cvtColor(image[y0 : y0 + 2 * side, x0 : x0 + 2 * side], cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = patch - cv2.GaussianBlur(patch, (0, 0), max(1.0, 0.7 * head.px_per_mm))
    fine = np.clip(fine, -2 * fine.std(), 2 * fine.std())
    rows, columns = fine.shape
    window = np.hanning(rows)[:, None] * np.hanning(columns)[None]
    phases = np.fft.rfft2(np.random.default_rng(4).standard_normal(fine.shape))
    noise = np.fft.irfft2(np.abs(np.fft.rfft2(fine * window)) * np.exp(1j * np.angle(phases)), fine.shape)
    noise *= GRAIN_KEPT * fine.std() / max(float(noise.std()), 1e-6)
    across, down = np.meshgrid(
        np.linspace(0, 37 * head.px_per_mm, TEXTURE[0]) % (columns - 1), np.linspace(0, 17 * head.px_per_mm, TEXTURE[1]) % (rows - 1)
    )
    return cv2.remap(noise.astype(np.float32), across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR)


def _begin(upper: Points, crease: Points, down: Points, per_mm: float) -> Points:
    """Where the sheet begins: [29, 2] above the photo's lash line."""
    distance = np.maximum(
        BEGINS_AT_CREASE * np.linalg.norm(crease - upper, axis=1), BEGINS_MM * per_mm * _smoothstep((ALONG - ALONG[0]) / 0.3)
    )
    return upper - distance[:, None] * down


def _bulge() -> Points:
    """[29] 1 along most of the lid, 0 at its corners and beyond."""
    return np.clip(1 - np.abs(2 * ALONG - 1) ** 6, 0, 1)


def _along(line: Points) -> Points:
    """[9, 2] corner to corner -> [29, 2]: a spline, straight on past the corners."""
    return _SPLINE @ line


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
