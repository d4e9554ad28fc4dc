"""What a shut upper lid looks like, worked out from an open eye: skin in place of eyeball and lashes, its shading, its lash line."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...portrait.portrait import Image
from .arrays import Plane, Points, Texture
from .background import fill
from .light import LUMA
from .sheet import premultiplied

#: Dark or bright marks narrower than twice this are no skin (lashes, make-up, glare), mm; so is what is darker than this part of the skin.
MARK_MM, NO_SKIN = 2.6, 0.3
#: A pixel is skin from this part of the light around it on, and none below the other; glare is from the third on.
SKIN_FROM, MARK_BELOW, GLARE_FROM = 0.93, 0.78, 1.18
#: The white of an eye has less than this part of the saturation of skin, or this one if it is half as bright again; only skin of more
#: than this saturation tells them apart.
WHITE_BELOW, BRIGHT_WHITE_BELOW, TELLING_SATURATION = 0.4, 0.65, 0.12
#: The photo is smoothed by this much before its skin is spread over the lid, mm.
SMOOTHED_MM = 0.5
#: A lid that comes down catches the light: lit skin counts for more than skin in the shade, by this power of its brightness.
LIT = 2.0
#: The skin above the eye is the lid's own; that below it counts for this part.
CHEEK_COUNTS = 0.2
#: What is spread takes so much of the tint of the skin nearby: light spills from frames, glare and paint around it.
TINTED = 0.5
#: Of a lid brighter than the skin below the eye, this power of the difference stays.
BRIGHTER_KEPT = 0.6
#: Shades of a shut lid: lighter on its vault, darker in the crease, where it turns under to the lashes and to the corners of the eye.
VAULT, CREASE, TURNS_UNDER, TURNS_AWAY = 0.09, 0.05, 0.18, 0.08
#: Shade on skin is warm: exponents for R, G, B.
WARMTH = np.array([0.75, 1.1, 1.2])
#: The fine texture of the cheek is drawn this much stronger on a lid: scaling and softening take some.
GRAIN_KEPT = 1.1
#: The top of the lid fades into the photo over this part of its height, and the crease lies below that.
FADES_IN, CREASE_AT, CREASE_WIDTH = 0.12, 0.15, 0.06


def without_eye(image: Image, eye: Points, usual: Points, per_mm: float) -> Image:
    """The photo with the polygon ``eye`` filled in from the skin around it: n points along the lid's beginning, n back below the eye.

    usual: the colour of skin nearby, RGB. The light on the skin is kept; lashes, make-up, frames and glare are not.
    """
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.8, SMOOTHED_MM * per_mm)), np.uint8)
    hidden = np.zeros(soft.shape[:2], np.uint8)
    cv2.fillPoly(hidden, [np.round(eye).astype(np.int32)], 1)
    counts = skin_likeness(soft, usual, per_mm) * (1 - hidden)
    counts *= np.clip(soft.astype(np.float32) @ LUMA.astype(np.float32) / max(float(usual @ LUMA), 1), 0.05, 1) ** LIT
    lid, cheek = np.split(eye, 2)
    middle, down = (lid + cheek[::-1]).mean(axis=0) / 2, (cheek - lid).mean(axis=0)
    rows, columns = np.indices(counts.shape)
    counts *= np.where((columns - middle[0]) * down[0] + (rows - middle[1]) * down[1] > 0, CHEEK_COUNTS, 1)
    filled = fill(soft, np.asarray(counts, np.float32)).astype(np.float32)
    brighter = np.maximum((filled @ LUMA)[..., None] / max(float(usual @ LUMA), 1), 0.05)
    filled += TINTED * (brighter * usual - filled)
    filled *= np.maximum(brighter, 1) ** (BRIGHTER_KEPT - 1)
    return np.clip(filled + 0.5, 0, 255).astype(np.uint8)


def skin_likeness(image: Image, usual: Points, per_mm: float) -> Plane:
    """0.002-1 [h, w]: 1 where the image shows evenly lit skin, however bright; ``usual`` is the colour of skin nearby, RGB."""
    colour = image.astype(np.float32)
    luma, skin_luma = np.asarray(colour @ LUMA.astype(np.float32), np.float32), float(usual @ LUMA)
    size = 2 * max(1, round(MARK_MM * per_mm)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    bright, dark = (cv2.morphologyEx(luma, how, disc) for how in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN))
    even = smoothstep((luma / np.maximum(bright, 1) - MARK_BELOW) / (SKIN_FROM - MARK_BELOW))
    even *= smoothstep((GLARE_FROM - luma / np.maximum(dark, 1)) / (GLARE_FROM - 1))
    even *= smoothstep((luma / max(skin_luma, 1) - NO_SKIN) / (0.4 * NO_SKIN))
    return np.asarray(even * (1 - eye_white(image, usual)) + 2e-3, np.float32)


def eye_white(image: Image, usual: Points) -> Plane:
    """0-1 [h, w]: how sure it is that the image shows the white of an eye; ``usual`` is the colour of skin nearby, RGB."""
    colour = image.astype(np.float32)
    if _saturation(usual) < TELLING_SATURATION:
        return np.zeros(colour.shape[:2], np.float32)
    luma = colour @ LUMA.astype(np.float32) / max(float(usual @ LUMA), 1)
    below = np.interp(luma, (1.0, 1.5), (WHITE_BELOW, BRIGHT_WHITE_BELOW))
    tinted = smoothstep((_saturation(colour) / _saturation(usual) - below) / 0.15)
    return np.asarray((1 - tinted) * (luma > 0.8), np.float32)


def _saturation(colour: Points) -> Points:
    return 1 - colour.min(axis=-1) / np.maximum(colour.max(axis=-1), 1)


def lid_texture(skin: Points, lash: Points, grain: Points, along: Points, skin_part: float, band_mm: tuple[float, float]) -> Texture:
    """Premultiplied RGBA of the lid's sheet: ``skin`` [h, w, 3] vaulted over the eyeball, grain [h, w], then the lash line.

    along: place of each column, 0 at the eye's outer corner, 1 at the inner one; skin_part: of the height, the rest is the band
    around the lash line, which reaches ``band_mm`` above and below the lid's margin.
    """
    height = len(skin)
    u, v = along[None], np.linspace(0, 1, height)[:, None]
    down = np.clip(v / skin_part, 0, 1)
    above, below = band_mm
    margin = skin_part + (1 - skin_part) * above / (above + below)
    from_margin = np.where(v < margin, (v - margin) / (margin - skin_part) * above, (v - margin) / (1 - margin) * below)

    bulge = np.sin(np.pi * np.clip(u, 0.0, 1.0)) ** 0.7
    shade = bulge * VAULT * np.exp(-(((down - 0.5) / 0.24) ** 2)) - TURNS_UNDER * smoothstep((down - 0.62) / 0.38)
    shade = (
        shade
        - bulge * CREASE * np.exp(-(((down - CREASE_AT) / CREASE_WIDTH) ** 2))
        - TURNS_AWAY * (1 - bulge) * smoothstep((down - 0.3) / 0.4)
    )
    colour = skin * (1 + shade)[..., None] ** WARMTH + grain[..., None]

    ends = smoothstep(np.minimum((u + 0.14) / 0.34, (1.10 - u) / 0.42))
    heavy = 0.2 + (1.05 - 0.4 * u) * ends  # the lash line is thicker towards the outer corner and runs out at both
    cover = np.where(from_margin < 0, np.exp(-((from_margin / heavy) ** 2)), 1.0) * (0.95 - 0.2 * u) * smoothstep(4 * ends)
    colour = colour * (1 - cover[..., None]) + lash * cover[..., None]
    hanging = np.where(from_margin > 0.15, _lashes(u, from_margin / np.maximum(ends, 0.05)) * smoothstep(4 * ends), 1.0)
    past = smoothstep(np.minimum((u - u.min()) / 0.2, (u.max() - u) / 0.12))
    alpha = smoothstep(down / FADES_IN) * hanging * past
    return np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)


def lash_colour(image: Image, upper: Points, down: Points, per_mm: float, lid: Points) -> Points:
    """The darkest tenth around the photo's own lash line ``upper`` [n, 2], but never lighter than a shadow on the ``lid`` [m, 3]."""
    band = np.concatenate([look(image, upper + offset * per_mm * down) for offset in np.linspace(-1.2, 0.8, 9)])
    luma = band @ LUMA
    dark = band[luma <= np.percentile(luma, 10)].mean(axis=0)
    return np.minimum(dark, 0.38 * lid.mean(axis=0))


def skin_grain(image: Image, at: Points, per_mm: float, size: tuple[int, int], covers: tuple[float, float]) -> Points:
    """Noise [h, w] of ``size`` (w, h) with the spectrum of the fine texture (or the paint's) around a point of the cheek, mean 0.

    covers: pixels of the photo that the noise will cover, across and down: the grain keeps its own size.
    Random phases keep the look of a texture and repeat none of its marks (Galerne et al., "Random Phase Textures", 2011).
    """
    side = max(6, int(8 * per_mm))
    x0, y0 = (int(np.clip(v - side, 0, extent - 2 * side)) for v, extent in zip(at, image.shape[1::-1], strict=True))
    patch = cv2.cvtColor(image[y0 : y0 + 2 * side, x0 : x0 + 2 * side], cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = patch - cv2.GaussianBlur(patch, (0, 0), max(1.0, 0.7 * per_mm))
    fine = np.clip(fine, -2 * fine.std(), 2 * fine.std())
    rows, columns = fine.shape
    window = np.hanning(rows)[:, None] * np.hanning(columns)[None]
    phases = np.fft.rfft2(np.random.default_rng(4).standard_normal(fine.shape))
    noise = np.fft.irfft2(np.abs(np.fft.rfft2(fine * window)) * np.exp(1j * np.angle(phases)), fine.shape)
    noise *= GRAIN_KEPT * fine.std() / max(float(noise.std()), 1e-6)
    across, down = np.meshgrid(np.linspace(0, covers[0], size[0]) % (columns - 1), np.linspace(0, covers[1], size[1]) % (rows - 1))
    return cv2.remap(noise.astype(np.float32), across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR)


def look(image: Image, points: Points) -> Points:
    """RGB [n, 3] of the image at points [n, 2]."""
    at = points.astype(np.float32)[None]
    return cv2.remap(image, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(float)


def smoothstep(t: Points) -> Points:
    t = np.clip(t, 0, 1)
    return t * t * (3 - 2 * t)


def _lashes(u: Points, below: Points) -> Points:
    """Cover [h, w] of the lashes that hang ``below`` (mm, [h, 1]) the margin: longer and slanted towards the outer corner."""
    dice = np.random.default_rng(5)
    length = 0.9 + 1.3 * np.clip(1 - u, 0, 1)
    hair = gaussian_filter1d(dice.standard_normal(512), 1.2)
    at = (u + 0.016 * below * (1.4 - 1.8 * u)) * 330 + 80
    gaps = np.clip(0.5 - 0.4 * np.interp(at, np.arange(512), hair / hair.std()), 0, 0.9)
    return np.clip(1 - (below - 0.15) / length, 0, 1) ** 1.2 * (1 - gaps * smoothstep((below - 0.2) / 0.9))
