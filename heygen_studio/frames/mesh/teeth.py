"""Teeth: a drawn dental arch in the portrait's light, and the portrait's own teeth where it shows them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from ...portrait.portrait import Image
from .arrays import Pixels, Plane, Points, Texture
from .head_frame import HeadFrame
from .light import LUMA, Light, lip_colour
from .lips import Lips
from .sheet import Sheet, far_first, grid_triangles, premultiplied

#: Crown widths from the middle outwards, crown heights, and how much shorter than the first each one ends, mm.
#: Widths and heights: mean adult crowns (Nelson, "Wheeler's Dental Anatomy").
UPPER_WIDTHS, UPPER_HEIGHTS = (8.6, 6.7, 7.9, 7.0, 6.8, 10.0, 9.6), (10.2, 9.2, 10.2, 8.8, 8.2, 7.8, 7.4)
UPPER_SHORTER = (0.0, 0.7, 0.15, 0.6, 0.8, 0.9, 1.0)
LOWER_WIDTHS, LOWER_HEIGHTS = (5.4, 6.0, 6.9, 7.0, 7.1, 10.5, 10.0), (8.8, 9.0, 10.0, 8.8, 8.0, 7.5, 7.2)
LOWER_SHORTER = (0.0, 0.1, -0.2, 0.4, 0.7, 0.9, 1.0)

ENAMEL, GUM, BETWEEN = np.array([248.0, 240.0, 224.0]), np.array([168.0, 92.0, 98.0]), np.array([192.0, 172.0, 150.0])
#: Texels per mm while drawing, the sheet's height, and where on it the edge of the incisors lies, mm.
TEXELS_PER_MM, SHEET_MM, EDGE_MM = 10, 20.0, 16.0
CANINE = 2
#: Own teeth: the upper row begins this close to the upper lip, mm; where it is higher than that, mm, it is seen, and must be over this
#: part of the mouth's width. Lower than that one, mm, it lends its colour only: what the lip hides would be smeared from a rim.
BELOW_LIP_MM, SEEN_MM, OWN_TEETH_SPAN, LENDS_MM = 2.5, 1.0, 0.55, 3.5
#: Enamel is less red than the lips by this (a of CIE Lab), or brighter by this factor; and hardly redder than the skin.
LESS_RED, BRIGHTER, HARDLY_REDDER = 5.0, 1.25, 7.0
_OWN_SCALE = 4


@dataclass(frozen=True)
class OwnTeeth:
    """The upper teeth in the photo. sheet: cut out and fixed to the skull, None where too little of them shows; edge_y: head mm of their
    edge; enamel: RGB of them."""

    sheet: Sheet | None
    edge_y: float
    enamel: Points


def dental_arch(lips: Lips, light: Light, head: HeadFrame, sharpness: float, *, upper: bool, enamel: Points | None = None) -> Sheet:
    """A drawn arch; its points are relative to the middle of the incisors' edge.

    The arch is curved and tilted like the seam of the lips. ``sharpness``: blur of the photo, pixels (sigma). ``enamel``: the
    RGB to end up with; without it white enamel in the portrait's light.
    """
    colour, alpha, half = _draw_crowns(upper)
    white = colour.mean(axis=2, keepdims=True)
    lit = colour * light.tint * 0.86 + 0.14 * light.skin * white / 230
    if enamel is not None:
        lit *= np.clip(enamel / (ENAMEL * light.tint * 0.9), 0.7, 1.2)
    layer = premultiplied(lit, alpha)
    layer = cv2.GaussianBlur(layer, (0, 0), max(0.3, sharpness * TEXELS_PER_MM / head.px_per_mm))
    shrink = min(1.0, 3 * head.px_per_mm / TEXELS_PER_MM)
    layer = cv2.resize(layer, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    texture = np.clip(layer + 0.5, 0, 255).astype(np.uint8)
    points, texels = _arch_points(lips, half, texture.shape[1::-1], upper)
    return Sheet(texture, points, texels, far_first(grid_triangles(5, 33), points))


def own_teeth(image: Image, lips: Lips, light: Light, head: HeadFrame) -> OwnTeeth | None:
    """The upper teeth that an open-mouthed portrait shows, or None."""
    if not lips.opened:
        return None
    big, inside, low, high = _opening(image, lips, head)
    per_mm = head.px_per_mm * _OWN_SCALE
    shave = int(max(1, 0.35 * per_mm))
    inside = cv2.erode(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * shave + 1, 2 * shave + 1)))
    row = _upper_row(_enamel_mask(big, inside, light, per_mm) > 0.5, inside > 0, per_mm)
    seen = np.asarray(row.any(axis=0))
    if seen.sum() <= OWN_TEETH_SPAN * (inside > 0).any(axis=0).sum():
        return None
    tone = np.median(big[row].astype(float), axis=0)
    if not _is_enamel(tone, light, lip_colour(image, lips, head)):
        return None
    top, bottom, side = _tooth_bounds(row, seen, per_mm)
    middle = bottom[int(0.42 * len(bottom)) : int(0.58 * len(bottom))]
    x, _, depth = head.to_image(lips.seam)
    edge = head.to_head(np.array([x, float(np.median(middle)) / _OWN_SCALE + low[1], depth]))
    sheet = None
    if np.median(row.sum(axis=0)[seen]) > LENDS_MM * per_mm:
        sheet = _flat_sheet(_cut_out(big, top, bottom, side, shave, per_mm), low, high, float(depth), head, lips)
    return OwnTeeth(sheet, float(edge[1]), tone)


def _opening(image: Image, lips: Lips, head: HeadFrame) -> tuple[Pixels, Texture, Points, Points]:
    """The photo around an open mouth, enlarged, 255 between its lips there, and the corners of that part, pixels of the photo."""
    rim = head.to_image(np.vstack([lips.source_upper[-1], lips.source_lower[-1, 1:-1][::-1]]))[:, :2]
    margin = 4 * head.px_per_mm
    low = np.maximum(np.floor(rim.min(axis=0) - margin).astype(int), 0)
    high = np.minimum(np.ceil(rim.max(axis=0) + margin).astype(int), np.array(image.shape[1::-1]))
    crop = image[low[1] : high[1], low[0] : high[0]]
    big = np.asarray(cv2.resize(crop, None, fx=_OWN_SCALE, fy=_OWN_SCALE, interpolation=cv2.INTER_CUBIC), np.uint8)
    inside = np.zeros(big.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round((rim - low + 0.5) * _OWN_SCALE - 0.5).astype(np.int32)], 255)
    return big, inside, low, high


def _is_enamel(tone: Points, light: Light, lip: Points) -> bool:
    """Not the wet rim of a lip, and no gum; all three RGB."""
    (_, red, _), (_, red_skin, _), (_, red_lip, _) = _lab(np.array([tone, light.skin, lip]))
    tells = red_lip - red >= LESS_RED or tone @ LUMA >= BRIGHTER * (lip @ LUMA)
    return bool(tells and red <= red_skin + HARDLY_REDDER)


def _lab(colours: Points) -> Points:
    """CIE Lab [n, 3] of RGB colours [n, 3]."""
    return cv2.cvtColor((colours / 255).astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0].astype(float)


def _draw_crowns(upper: bool) -> tuple[Points, Points, float]:
    """RGB [h, w, 3], alpha [h, w] and half length (mm) of an arch rolled out flat, roots up."""
    widths, heights, shorter = (UPPER_WIDTHS, UPPER_HEIGHTS, UPPER_SHORTER) if upper else (LOWER_WIDTHS, LOWER_HEIGHTS, LOWER_SHORTER)
    half = sum(widths)
    x, y = np.meshgrid(
        (np.arange(int(2 * half * TEXELS_PER_MM)) + 0.5) / TEXELS_PER_MM - half,
        (np.arange(int(SHEET_MM * TEXELS_PER_MM)) + 0.5) / TEXELS_PER_MM,
    )
    colour = GUM * (0.78 + 0.22 * np.clip(y / EDGE_MM, 0, 1))[..., None]
    behind = np.clip(y - (EDGE_MM - 7.2), 0, 1)[..., None]
    colour = colour * (1 - behind) + BETWEEN * behind
    alpha = np.clip((EDGE_MM - 1.0 - y) * 2, 0, 1)
    tones = np.random.default_rng(1 if upper else 2)
    for side in (-1, 1):
        start = 0.0
        for place, (width, height, less) in enumerate(zip(widths, heights, shorter, strict=True)):
            middle = side * (start + width / 2)
            here = np.flatnonzero(np.abs(x[0] - middle) < width / 2 + 1)
            part = slice(here[0], here[-1] + 1)
            cover, crown = _crown(x[:, part] - middle, y[:, part], side, place, width, height, EDGE_MM - less)
            crown *= 1 + tones.normal(0, 0.012)
            colour[:, part] = colour[:, part] * (1 - cover[..., None]) + crown * cover[..., None]
            alpha[:, part] = np.maximum(alpha[:, part], cover)
            start += width
    if upper:
        return colour, alpha, half
    return (colour * 0.90)[::-1], alpha[::-1], half


def _crown(x: Points, y: Points, side: int, place: int, width: float, height: float, edge: float) -> tuple[Points, Points]:
    """Cover [h, w] and RGB [h, w, 3] of one tooth centred at x = 0."""
    neck = edge - height
    down = np.clip((y - neck) / height, 0, 1)
    half_width = (width / 2 - 0.04) * (0.80 + 0.22 * down - 0.03 * down**4)
    across = (x - side * 0.12 * (1 - down)) / half_width
    bottom = edge - (1.1 * np.abs(across) ** 1.7 if place == CANINE else 0.6 * np.abs(across) ** 4)
    inside = np.minimum(np.minimum((1 - np.abs(across)) * half_width, bottom - y), y - neck - 1.3 * across**2)
    cover = np.clip(inside * TEXELS_PER_MM / 1.6, 0, 1)
    round_off = np.sqrt(np.clip(1 - across**2, 0, 1))
    shade = 0.90 + 0.10 * round_off - 0.10 * np.clip(1 - (y - neck) / 3, 0, 1) - 0.05 * down**3
    shade = shade * (1 - 0.10 * np.clip(1 - inside / 0.5, 0, 1)) * (1 - 0.04 * place)
    colour = ENAMEL * (1 - 0.012 * place) * shade[..., None]
    colour[..., 2] -= 9 * np.clip(1 - 1.6 * down, 0, 1) + 2.4 * place
    colour += (10 * np.exp(-(((across + 0.25) / 0.28) ** 2) - ((down - 0.45) / 0.3) ** 2))[..., None]
    return cover, colour


def _arch_points(lips: Lips, half: float, texture_size: tuple[int, int], upper: bool) -> tuple[Points, Points]:
    """Points [5*33, 3] and texels [5*33, 2]: the flat arch bent to a parabola by its length."""
    bend = float(np.clip(lips.arch[1], 0.012, 0.045)) * (1.05 if upper else 1.2)
    size = float(np.clip(lips.source_width / 54, 0.72, 1.08)) * (1.0 if upper else 0.97)
    along = np.linspace(-half, half, 33)
    x = np.linspace(-40, 40, 2001)
    length = np.cumsum(np.sqrt(1 + (2 * bend * x) ** 2)) * (x[1] - x[0])
    x = np.interp(along, length - length[1000], x)
    down = np.linspace(0, SHEET_MM, 5)
    edge = EDGE_MM if upper else SHEET_MM - EDGE_MM
    y_grid, x_grid = np.meshgrid((down - edge) * size, x * size, indexing="ij")
    z_grid = np.broadcast_to(bend * x**2 * size, x_grid.shape)
    y_grid = y_grid + (-0.02 if upper else 0.012) * z_grid
    reach = np.clip(x_grid, -26, 26)
    y_grid = y_grid + lips.tilt[0] * reach + np.clip(0.85 * lips.tilt[1], -0.008, 0.009) * reach**2
    points = np.stack([x_grid, y_grid, z_grid + lips.arch[0] * x_grid], axis=-1).reshape(-1, 3)
    v_grid, u_grid = np.meshgrid(down / SHEET_MM * texture_size[1], (along + half) / (2 * half) * texture_size[0], indexing="ij")
    return points, np.stack([u_grid, v_grid], axis=-1).reshape(-1, 2) - 0.5


def _enamel_mask(big: Pixels, inside: Texture, light: Light, per_mm: float) -> Points:
    """0-1 [h, w]: bright and not red, by CIE Lab against the face's skin."""
    lab = cv2.cvtColor(big, cv2.COLOR_RGB2LAB).astype(np.float32)
    skin = cv2.cvtColor(light.skin.astype(np.uint8)[None, None], cv2.COLOR_RGB2LAB)[0, 0].astype(float)
    score = (lab[..., 0] - 0.50 * skin[0]) / 10 - np.maximum(lab[..., 1] - skin[1] - 9, 0) / 4
    return cv2.GaussianBlur((1 / (1 + np.exp(-score))).astype(np.float32), (0, 0), 0.25 * per_mm) * (inside > 0)


def _upper_row(is_enamel: Plane, inside: Plane, per_mm: float) -> Plane:
    """[h, w] True on the upper row of teeth: what goes on in one piece from under the upper lip, not lower teeth or the lower lip's rim."""
    height = len(inside)
    rows = np.arange(height)[:, None]
    ceiling, first = (np.where(mask, rows, height).min(axis=0) for mask in (inside, is_enamel))
    below = np.where(~is_enamel & (rows > first), rows, height).min(axis=0)
    seen = (first - ceiling < BELOW_LIP_MM * per_mm) & (below - first > SEEN_MM * per_mm)
    return np.asarray((rows >= first) & (rows < below) & seen)


def _tooth_bounds(row: Plane, seen: Plane, per_mm: float) -> tuple[Points, Points, Points]:
    """Per column: first and last row of the row of teeth, and 0-1 how far from its ends; ``seen`` [w]: columns that show it."""
    rows, columns = np.arange(len(row))[:, None], np.arange(row.shape[1])

    def along(values: Points, smooth_mm: float) -> Points:
        through = median_filter(np.interp(columns, columns[seen], values[seen]), int(3 * per_mm), mode="nearest")
        return np.asarray(gaussian_filter1d(through, smooth_mm * per_mm))

    top = along(np.where(row, rows, len(row)).min(axis=0).astype(float), 0.5)
    bottom = along(np.where(row, rows, -1).max(axis=0).astype(float), 1.1) - 0.35 * per_mm
    first, last = columns[seen][[0, -1]]
    side = np.clip((columns - first) / (1.2 * per_mm), 0, 1) * np.clip((last - columns) / (1.2 * per_mm), 0, 1)
    return top, bottom, side


def _cut_out(big: Pixels, top: Points, bottom: Points, side: Points, shave: int, per_mm: float) -> Texture:
    """Premultiplied RGBA: the teeth down to their edge, continued upwards under the lip."""
    height, width = big.shape[:2]
    rows = np.arange(height, dtype=np.float32)[:, None]
    alpha = np.clip((bottom[None] - rows) / (0.25 * per_mm), 0, 1) * side[None]
    alpha = alpha * (1 - np.clip((top[None] - rows - 3 * per_mm) / (2 * per_mm), 0, 1))
    first, last = top + 1.2 * shave, bottom - 0.5 * shave
    down = np.clip(rows, np.minimum(first, last)[None], last[None]).astype(np.float32)
    across = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    colour = cv2.remap(big, np.ascontiguousarray(across), down, cv2.INTER_LINEAR)
    return np.clip(premultiplied(colour, alpha) + 0.5, 0, 255).astype(np.uint8)


def _flat_sheet(texture: Texture, low: Points, high: Points, depth: float, head: HeadFrame, lips: Lips) -> Sheet:
    """The cut-out on a curved sheet behind the lips, in place when the head is as in the photo."""
    rows, columns = 5, 7
    xs, ys = np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows)
    pixels = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    middle = head.to_image(lips.seam)[0]
    behind = 4 * head.px_per_mm + 0.035 * (pixels[:, 0] - middle) ** 2 / head.px_per_mm
    points = head.to_head(np.column_stack([pixels, depth + behind]))
    return Sheet(texture, points, (pixels - low + 0.5) * _OWN_SCALE - 0.5, grid_triangles(rows, columns))
