"""Draws the textured mesh: a warp field at half size, then OpenCV's remap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numba as nb
import numpy as np
import numpy.typing as npt

from .arrays import Index, Pixels, Plane, Points, Texture

#: x0, y0, x1, y1 in pixels; x1 and y1 are outside.
Box = tuple[int, int, int, int]

#: Texels per photo pixel. Every second texel is a pixel of the photo, so a mesh at rest shows it unchanged.
TEXELS = 2
#: Shoulders that breathe are drawn anew when they have moved by this much, pixels: less cannot be seen.
STALE_PX = 0.1
#: Texels between pixels are sharpened, to make up for what bilinear look-up takes: by as much as keeps the fine detail of the skin
#: (what a blur of this many pixels takes away) at these places between pixels, on the mean. Two strengths are tried; bounds.
DETAIL_PX, BETWEEN, TRIED, CRISPNESS = 2.0, (1 / 6, 1 / 2, 5 / 6), (0.1, 0.5), (0.0, 0.7)


def fine_texture(foreground: Plane, skin: Sequence[Points]) -> Texture:
    """Premultiplied RGBA [H, W, 4] at `TEXELS` per pixel: photo pixel (x, y) is texel (2x, 2y), others are interpolated.

    They are sharpened until the ``skin``, convex patches [n, 2] in pixels, is as sharp between its pixels as on them.
    """
    rounded = foreground + 0.5
    pixels = np.clip(rounded, 0, 255, out=rounded).astype(np.uint8)
    del rounded
    smooth = _interpolated(pixels)
    blurred = cv2.GaussianBlur(smooth, (0, 0), 0.8 * TEXELS)
    solid = cv2.erode(cv2.inRange(smooth[..., 3], 253, 255), np.ones((9, 9), np.uint8))  # an edge would get an outline

    def sharpened(strength: float, rows: slice = slice(None), columns: slice = slice(None)) -> Texture:
        part = tuple(slice(None) if s.start is None else slice(TEXELS * s.start, TEXELS * s.stop) for s in (rows, columns))
        fine = smooth[part].copy()
        cv2.copyTo(cv2.addWeighted(smooth[part], 1 + strength, blurred[part], -strength, 0), solid[part], fine)
        fine[..., 3][fine[..., 3] > 252] = 255
        np.minimum(fine[..., :3], fine[..., 3:], out=fine[..., :3])
        fine[::TEXELS, ::TEXELS] = pixels[rows, columns]
        return fine

    low, high = TRIED
    mask = np.zeros(pixels.shape[:2], np.uint8)
    for patch in skin:
        cv2.fillConvexPoly(mask, cv2.convexHull(np.round(patch).astype(np.int32)), 1)
    x, y, width, height = cv2.boundingRect(mask)  # nothing, where no skin is seen
    face = slice(y, y + max(height, 1)), slice(x, x + max(width, 1))
    first, second = (_detail_kept(sharpened(strength, *face), pixels[face], mask[face]) for strength in TRIED)
    found = low + (high - low) * (1 - first) / max(second - first, 1e-3)
    return sharpened(float(np.clip(found, *CRISPNESS)))


def _interpolated(pixels: Texture) -> Texture:
    """Twice as large, with Lanczos' interpolation half-way between the pixels."""
    at = np.arange(-3.5, 4)
    half = np.sinc(at) * np.sinc(at / 4)
    half, one = half / half.sum(), np.ones(1)
    fine = np.empty((pixels.shape[0] * TEXELS, pixels.shape[1] * TEXELS, pixels.shape[2]), np.uint8)
    fine[::2, ::2] = pixels
    for right, below in ((1, 0), (0, 1), (1, 1)):
        across, down = half if right else one, half if below else one
        anchor = (3 * right, 3 * below)
        fine[below::2, right::2] = cv2.sepFilter2D(pixels, -1, across, down, anchor=anchor, borderType=cv2.BORDER_REPLICATE)
    return fine


def _detail_kept(fine: Texture, pixels: Texture, mask: Texture) -> float:
    """How strong the fine detail under the mask is between pixels, against that on them."""
    x, y, width, height = cv2.boundingRect(mask)
    inside = mask[y : y + height, x : x + width] > 0
    if not inside.any():
        return 1.0

    def detail(shift_x: float, shift_y: float) -> float:
        across, down = (np.arange(n, dtype=np.float32) + np.float32(at) for n, at in ((width, x + shift_x), (height, y + shift_y)))
        seen = sample(fine, np.tile(across * TEXELS, (height, 1)), np.repeat(down[:, None] * TEXELS, width, axis=1))
        grey = cv2.cvtColor(seen, cv2.COLOR_RGBA2GRAY).astype(np.float32)
        return float((grey - cv2.GaussianBlur(grey, (0, 0), DETAIL_PX))[inside].std())

    return float(np.mean([detail(i, j) for i in BETWEEN for j in BETWEEN])) / max(detail(0, 0), 1e-3)


@dataclass(frozen=True)
class Band:
    """A part of the frame: its box, and the triangles [m] (numbers, in their order) and vertices that may come to lie in it.

    slow: nothing but the mesh is drawn there, and that moves little: it is drawn anew once it has moved by `STALE_PX`.
    """

    box: Box
    triangles: npt.NDArray[np.intp]
    vertices: npt.NDArray[np.intp]
    slow: bool


class MeshWarp:
    """Draws the moving part of the frame, again and again; it owns the field's buffer.

    bands: one below the other; together they hold all that may move. triangles: [M, 3] of the whole mesh, far ones first.
    """

    def __init__(self, bands: tuple[Band, ...], triangles: Index) -> None:
        boxes = [band.box for band in bands]
        self._corner = min(box[0] for box in boxes), min(box[1] for box in boxes)
        x0, y0 = self._corner
        x1, y1 = max(box[2] for box in boxes), max(box[3] for box in boxes)
        self._bands, self._triangles = bands, triangles
        # Boxes start at whole cells of the field, two pixels each.
        self._boxes = tuple((left - (left - x0) % 2, top - (top - y0) % 2, right, bottom) for left, top, right, bottom in boxes)
        # One cell more on each side: enlarging the field must not extrapolate inside the box.
        self._half = np.zeros((2, (y1 - y0 + 1) // 2 + 2, (x1 - x0 + 1) // 2 + 2), np.float32)
        self._drawn: list[Points | None] = [None] * len(bands)
        self._touching: dict[tuple[int, ...], Index] = {}

    def draw(self, frame: Pixels, background: Pixels, vertices: Points, texture_points: Points, texture: Texture) -> None:
        """Draw the mesh (``vertices`` [N, 2] pixels, their ``texture_points`` [N, 2] texels) over the background into the frame.

        ``frame`` still shows what was drawn before.
        """
        x0, y0 = self._corner
        stale = tuple(number for number, band in enumerate(self._bands) if self._is_stale(number, band, vertices))
        cells = (vertices - [x0 - 2, y0 - 2] + 0.5) / 2 - 0.5
        rasterise(cells, texture_points, self._triangles_of(stale), self._half[0], self._half[1])
        for number in stale:
            left, top, right, bottom = self._boxes[number]
            columns = slice((left - x0) // 2, (right - x0 + 1) // 2 + 2)
            rows = slice((top - y0) // 2, (bottom - y0 + 1) // 2 + 2)
            part = self._half[:, rows, columns]
            size = (part.shape[2] * 2, part.shape[1] * 2)
            across, down = (
                cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)[2 : 2 + bottom - top, 2 : 2 + right - left] for field in part
            )
            lay_over(frame[top:bottom, left:right], sample(texture, across, down), background[top:bottom, left:right])

    def _is_stale(self, number: int, band: Band, vertices: Points) -> bool:
        if not band.slow:
            return True
        here, before = vertices[band.vertices], self._drawn[number]
        if before is not None and np.abs(here - before).max(initial=0.0) < STALE_PX:
            return False
        self._drawn[number] = here
        return True

    def _triangles_of(self, bands: tuple[int, ...]) -> Index:
        if bands not in self._touching:
            numbers = np.unique(np.concatenate([self._bands[number].triangles for number in bands]))
            self._touching[bands] = np.ascontiguousarray(self._triangles[numbers])
        return self._touching[bands]


def draw_detail(
    frame: Pixels,
    background: Pixels,
    box: Box,
    scale: int,
    vertices: Points,
    texture_points: Points,
    triangles: Index,
    texture: Texture,
) -> None:
    """Draw a small box of the frame anew with the field at full size times ``scale``: thin shapes (lips) need it."""
    x0, y0, x1, y1 = box
    across, down = np.zeros((2, (y1 - y0) * scale, (x1 - x0) * scale), np.float32)
    rasterise((vertices - [x0, y0] + 0.5) * scale - 0.5, texture_points, triangles, across, down)
    layer = sample(texture, across, down)
    if scale > 1:
        layer = cv2.resize(layer, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    lay_over(frame[y0:y1, x0:x1], layer, background[y0:y1, x0:x1])


def sample(texture: Texture, across: Plane, down: Plane) -> Texture:
    """Bilinear look-up of texels (across, down)."""
    return cv2.remap(texture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def rasterise(vertices: Points, values: Points, triangles: Index, across: Plane, down: Plane) -> None:
    """Write ``values`` [N, 2], interpolated over each triangle in turn, into two fields [h, w]; ``vertices`` are in their cells."""
    _kernels()[0](
        np.ascontiguousarray(vertices, np.float64), np.ascontiguousarray(values, np.float64), np.ascontiguousarray(triangles), across, down
    )


def lay_over(frame: Pixels, layer: Texture, background: Pixels) -> None:
    """frame = premultiplied ``layer`` [h, w, 4] over ``background`` [h, w, 3]; ``frame`` may be a view."""
    _kernels()[1](frame, layer, background)


def blend(colour: Plane, layer: Texture, strength: float) -> None:
    """colour [h, w, 3] float32 = premultiplied ``layer`` [h, w, 4], at ``strength`` 0-1, over it."""
    _kernels()[2](colour, layer, np.float32(strength))


@lru_cache(maxsize=1)
def _kernels() -> tuple[Callable[..., Any], ...]:
    """The compiled loops."""
    field = nb.float32[:, ::1]
    raster_signature = nb.void(nb.float64[:, ::1], nb.float64[:, ::1], nb.int32[:, ::1], field, field)
    over_signature = nb.void(nb.uint8[:, :, :], nb.uint8[:, :, ::1], nb.uint8[:, :, :])
    blend_signature = nb.void(nb.float32[:, :, ::1], nb.uint8[:, :, ::1], nb.float32)
    return compiled(raster_signature, _raster_loop), compiled(over_signature, _over_loop), compiled(blend_signature, _blend_loop)


def compiled(signature: Any, loop: Callable[..., Any]) -> Callable[..., Any]:
    """A loop from numba's cache where it can be written, compiled anew otherwise."""
    try:
        return nb.njit(signature, cache=True, nogil=True, error_model="numpy")(loop)
    except RuntimeError:  # numba found no folder that it may write its cache to
        return nb.njit(signature, nogil=True, error_model="numpy")(loop)


def _raster_loop(vertices, values, triangles, across, down):  # type: ignore[no-untyped-def]  # compiled by numba
    height, width = across.shape
    slack = 0.01  # cells on a shared edge belong to both triangles: no cracks
    for k in range(triangles.shape[0]):
        a, b, c = triangles[k, 0], triangles[k, 1], triangles[k, 2]
        ax, ay = vertices[a, 0], vertices[a, 1]
        bx, by = vertices[b, 0], vertices[b, 1]
        cx, cy = vertices[c, 0], vertices[c, 1]
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-6:
            continue
        top = max(0, int(np.ceil(min(ay, by, cy) - slack)))
        bottom = min(height - 1, int(np.floor(max(ay, by, cy) + slack)))
        if bottom < top or max(ax, bx, cx) < -1 or min(ax, bx, cx) > width:
            continue
        u1, u2 = values[b, 0] - values[a, 0], values[c, 0] - values[a, 0]
        v1, v2 = values[b, 1] - values[a, 1], values[c, 1] - values[a, 1]
        per_area = 1 / area
        u_x, u_y = (u1 * (cy - ay) - u2 * (by - ay)) * per_area, (u2 * (bx - ax) - u1 * (cx - ax)) * per_area
        v_x, v_y = (v1 * (cy - ay) - v2 * (by - ay)) * per_area, (v2 * (bx - ax) - v1 * (cx - ax)) * per_area
        # Corners from top to bottom: each row lies between the long edge, first to third, and one of the short ones.
        if by < ay:
            ax, ay, bx, by = bx, by, ax, ay
        if cy < by:
            bx, by, cx, cy = cx, cy, bx, by
            if by < ay:
                ax, ay, bx, by = bx, by, ax, ay
        long = 1 / (cy - ay) if cy > ay else 0.0
        flat_above, flat_below = by - ay < 2 * slack, cy - by < 2 * slack
        above = 0.0 if flat_above else 1 / (by - ay)
        below = 0.0 if flat_below else 1 / (cy - by)
        for row in range(top, bottom + 1):
            left = ax + min(1.0, max(0.0, (row - ay) * long)) * (cx - ax)
            right = bx
            if row < by and not flat_above:
                right = ax + max(0.0, (row - ay) * above) * (bx - ax)
            elif row > by and not flat_below:
                right = bx + min(1.0, (row - by) * below) * (cx - bx)
            if right < left:
                left, right = right, left
            first, last = max(0, int(np.ceil(left - 2 * slack))), min(width - 1, int(np.floor(right + 2 * slack)))
            u = values[a, 0] + u_x * (first - vertices[a, 0]) + u_y * (row - vertices[a, 1])
            v = values[a, 1] + v_x * (first - vertices[a, 0]) + v_y * (row - vertices[a, 1])
            for column in range(first, last + 1):
                across[row, column] = u
                down[row, column] = v
                u += u_x
                v += v_x


def _over_loop(frame, layer, background):  # type: ignore[no-untyped-def]  # compiled by numba
    for row in range(frame.shape[0]):
        for column in range(frame.shape[1]):
            through = np.uint32(255 - layer[row, column, 3])
            if through == 0:
                for channel in range(3):
                    frame[row, column, channel] = layer[row, column, channel]
            elif through == 255:
                for channel in range(3):
                    frame[row, column, channel] = background[row, column, channel]
            else:
                for channel in range(3):
                    behind = np.uint32(background[row, column, channel]) * through + np.uint32(128)
                    behind = (behind + (behind >> np.uint32(8))) >> np.uint32(8)  # divided by 255
                    frame[row, column, channel] = min(np.uint32(layer[row, column, channel]) + behind, np.uint32(255))


def _blend_loop(colour, layer, strength):  # type: ignore[no-untyped-def]  # compiled by numba
    for row in range(colour.shape[0]):
        for column in range(colour.shape[1]):
            if layer[row, column, 3] > 0:
                through = np.float32(1) - layer[row, column, 3] * strength * np.float32(1 / 255)
                for channel in range(3):
                    colour[row, column, channel] = colour[row, column, channel] * through + layer[row, column, channel] * strength
