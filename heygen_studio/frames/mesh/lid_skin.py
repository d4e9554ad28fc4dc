"""What the skin of a shut upper lid looks like, worked out from an open eye: smooth skin in its place, and its shading."""

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
CHEEK_COUNTS, PLATFORM_COUNTS = 0.06, 0.5
#: What is as bright as these parts of the skin nearby counts hardly and fully: a lid that comes down comes out of the shade.
SHADED, LIT = 0.6, 1.0
#: Brows, creases and make-up are narrower than twice this, mm; skin that is no wider, between brow and eye, counts for this part.
CREASE_MM, HOOD_COUNTS = 4.5, 0.5
#: Skin in the shade of brow and nose counts for this part at least, for the lid borders on it; what is likely skin to less than that
#: elsewhere is none.
SHADE_COUNTS, UNLIKELY = 0.003, 0.001
#: How much more it counts to be like known skin, a square millimetre of it, than to be smooth.
KNOWN = 8.0
#: What is spread takes so much of the tint of the skin nearby: light spills from frames, glare and paint around it.
TINTED = 0.4
#: Of the photo's crease so much stays: it softens when the lid comes down.
CREASE_KEPT = 0.1
#: Shades of a shut lid: lighter on its vault, at this part of the way down it and this wide; darker to the corners of the eye.
VAULT, VAULT_AT, VAULT_WIDTH, TURNS_AWAY = 0.28, 0.35, 0.28, 0.06
#: A lid as bright as this, in parts of the skin nearby, gets no brighter, and one darker by that gets as bright as it may.
BRIGHT_ENOUGH, DIM = 1.3, 0.5
#: Shade on skin is warm, and light on it pale: exponents for R, G, B.
WARMTH, PALER = np.array([0.75, 1.1, 1.2]), np.array([0.92, 1.03, 1.1])
#: Where skin gives way to what is made up, it does so softly, mm.
WANTED_SOFT_MM = 0.5
#: The lid fades into the photo over this part of the skin between its beginning and the lashes, and over so many mm above its lower edge
#: beyond the corners, where no lash line ends it.
FADES_IN, ENDS_MM = 0.7, 2.5


def shut_skin(image: Image, begin: Points, lashes: Points, cheek: Points, usual: Points, per_mm: float) -> Plane:
    """float32 RGB: the photo without its eye; what lies between the lines ``lashes`` and ``cheek`` goes on from the skin around it.

    begin: where the lid begins; all three lines [n, 2]; usual: the colour of skin nearby, RGB. The light on the skin is kept; lashes,
    make-up, rims and glare are not.
    """
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.8, SMOOTHED_MM * per_mm)), np.uint8)
    filled = _membrane(soft, _known(soft, begin, lashes, cheek, usual, per_mm), per_mm)
    brightness = (filled @ LUMA)[..., None] / max(float(usual @ LUMA), 1)
    return np.asarray(filled + TINTED * (brightness * usual - filled), np.float32)


def _known(image: Image, begin: Points, lashes: Points, cheek: Points, usual: Points, per_mm: float) -> Plane:
    """0-1 [h, w]: how much the image tells of the lid's skin; see `shut_skin`."""
    size = 2 * max(1, round(BESIDE_RIMS_MM * per_mm)) + 1
    beside_rims = cv2.dilate(no_skin(image, usual), np.ones((size, size), np.uint8))
    hood = skin_likeness(image, usual, per_mm)
    likely = np.maximum(skin_likeness(image, usual, per_mm, CREASE_MM), HOOD_COUNTS * hood)
    under_lid = _between(likely.shape, begin, cheek)
    known = np.where(under_lid, PLATFORM_COUNTS * likely, np.maximum(likely, SHADE_COUNTS * (1 - beside_rims)))
    known *= (known > UNLIKELY) & ~_between(likely.shape, lashes, cheek)
    middle, down = (lashes + cheek).mean(axis=0) / 2, (cheek - lashes).mean(axis=0)
    rows, columns = np.indices(known.shape)
    known *= np.where((columns - middle[0]) * down[0] + (rows - middle[1]) * down[1] > 0, CHEEK_COUNTS, 1)
    lit = image @ LUMA.astype(np.float32) / max(float(usual @ LUMA), 1)
    return np.asarray(known * np.maximum(smoothstep((lit - SHADED) / (LIT - SHADED)), SHADE_COUNTS), np.float32)


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


def without_skin(image: Image, begin: Points, lashes: Points, shut: Points, usual: Points, per_mm: float) -> Plane:
    """0-1 [h, w]: where the shut lid lies and the photo, without its grain, shows no skin; lines as in `shut_skin`, ``shut`` its margin."""
    bare = skin_likeness(image, usual, per_mm) * ~_between(image.shape[:2], lashes, shut)
    wanted = _between(image.shape[:2], begin, shut) * (1 - bare)
    return np.asarray(cv2.GaussianBlur(wanted, (0, 0), WANTED_SOFT_MM * per_mm), np.float32)


def _between(shape: tuple[int, ...], line: Points, other: Points) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.concatenate([line, other[::-1]])).astype(np.int32)], 1)
    return mask.astype(bool)


def lid_texture(skin: Points, photo: Points, usual: Points, lines: LidLines) -> Points:
    """RGB [h, w, 3] of the shut lid: ``skin`` [h, w, 3] vaulted over the eyeball, with what is left of the crease of the ``photo``.

    usual: the colour of skin nearby, RGB: a lid as bright as that gets hardly brighter.
    """
    height = lines.heights(len(skin))
    bulge = np.sin(np.pi * np.clip(lines.along, 0.0, 1.0)) ** 0.7
    down = (lines.crease - height) / np.maximum(lines.crease - lines.shut, 1e-6)
    dim = smoothstep((BRIGHT_ENOUGH - skin @ LUMA / max(float(usual @ LUMA), 1)) / DIM)
    shade = dim * bulge * VAULT * np.exp(-(((down - VAULT_AT) / VAULT_WIDTH) ** 2)) - TURNS_AWAY * (1 - bulge) * smoothstep(
        (down - 0.3) / 0.4
    )
    darker = np.clip((photo - skin) @ LUMA / np.maximum(skin @ LUMA, 1), -0.6, 0)
    shade += CREASE_KEPT * darker * smoothstep(height - lines.lashes)
    return np.asarray(skin * (1 + shade)[..., None] ** np.where(shade[..., None] < 0, WARMTH, PALER))


def lid_cover(lines: LidLines, rows: int) -> Points:
    """0-1 [rows, w]: how far the shut lid covers the photo: it fades in over the crease and out past the eye's corners."""
    u, heights = lines.along, lines.heights(rows)
    fades_in = smoothstep((lines.begin - heights) / np.maximum(FADES_IN * (lines.begin - lines.lashes), 1.3))
    past = smoothstep(np.minimum((u - u.min()) / 0.2, (u.max() - u) / 0.14))
    beyond = smoothstep(np.maximum(-u, u - 1) / 0.1)
    return np.asarray(fades_in * past * (1 - beyond * (1 - smoothstep((heights - lines.shut) / ENDS_MM))))
