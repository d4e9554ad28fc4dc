"""The margin of a lid that comes down: it turns under into the shade, and carries its lashes."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .arrays import Points, Texture
from .lid_lines import ALONG, smoothstep
from .light import LUMA
from .open_eye import OpenEye
from .sheet import as_texture
from .skin_seen import look

#: The band around the margin that moves with it, above and below, mm; its texels down for one along it.
ABOVE_MM, BELOW_MM, TEXELS_DOWN = 7.0, 5.0, 0.36
#: The photo's lashes lie between these heights above its lid's margin, mm; the darkest of them are so dark, percentile.
LASH_LINE_MM, DARKEST = (-0.8, 1.2), 5
#: Lashes are never lighter than this part of the skin's light, and have this power of its tint: grey would look blue beside skin.
SHADOW, TINT = 0.38, 2.2
#: Lashes are as heavy as the photo's lid is dark up to so many mm above its margin, against this part of the skin's light; at least so.
LOOKED_AT_MM, HEAVY, LEAST = (0.2, 2.2), 0.45, 0.6
#: The lid turns under to its margin: darkest shade there.
TURNS_UNDER = 0.4
#: Lid and lashes cast a shadow on what is left of the eye below them: its cover, and how far down, mm.
CAST, CAST_MM = 0.4, 4.0
#: The lash line's thickness above the margin, mm, and its cover, along the lid and at the corners, where no lashes grow.
LINE_MM, LINE, CORNERS = 0.8, 0.75, 0.8
#: The lashes hang down so far at the inner corner, further by so much at the outer one, mm; they lean apart by so much a mm, and come
#: in tufts, the wider the smoother: sigma in parts of `DICE`.
HANG_MM, LONGER_MM, LEAN, DICE, TUFTS = 0.5, 1.5, 0.016, 512, 4.0


def lash_colour(eye: OpenEye, skin: Points) -> Points:
    """As dark as the photo's own lash line, but in the tint of the lid's ``skin`` (RGB)."""
    band = np.stack([look(eye.image, eye.above(height)) for height in np.linspace(*LASH_LINE_MM, 9)])
    light = max(float(skin @ LUMA), 1.0)
    dark = min(float(np.percentile(band @ LUMA, DARKEST)), SHADOW * light)
    tint = (skin / light) ** TINT
    return np.asarray(dark * tint / (tint @ LUMA))


def lash_weight(eye: OpenEye, skin: Points) -> float:
    """How heavy the lashes of the photo's lid are, `LEAST` to 1: those of a painted lid may be a line only, mascara is dark all over."""
    band = np.stack([look(eye.image, eye.above(height)) for height in np.linspace(*LOOKED_AT_MM, 9)])
    return float(np.clip((1 - (band @ LUMA).mean() / max(float(skin @ LUMA), 1.0)) / HEAVY, LEAST, 1))


def lash_band(colour: Points, weight: float, width: int) -> Texture:
    """Premultiplied RGBA of the band around the margin, half of it above, half below; ``colour`` RGB and ``weight`` of the lashes;
    ``width`` in texels."""
    height = int(TEXELS_DOWN * width)
    u, t = np.linspace(ALONG[0], ALONG[-1], width)[None], np.linspace(-1, 1, height)[:, None]
    from_margin = np.where(t < 0, ABOVE_MM * t, BELOW_MM * t)
    lashes_grow = smoothstep(np.minimum((u + 0.15) / 0.3, (1.06 - u) / 0.4))
    to_corners = smoothstep(np.minimum(u + 0.12, 1.1 - u) / 0.15)
    shade = TURNS_UNDER * smoothstep(1 + t) ** 2 * smoothstep(np.minimum(u + 0.1, 1.1 - u) / 0.3)
    thick = LINE_MM * (0.4 + 0.6 * weight) * (1.25 - 0.5 * u) * (0.5 + 0.5 * lashes_grow)  # thicker towards the outer corner
    line = LINE * np.exp(-((from_margin / thick) ** 2)) * (CORNERS + (1 - CORNERS) * lashes_grow) * to_corners
    length = weight * (HANG_MM + LONGER_MM * np.clip(1 - u, 0, 1)) * np.maximum(lashes_grow, 0.05)
    hanging = _hanging(u, from_margin, length) * smoothstep(3 * lashes_grow)
    cast = CAST * (1 - smoothstep(from_margin / CAST_MM)) * to_corners
    cover = 1 - (1 - np.where(from_margin < 0, shade, cast)) * (1 - np.where(from_margin < 0, line, np.maximum(line, hanging)))
    return as_texture(np.broadcast_to(colour, (height, width, 3)), cover)


def _hanging(u: Points, below: Points, length: Points) -> Points:
    """Cover [h, w] of lashes of that ``length`` that hang ``below`` (mm, [h, w]) the margin, leaning away from the middle."""
    hair = gaussian_filter1d(np.random.default_rng(5).standard_normal(DICE), TUFTS)
    at = 120 + 330 * (u + LEAN * below * (1.4 - 1.8 * u))
    gaps = np.clip(0.45 - 0.45 * np.interp(at, np.arange(DICE), hair / hair.std()), 0, 0.95)
    part = below / length
    return np.asarray(LINE * smoothstep(1.15 - part) * (1 - gaps * smoothstep(part / 0.5)))
