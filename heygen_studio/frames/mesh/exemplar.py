"""Continues a picture into a strip that it does not show, with pieces of itself: lines, edges and grain go on.

The strip is compared with patches of what is known at two sizes, the coarser first, as in Wexler, Shechtman, Irani, "Space-Time
Completion of Video" (PAMI 2007), with the search of Barnes et al., "PatchMatch" (SIGGRAPH 2009).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numba as nb
import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Plane
from .warp import compiled

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int32]

#: The longer side of the larger picture in which the pieces are found; the other one is half as large.
SIDE = 512
#: Half the side of a patch, and from how far away pieces come in the smaller picture, pixels.
PATCH, REACH = 3, 30
#: In the smaller picture the strip's outermost pixels, so many, look for themselves (at every `STRIDE`th place); the others look where
#: their neighbours found something, and at so many places around it.
OUTERMOST, STRIDE, TRIES = 2.5, 2, 6
#: A piece from `REACH` pixels away must fit better by so much, squared levels a pixel.
AWAY_COSTS = 60.0
#: A pixel of the strip counts this much less than the one before it, counted from what is known.
FADING = 0.85


@dataclass(frozen=True)
class _Level:
    """picture: float32 [h, w, 3], known: where it is; rows, columns: the strip's pixels [n], those near what is known first;
    depth: how far in they lie [n]; trust: float32 [h, w], how much a pixel counts once it is filled;
    source: uint8 [h, w], 1 in the middle of wholly known patches."""

    picture: Plane
    known: Mask
    rows: Numbers
    columns: Numbers
    depth: Plane
    trust: Plane
    source: npt.NDArray[np.uint8]


def continued(image: Image, known: Mask, strip: Mask) -> Image:
    """``image`` [H, W, 3] with its ``strip`` [H, W] filled from where it is ``known`` [H, W]; the rest is as it was."""
    scale = min(1.0, SIDE / max(known.shape))
    fine = _level(image, known.astype(np.float32), strip.astype(np.float32), scale)
    hole = np.zeros(fine.known.shape, np.float32)
    hole[fine.rows, fine.columns] = 1
    coarse = _level(fine.picture, fine.known.astype(np.float32), hole, 0.5)
    if not (coarse.source.any() and len(fine.rows)):
        return image
    matches = np.full((*coarse.known.shape, 2), -1, np.int32)
    _search(coarse, matches, coarse.known.astype(np.float32), first=True, reach=REACH)
    _vote(coarse, matches)
    _search(coarse, matches, coarse.trust, first=False, reach=REACH)
    matches = _finer(matches, coarse, fine)
    _vote(fine, matches)
    _search(fine, matches, fine.trust, first=False, reach=2 * REACH)
    return _copied(image, known, strip, matches, scale)


def distance_to(mask: Mask) -> Plane:
    """Pixels [h, w] from each pixel to the next one under the mask; exact, as OpenCV's last bit changes from call to call."""
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.sqrt(np.round(distance**2))


def _level(picture: Image | Plane, known: Plane, strip: Plane, scale: float) -> _Level:
    size = (max(1, int(picture.shape[1] * scale)), max(1, int(picture.shape[0] * scale)))
    weight, hole = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (known, strip))
    colour = cv2.resize(picture * known[..., None], size, interpolation=cv2.INTER_AREA) / np.maximum(weight, 1e-6)[..., None]
    whole = weight > 0.999
    rows, columns = np.nonzero((hole > 0) & ~whole)
    away = distance_to(whole)
    order = np.argsort(away[rows, columns], kind="stable")
    depth = away[rows, columns][order].astype(np.float32)
    trust = whole.astype(np.float32)
    trust[rows[order], columns[order]] = FADING**depth
    side = 2 * PATCH + 1
    middle = cv2.erode(whole.astype(np.uint8), np.ones((side, side), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    rows_in, columns_in = rows[order].astype(np.int32), columns[order].astype(np.int32)
    return _Level(np.ascontiguousarray(colour, np.float32), whole, rows_in, columns_in, depth, trust, np.asarray(middle, np.uint8))


def _search(level: _Level, matches: Numbers, weight: Plane, *, first: bool, reach: int) -> None:
    """Look for better matches; ``first``: for any, and fill the picture with them from outside inwards."""
    rows, columns, depth = level.rows, level.columns, level.depth
    if not first:
        rows, columns, depth = (np.ascontiguousarray(values[::-1]) for values in (rows, columns, depth))
    _kernels()[0](level.picture, weight.copy(), level.trust, level.source, rows, columns, depth, matches, first, reach)


def _vote(level: _Level, matches: Numbers) -> None:
    """All patches over a pixel vote for its colour."""
    _kernels()[1](level.picture, level.trust, level.rows, level.columns, matches)


def _finer(matches: Numbers, coarse: _Level, fine: _Level) -> Numbers:
    """The matches of a picture half as large, for this one."""
    height, width = coarse.known.shape
    result = np.full((*fine.known.shape, 2), -1, np.int32)
    rows, columns = np.minimum(fine.rows // 2, height - 1), np.minimum(fine.columns // 2, width - 1)
    found = matches[rows, columns]
    shifted = 2 * found + np.stack([fine.rows - 2 * rows, fine.columns - 2 * columns], axis=1)
    shifted = np.clip(shifted, 0, np.array(fine.known.shape) - 1)
    usable = (found[:, 0] >= 0) & (fine.source[shifted[:, 0], shifted[:, 1]] > 0)
    result[fine.rows[usable], fine.columns[usable]] = shifted[usable]
    return result


def _copied(image: Image, known: Mask, strip: Mask, matches: Numbers, scale: float) -> Image:
    """The strip's pixels from where their matches, found in a picture of ``scale``, lie; between matches they are mixed."""
    rows, columns = np.nonzero(strip & ~known)
    result = image.copy()
    _kernels()[2](image, known, rows, columns, matches, scale, result)
    return result


@lru_cache(maxsize=1)
def _kernels() -> tuple[Callable[..., Any], ...]:
    """The compiled loops: search, vote and copy."""
    picture, plane, mask, numbers, matches = nb.float32[:, :, ::1], nb.float32[:, ::1], nb.uint8[:, ::1], nb.int32[::1], nb.int32[:, :, ::1]
    search = nb.void(picture, plane, plane, mask, numbers, numbers, nb.float32[::1], matches, nb.boolean, nb.int64)
    vote = nb.void(picture, plane, numbers, numbers, matches)
    pixels = nb.uint8[:, :, ::1]
    copy = nb.void(pixels, nb.boolean[:, ::1], nb.int64[:], nb.int64[:], matches, nb.float64, pixels)
    return compiled(search, _search_loop), compiled(vote, _vote_loop), compiled(copy, _copy_loop)


@nb.njit(nogil=True, error_model="numpy", fastmath=True)  # a part of the loop below, whose cache holds it
def _difference(picture, weight, row, column, y, x, enough):  # type: ignore[no-untyped-def]  # compiled by numba
    """Squared difference of the patches at (row, column), as far as it is filled, and (y, x); more than ``enough`` is not told apart."""
    total = np.float32(0)
    for down in range(-PATCH, PATCH + 1):
        if row + down < 0 or row + down >= picture.shape[0]:
            continue
        for right in range(max(-PATCH, -column), min(PATCH, picture.shape[1] - 1 - column) + 1):
            w = weight[row + down, column + right]
            red = picture[row + down, column + right, 0] - picture[y + down, x + right, 0]
            green = picture[row + down, column + right, 1] - picture[y + down, x + right, 1]
            blue = picture[row + down, column + right, 2] - picture[y + down, x + right, 2]
            total += w * (red * red + green * green + blue * blue)
        if total > enough:
            break
    return total


def _search_loop(picture, weight, trust, source, rows, columns, depth, matches, first, reach):  # type: ignore[no-untyped-def]
    height, width = source.shape
    dice = np.uint32(12345)
    far = np.float32(AWAY_COSTS * (2 * PATCH + 1) ** 2 / (reach * reach))
    for number in range(rows.shape[0]):
        row, column = rows[number], columns[number]
        best_y, best_x = matches[row, column, 0], matches[row, column, 1]
        best = np.float32(1e30)
        if best_y >= 0:
            apart = np.float32((best_y - row) ** 2 + (best_x - column) ** 2)
            best = far * apart + _difference(picture, weight, row, column, best_y, best_x, best)
        for neighbour in range(8):  # what a neighbour found, shifted likewise
            step = 1 if neighbour < 4 else 4
            down = step * ((neighbour % 4 == 0) - (neighbour % 4 == 1))
            right = step * ((neighbour % 4 == 2) - (neighbour % 4 == 3))
            if row + down < 0 or row + down >= height or column + right < 0 or column + right >= width:
                continue
            if matches[row + down, column + right, 0] < 0:
                continue
            y, x = matches[row + down, column + right, 0] - down, matches[row + down, column + right, 1] - right
            if y < 0 or x < 0 or y >= height or x >= width or source[y, x] == 0 or (y == best_y and x == best_x):
                continue
            cost = far * np.float32((y - row) ** 2 + (x - column) ** 2)
            if cost < best:
                cost += _difference(picture, weight, row, column, y, x, best - cost)
            if cost < best:
                best, best_y, best_x = cost, y, x
        if first and (best_y < 0 or depth[number] < OUTERMOST):
            for y in range(max(0, row - reach + number % STRIDE), min(height, row + reach + 1), STRIDE):
                for x in range(max(0, column - reach + (number // STRIDE) % STRIDE), min(width, column + reach + 1), STRIDE):
                    if source[y, x]:
                        cost = far * np.float32((y - row) ** 2 + (x - column) ** 2)
                        if cost < best:
                            cost += _difference(picture, weight, row, column, y, x, best - cost)
                        if cost < best:
                            best, best_y, best_x = cost, y, x
        if best_y >= 0:
            for attempt in range(TRIES):
                radius = 1 + (16 >> attempt)
                dice = dice * np.uint32(1664525) + np.uint32(1013904223)
                y = best_y + int((dice >> np.uint32(16)) % np.uint32(2 * radius + 1)) - radius
                dice = dice * np.uint32(1664525) + np.uint32(1013904223)
                x = best_x + int((dice >> np.uint32(16)) % np.uint32(2 * radius + 1)) - radius
                if y < 0 or x < 0 or y >= height or x >= width or source[y, x] == 0:
                    continue
                cost = far * np.float32((y - row) ** 2 + (x - column) ** 2)
                if cost < best:
                    cost += _difference(picture, weight, row, column, y, x, best - cost)
                if cost < best:
                    best, best_y, best_x = cost, y, x
        if first and best_y >= 0:
            for channel in range(3):
                picture[row, column, channel] = picture[best_y, best_x, channel]
            weight[row, column] = trust[row, column]
        matches[row, column, 0], matches[row, column, 1] = best_y, best_x


def _vote_loop(picture, trust, rows, columns, matches):  # type: ignore[no-untyped-def]  # compiled by numba
    height, width = trust.shape
    for number in range(rows.shape[0]):
        row, column = rows[number], columns[number]
        red = green = blue = total = np.float32(0)
        for down in range(-PATCH, PATCH + 1):
            for right in range(-PATCH, PATCH + 1):
                y, x = row + down, column + right
                if y >= 0 and x >= 0 and y < height and x < width and matches[y, x, 0] >= 0:
                    weight = trust[y, x]
                    from_y, from_x = matches[y, x, 0] - down, matches[y, x, 1] - right
                    red += weight * picture[from_y, from_x, 0]
                    green += weight * picture[from_y, from_x, 1]
                    blue += weight * picture[from_y, from_x, 2]
                    total += weight
        if total > 0:
            picture[row, column, 0], picture[row, column, 1], picture[row, column, 2] = red / total, green / total, blue / total


def _copy_loop(image, known, rows, columns, matches, scale, result):  # type: ignore[no-untyped-def]  # compiled by numba
    height, width = matches.shape[:2]
    for number in range(rows.shape[0]):
        row, column = rows[number], columns[number]
        at_y, at_x = (row + 0.5) * scale - 0.5, (column + 0.5) * scale - 0.5
        near_y, near_x = round(at_y), round(at_x)
        red = green = blue = total = 0.0
        for y in range(max(0, near_y - 1), min(height, near_y + 2)):
            for x in range(max(0, near_x - 1), min(width, near_x + 2)):
                if matches[y, x, 0] < 0:
                    continue
                from_y, from_x = row + round((matches[y, x, 0] - y) / scale), column + round((matches[y, x, 1] - x) / scale)
                if from_y < 0 or from_x < 0 or from_y >= known.shape[0] or from_x >= known.shape[1] or not known[from_y, from_x]:
                    continue
                weight = max(0.01, 1.5 - abs(at_y - y)) * max(0.01, 1.5 - abs(at_x - x))
                red += weight * image[from_y, from_x, 0]
                green += weight * image[from_y, from_x, 1]
                blue += weight * image[from_y, from_x, 2]
                total += weight
        if total > 0:
            result[row, column, 0] = int(red / total + 0.5)
            result[row, column, 1] = int(green / total + 0.5)
            result[row, column, 2] = int(blue / total + 0.5)
