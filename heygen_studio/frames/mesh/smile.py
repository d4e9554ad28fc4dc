"""A smile in the photo that has to go when the lips close or round: its dark mouth corners and the folds of its cheeks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ...portrait.fill import fill
from ...portrait.portrait import Image
from .arrays import Plane, Points, Texture
from .head_frame import HeadFrame
from .light import LUMA
from .lips import COLUMNS, Lips
from .topology import FACE_OVAL, LOWER_LIP_RINGS, NOSE_OUTLINE, SMILE_FOLDS, UPPER_LIP_RINGS
from .warp import TEXELS, Box

#: Around the corners of an open mouth, what is darker than these parts of the lips' brightness (surely, hardly) is the hole; mm.
CORNER_MM, HOLE, NO_HOLE = 8.0, 0.70, 0.90
#: What lies this close to the hole is dark from its blur, mm. For the corners' new colour, skin counts so much less than lips.
BLURRED_MM, SKIN_COUNTS = 1.4, 0.15
#: Corners stay a little dark, as closed ones are. At the rim, what is brighter than the lips by this part is tooth.
MENDED, TOOTH = 0.8, 0.25
#: The corners of an open mouth run out on the cheeks in lines so far, mm, at most so far above and below their course. They are darker than
#: the skin beside them within so many mm, by these parts (surely, hardly), and blurred so far.
RUNS_OUT_MM, BESIDE_MM, SKIN_BESIDE_MM, LINE, NO_LINE, LINE_BLURRED_MM = 7.5, 4.0, 3.5, 0.86, 0.97, 1.2
#: Where so much of the cheek beside them is as dark as a line, these are the hairs of a beard, and stay.
HAIRY = 0.45
#: A fold is what differs between two blurs, mm (sigmas); it lies within this distance of its line, mm (sigma), and goes up to this part.
FOLD_MM, FOLD_REACH_MM, SOFTENED = (0.7, 7.0), 8.0, 0.9
#: Bright rims of folds are softened this much less than their dark lines, and no fold is deeper than this, grey levels.
RIM, DEEPEST = 0.4, 70.0
#: A smile below this (0-1) has no folds to speak of.
NOTICED = 0.2
#: Folds keep off the lips and the nose by this, mm.
CLEAR_MM = 0.8


@dataclass(frozen=True)
class Folds:
    """The texels of ``box`` with the smile's folds and without them; premultiplied RGBA."""

    box: Box
    folded: Texture
    smooth: Texture

    def soften(self, texture: Texture, part: float) -> None:
        """Take ``part``, 0 to 1, of the folds out of ``texture``, in place."""
        x0, y0, x1, y1 = self.box
        texture[y0:y1, x0:x1] = cv2.addWeighted(self.folded, 1 - part, self.smooth, part, 0)


def without_dark_corners(image: Image, lips: Lips, head: HeadFrame) -> Image:
    """The photo of an open mouth with lips where its corners are dark; lips that meet there would carry the hole along."""
    if not lips.opened:
        return image
    rim = head.to_image(np.vstack([lips.source_upper[-1], lips.source_lower[-1, 1:-1][::-1]]))[:, :2]
    edge = head.to_image(np.vstack([lips.source_upper[0], lips.source_lower[0, 1:-1][::-1]]))[:, :2]
    reach = CORNER_MM * head.px_per_mm
    low = np.maximum(np.floor(edge.min(axis=0) - 2 * reach), 0).astype(int)
    high = np.minimum(np.ceil(edge.max(axis=0) + 2 * reach), np.array(image.shape[1::-1])).astype(int)
    crop = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    hole, mouth = (_filled(polygon - low, crop.shape) for polygon in (rim, edge))
    brightness = cv2.GaussianBlur(crop.astype(np.float32) @ LUMA.astype(np.float32), (0, 0), max(0.5, 0.3 * head.px_per_mm))
    lip = float(np.median(brightness[(mouth > 0) & (hole == 0)])) if ((mouth > 0) & (hole == 0)).any() else 128.0
    known = np.clip((brightness / max(lip, 1.0) - HOLE) / (NO_HOLE - HOLE), 0, 1)
    around = 2 * max(1, round(BLURRED_MM * head.px_per_mm)) + 1
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (around, around))
    known = cv2.erode(np.where(hole > 0, 0, known).astype(np.float32), ellipse)
    rows, columns = np.mgrid[: crop.shape[0], : crop.shape[1]]
    near = np.zeros(crop.shape[:2], np.float32)
    for corner in (lips.source_upper[-1, 0], lips.source_upper[-1, -1]):
        x, y = head.to_image(corner)[:2] - low
        near = np.maximum(near, np.clip(1.5 - np.hypot(columns - x, rows - y) / reach * 1.5, 0, 1).astype(np.float32))
    near *= cv2.GaussianBlur(cv2.dilate(mouth, ellipse).astype(np.float32), (0, 0), 0.6 * head.px_per_mm)
    near *= MENDED * (1 - known)
    bright = np.clip((brightness / max(lip, 1.0) - 1) / TOOTH, 0, 1) * cv2.dilate(hole, np.ones((3, 3), np.uint8))
    keep = 1 - np.maximum(near, bright)
    mended = image.copy()
    lips_first = known * np.where(mouth > 0, 1.0, SKIN_COUNTS).astype(np.float32)
    mended[low[1] : high[1], low[0] : high[0]] = crop * keep[..., None] + fill(crop, lips_first) * (1 - keep[..., None]) + 0.5
    for left in (True, False):
        _take_out_line(mended, edge, left=left, per_mm=head.px_per_mm)
    return mended


def _take_out_line(image: Image, edge: Points, *, left: bool, per_mm: float) -> None:
    """Take the line out, in place, in which a corner of the mouth with the outline ``edge`` [n, 2] runs out on the cheek."""
    corner = edge[0] if left else edge[COLUMNS - 1]
    course = corner - edge[[3, -3] if left else [COLUMNS - 4, COLUMNS + 2]].mean(axis=0)
    course /= max(float(np.linalg.norm(course)), 1e-6)
    reach = 1.5 * RUNS_OUT_MM * per_mm
    low = np.maximum(np.floor(corner - reach), 0).astype(int)
    high = np.minimum(np.ceil(corner + reach), np.array(image.shape[1::-1])).astype(int)
    crop = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    rows, columns = np.mgrid[: crop.shape[0], : crop.shape[1]]
    x, y = (columns + low[0] - corner[0]) / per_mm, (rows + low[1] - corner[1]) / per_mm
    along, across = x * course[0] + y * course[1], np.abs(y * course[0] - x * course[1])
    mouth = _filled(edge - low, crop.shape)
    cheek = (1 - cv2.GaussianBlur(mouth.astype(np.float32), (0, 0), 0.5 * per_mm)) ** 2
    near = np.clip(np.minimum(along / 1.5 + 1, (RUNS_OUT_MM - along) / 2), 0, 1) * np.clip((BESIDE_MM - across) / 1.5, 0, 1) * cheek
    brightness = cv2.GaussianBlur(crop.astype(np.float32) @ LUMA.astype(np.float32), (0, 0), max(0.5, 0.4 * per_mm))
    beside = cv2.morphologyEx(brightness, cv2.MORPH_CLOSE, _disc(SKIN_BESIDE_MM * per_mm))
    line = np.clip((NO_LINE - brightness / np.maximum(beside, 1)) / (NO_LINE - LINE), 0, 1).astype(np.float32)
    cheek_beside = (along > 0) & (along < 2 * RUNS_OUT_MM) & (across > BESIDE_MM) & (across < 3 * BESIDE_MM) & (mouth == 0)
    if cheek_beside.any() and line[cheek_beside].mean() > HAIRY:
        return
    line = cv2.dilate(line, _disc(LINE_BLURRED_MM * per_mm)) * (1 - mouth)
    part = (cv2.GaussianBlur(line, (0, 0), 0.4 * per_mm) * near)[..., None]
    skin = fill(crop, ((1 - line) * (1 - mouth)).astype(np.float32))
    image[low[1] : high[1], low[0] : high[0]] = crop * (1 - part) + skin * part + 0.5


def smile_folds(texture: Texture, landmarks: Points, lips: Lips, head: HeadFrame) -> Folds | None:
    """The folds from the nose to the mouth's corners in the ``texture`` of a smiling photo; None where nobody smiles."""
    if lips.smile < NOTICED:
        return None
    per_mm = head.px_per_mm * TEXELS
    at = landmarks[:, :2].astype(float) * TEXELS
    lines = [at[list(line)] for line in SMILE_FOLDS]
    margin = 2.5 * FOLD_REACH_MM * per_mm
    low = np.maximum(np.floor(np.vstack(lines).min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(np.vstack(lines).max(axis=0) + margin), np.array(texture.shape[1::-1])).astype(int)
    folded = np.ascontiguousarray(texture[low[1] : high[1], low[0] : high[0]])
    shape = folded.shape
    off = sum(_filled(at[list(ring)] - low, shape) for ring in ((*UPPER_LIP_RINGS[0], *LOWER_LIP_RINGS[0][-2:0:-1]), NOSE_OUTLINE))
    clear = 2 * round(CLEAR_MM * per_mm) + 1
    off = cv2.dilate(np.minimum(off, 1).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (clear, clear)))
    skin = _filled(at[list(FACE_OVAL)] - low, shape) * (1 - off) * (folded[..., 3] > 252)
    weight = skin.astype(np.float32)
    line = np.full(shape[:2], 255, np.uint8)
    for points in lines:
        cv2.polylines(line, [np.round(points - low).astype(np.int32)], False, 0, 1)
    near = np.exp(-((cv2.distanceTransform(line, cv2.DIST_L2, 5) / (FOLD_REACH_MM * per_mm)) ** 2))
    mask = near * cv2.GaussianBlur(weight, (0, 0), 0.8 * per_mm) * weight
    colour = folded[..., :3].astype(np.float32)
    fine, wide = (_blurred(colour, weight, sigma * per_mm) for sigma in FOLD_MM)
    change = np.clip(wide - fine, -DEEPEST, DEEPEST)
    change *= np.where(change < 0, RIM, 1.0) * (SOFTENED * lips.smile * mask)[..., None]
    smooth = folded.copy()
    smooth[..., :3] = np.clip(colour + change + 0.5, 0, folded[..., 3:])
    return Folds((int(low[0]), int(low[1]), int(high[0]), int(high[1])), folded, smooth)


def _disc(radius: float) -> Texture:
    size = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.uint8)


def _filled(polygon: Points, shape: tuple[int, ...]) -> Plane:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
    return mask


def _blurred(colour: Plane, weight: Plane, sigma: float) -> Plane:
    """A blur that sees only where ``weight`` is."""
    around = cv2.GaussianBlur(colour * weight[..., None], (0, 0), sigma)
    return around / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)[..., None]
