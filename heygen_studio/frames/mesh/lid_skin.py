"""What the skin of a shut upper lid looks like, worked out from an open eye: smooth skin in its place, its shading, its grain."""

from __future__ import annotations

import cv2
import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ...portrait.portrait import Image
from .arrays import Plane, Points
from .lid_lines import LidLines, smoothstep
from .light import LUMA
from .skin_seen import no_skin, skin_likeness

#: The photo is smoothed by this much before its skin is spread over the lid; nearer than that to rims and glare, it is none; mm.
SMOOTHED_MM, BESIDE_RIMS_MM = 0.5, 1.5
#: The skin above the eye is the lid's own; that below it counts for this part, that between lashes and crease for this one.
CHEEK_COUNTS, PLATFORM_COUNTS = 0.03, 0.02
#: Skin in the shade of brow and nose counts for this part at least, for the lid borders on it; what is likely skin to less than that
#: elsewhere is none.
SHADE_COUNTS, UNLIKELY = 0.02, 0.01
#: How much more it counts to be like known skin, a square millimetre of it, than to be smooth.
KNOWN = 8.0
#: What is spread takes so much of the tint of the skin nearby: light spills from frames, glare and paint around it.
TINTED = 0.3
#: Of the photo's crease so much stays: it softens when the lid comes down.
CREASE_KEPT = 0.3
#: Shades of a shut lid: lighter on its vault, at this part of the way down it and this wide; darker to the corners of the eye.
VAULT, VAULT_AT, VAULT_WIDTH, TURNS_AWAY = 0.15, 0.42, 0.28, 0.06
#: Shade on skin is warm: exponents for R, G, B.
WARMTH = np.array([0.75, 1.1, 1.2])
#: The fine texture of the cheek is what a blur of so many mm takes away; it is drawn this strong.
GRAIN_MM, GRAIN_KEPT = 1.0, 0.9
#: The lid fades into the photo over this part of the skin between its beginning and the lashes, and over so many mm above its lower edge
#: beyond the corners, where no lash line ends it.
FADES_IN, ENDS_MM = 0.7, 2.5


def shut_skin(image: Image, begin: Points, lashes: Points, cheek: Points, usual: Points, per_mm: float) -> Plane:
    """float32 RGB: the photo without its eye; what lies between the lines ``lashes`` and ``cheek`` goes on from the skin around it.

    begin: where the lid begins; all three [n, 2]; usual: the colour of skin nearby, RGB. The light on the skin is kept; lashes, make-up,
    rims and glare are not.
    """
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.8, SMOOTHED_MM * per_mm)), np.uint8)
    filled = _membrane(soft, _known(soft, begin, lashes, cheek, usual, per_mm), per_mm)
    brightness = (filled @ LUMA)[..., None] / max(float(usual @ LUMA), 1)
    return np.asarray(filled + TINTED * (brightness * usual - filled), np.float32)


def _known(image: Image, begin: Points, lashes: Points, cheek: Points, usual: Points, per_mm: float) -> Plane:
    """0-1 [h, w]: how much the image tells of the lid's skin; see `shut_skin`."""
    size = 2 * max(1, round(BESIDE_RIMS_MM * per_mm)) + 1
    beside_rims = cv2.dilate(no_skin(image, usual), np.ones((size, size), np.uint8))
    likely = skin_likeness(image, usual, per_mm)
    under_lid = _between(likely.shape, begin, cheek)
    known = np.where(under_lid, PLATFORM_COUNTS * likely, np.maximum(likely, SHADE_COUNTS * (1 - beside_rims)))
    known *= (known > UNLIKELY) & ~_between(likely.shape, lashes, cheek)
    middle, down = (lashes + cheek).mean(axis=0) / 2, (cheek - lashes).mean(axis=0)
    rows, columns = np.indices(known.shape)
    known *= np.where((columns - middle[0]) * down[0] + (rows - middle[1]) * down[1] > 0, CHEEK_COUNTS, 1)
    return np.asarray(known, np.float32)


def _membrane(image: Image, known: Plane, per_mm: float) -> Plane:
    """float32 RGB: the smoothest picture that is like ``image`` where that is ``known`` [h, w]; found at a pixel a millimetre."""
    height, width = known.shape
    size = max(4, round(width / per_mm)), max(4, round(height / per_mm))
    weight = KNOWN * cv2.resize(known, size, interpolation=cv2.INTER_AREA).ravel() + 1e-4
    wanted = KNOWN * cv2.resize(image * known[..., None], size, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    across, down = (sp.diags([-1.0, 1.0], [0, 1], shape=(side - 1, side)) for side in size)
    slopes = sp.vstack([sp.kron(sp.eye(size[1]), across), sp.kron(down, sp.eye(size[0]))])
    found = splu((slopes.T @ slopes + sp.diags(weight)).tocsc()).solve(wanted.astype(float))
    return cv2.resize(found.reshape(size[1], size[0], 3).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)


def _between(shape: tuple[int, ...], line: Points, other: Points) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.concatenate([line, other[::-1]])).astype(np.int32)], 1)
    return mask.astype(bool)


def lid_texture(skin: Points, photo: Points, lines: LidLines) -> Points:
    """RGB [h, w, 3] of the shut lid: ``skin`` [h, w, 3] vaulted over the eyeball, with what is left of the crease of the ``photo``."""
    height = lines.heights(len(skin))
    bulge = np.sin(np.pi * np.clip(lines.along, 0.0, 1.0)) ** 0.7
    down = (lines.crease - height) / np.maximum(lines.crease - lines.shut, 1e-6)
    shade = bulge * VAULT * np.exp(-(((down - VAULT_AT) / VAULT_WIDTH) ** 2)) - TURNS_AWAY * (1 - bulge) * smoothstep((down - 0.3) / 0.4)
    darker = np.clip((photo - skin) @ LUMA / np.maximum(skin @ LUMA, 1), -0.6, 0)
    shade += CREASE_KEPT * darker * smoothstep(height - lines.lashes)
    return np.asarray(skin * (1 + shade)[..., None] ** WARMTH)


def lid_cover(lines: LidLines, rows: int) -> Points:
    """0-1 [rows, w]: how far the shut lid covers the photo: it fades in over the crease and out past the eye's corners."""
    u, heights = lines.along, lines.heights(rows)
    fades_in = smoothstep((lines.begin - heights) / np.maximum(FADES_IN * (lines.begin - lines.lashes), 0.4))
    past = smoothstep(np.minimum((u - u.min()) / 0.2, (u.max() - u) / 0.14))
    beyond = smoothstep(np.maximum(-u, u - 1) / 0.1)
    return np.asarray(fades_in * past * (1 - beyond * (1 - smoothstep((heights - lines.shut) / ENDS_MM))))


def skin_grain(image: Image, at: Points, per_mm: float, size: tuple[int, int], covers: tuple[float, float]) -> Points:
    """Noise [h, w] of ``size`` (w, h) with the spectrum of the fine texture (or the paint's) around a point of the cheek, in parts of its
    brightness, mean 0.

    covers: pixels of the photo that the noise will cover, across and down: the grain keeps its own size.
    Random phases keep the look of a texture and repeat none of its marks (Galerne et al., "Random Phase Textures", 2011).
    """
    side = max(6, int(8 * per_mm))
    x0, y0 = (int(np.clip(v - side, 0, extent - 2 * side)) for v, extent in zip(at, image.shape[1::-1], strict=True))
    patch = cv2.cvtColor(image[y0 : y0 + 2 * side, x0 : x0 + 2 * side], cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = patch - cv2.GaussianBlur(patch, (0, 0), max(1.0, GRAIN_MM * per_mm))
    fine = np.clip(fine, -2 * fine.std(), 2 * fine.std())
    rows, columns = fine.shape
    window = np.hanning(rows)[:, None] * np.hanning(columns)[None]
    phases = np.fft.rfft2(np.random.default_rng(4).standard_normal(fine.shape))
    noise = np.fft.irfft2(np.abs(np.fft.rfft2(fine * window)) * np.exp(1j * np.angle(phases)), fine.shape)
    noise *= GRAIN_KEPT * fine.std() / max(float(noise.std()), 1e-6) / max(float(patch.mean()), 1.0)
    across, down = np.meshgrid(np.linspace(0, covers[0], size[0]) % (columns - 1), np.linspace(0, covers[1], size[1]) % (rows - 1))
    return cv2.remap(noise.astype(np.float32), across.astype(np.float32), down.astype(np.float32), cv2.INTER_LINEAR)
