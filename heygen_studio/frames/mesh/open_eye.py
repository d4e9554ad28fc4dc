"""Reads an open eye in the photo: its lids' lines, how far lashes and the white reach past them, where a lid that comes down may begin."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, median_filter, minimum_filter1d

from ...portrait.portrait import Image
from .arrays import Plane, Points
from .lid_lines import ALONG, COLUMNS, bulge, downwards, lid_line, unit
from .mesh import FaceMesh
from .skin_seen import eye_white, look, no_skin, skin_likeness
from .topology import FACE_OVAL, EyeIndices

#: The photo is looked at this far around an eye, mm.
AROUND_MM = 18.0
#: Heights above the lid's margin that are looked at, mm.
STEP_MM, UP_TO_MM = 0.2, 14.0
#: Lashes and make-up above the photo's lid reach this far, mm: at least, at most, and where that cannot be told.
LASHES_MM, USUAL_LASHES_MM = (1.4, 7.0), 3.0
#: Skin this far above them is surely clear of them, mm; above the white of an eye there is a lash line of this height.
CLEAR_MM, LASH_LINE_MM = 0.6, 0.8
#: The lid begins this far above its crease, mm, but no further than this part of the way to the brow, as high as within so many columns;
#: it begins at least so far above the lashes, and this far below rims and glare, mm.
PAST_CREASE_MM, TO_BROW, ARCH, PAST_LASHES_MM, BELOW_RIMS_MM = 3.0, 0.45, 7, 1.8, 0.5
#: Where the lid would begin in the dark, it does so at most so much higher, mm.
RAISED_MM = 3.0
#: At these places along the lid, around the corners, lashes reach and the lid begins at least so far above, mm: the wings of long lashes.
NEAR_CORNERS = (-0.25, -0.05, 0.15, 0.85, 1.0, 1.2)
LASHES_THERE_MM, BEGINS_THERE_MM = (2.0, 4.0, 2.4, 2.4, 3.6, 1.6), (3.5, 7.0, 6.0, 6.0, 7.0, 3.5)
#: The closed lid overlaps the lower one by this much at the middle and at the corners, and by no more than that, mm.
OVERLAP_MM, OVERLAP_AT_CORNERS_MM, OVERLAP_AT_MOST_MM = 3.0, 2.0, 3.2
#: The white of an eye is looked for up to so far past the corners; beyond it, the pink inner corner is this wide, mm.
PAST_CORNERS_AT_MOST_MM, PINK_CORNER_MM = 6.0, 2.5
#: Outside the outline of the face, a lid ends softly over this distance, mm.
OUTLINE_MM = 2.0


@dataclass(frozen=True)
class OpenEye:
    """The photo around one eye and lines in it, [29, 2] pixels each, outer to inner corner: the margins of the lids, the crease, the brow.

    wider: pixels by which the eye reaches past the landmarks of its corners; down: where the lid goes; usual: the colour of the skin
    nearby, RGB; face: 1 on the face, 0 outside its outline; corner: the photo's pixel (x, y) at the upper left of ``image``.
    """

    image: Image
    corner: tuple[int, int]
    upper: Points
    lower: Points
    crease: Points
    brow: Points
    wider: tuple[float, float]
    down: Points
    usual: Points
    per_mm: float
    face: Plane

    def softened(self) -> Image:
        """The photo without its grain: single lashes and cracks of paint."""
        return _softened(self.image, self.per_mm)

    def above(self, heights: npt.ArrayLike) -> Points:
        """The line [29, 2] that lies ``heights`` mm (one, or [29]) above the upper margin."""
        return np.asarray(self.upper - np.multiply.outer(np.broadcast_to(heights, COLUMNS) * self.per_mm, self.down))

    def height(self, line: Points) -> Points:
        """[29] mm by which a line lies above the upper margin."""
        return (self.upper - line) @ self.down / self.per_mm


def read_eye(image: Image, mesh: FaceMesh, indices: EyeIndices, per_mm: float) -> OpenEye:
    lines = (indices.upper, indices.lower, indices.crease, indices.brow, indices.under)
    points = np.stack([mesh.texture[eye_vertices(mesh, indices, line)] for line in lines])
    low = np.clip(points.min(axis=(0, 1)) - AROUND_MM * per_mm, 0, None).astype(int)
    high = (points.max(axis=(0, 1)) + AROUND_MM * per_mm).astype(int)
    around = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    upper, lower, _, _, under = (lid_line(line - low) for line in points)
    usual = np.median(look(around, np.concatenate([under, 1.5 * under - 0.5 * lower])), axis=0)
    wider = _past_corners(around, (upper, lower), usual, per_mm)
    upper, lower, crease, brow = (lid_line(line - low, wider) for line in points[:4])
    oval = mesh.texture[[mesh.landmark[i] for i in FACE_OVAL]] - low
    face = _face(around.shape[:2], oval, points[[0, 1, 2, 4]].reshape(-1, 2) - low, OUTLINE_MM * per_mm)
    return OpenEye(around, (int(low[0]), int(low[1])), upper, lower, crease, brow, wider, downwards(upper, lower), usual, per_mm, face)


def eye_vertices(mesh: FaceMesh, indices: EyeIndices, middle: tuple[int, ...]) -> list[int]:
    """The vertices of a line of landmarks from the outer corner to the inner one."""
    return [mesh.landmark[i] for i in (indices.outer, *middle, indices.inner)]


def lash_reach(eye: OpenEye) -> Points:
    """[29] mm above the lid's margin up to which lashes, make-up and a lid found too low hide its skin: hardly over its crease."""
    likely = skin_likeness(eye.softened(), eye.usual, eye.per_mm)
    heights = np.arange(*LASHES_MM, STEP_MM)
    seen = np.stack([look(likely, eye.above(height)) for height in heights]) > 0.5
    clear = seen[:-2] & seen[2:]
    told = clear.any(axis=0) & (ALONG > 0.1) & (ALONG < 0.95)
    if not told.any():
        return np.full(COLUMNS, USUAL_LASHES_MM)
    reach = np.interp(ALONG, ALONG[told], heights[clear[:, told].argmax(axis=0)])
    reach = np.minimum(reach, np.maximum(eye.height(eye.crease) - CLEAR_MM, USUAL_LASHES_MM))
    reach = np.maximum(reach, _white_reach(eye, eye.upper, -eye.down) + LASH_LINE_MM)
    reach = np.maximum(median_filter(reach, 3, mode="nearest"), np.interp(ALONG, NEAR_CORNERS, LASHES_THERE_MM))
    return np.asarray(gaussian_filter1d(reach, 1.5, mode="nearest"))


def lid_beginning(eye: OpenEye, lashes: Points, *, rims: bool) -> Points:
    """[29] mm above the lid's margin where a lid that comes down begins: over the crease, but under the brow and the ``rims`` of glasses
    and what they reflect; ``lashes``: see `lash_reach`."""
    crease, brow = eye.height(eye.crease), eye.height(eye.brow)
    begins = np.minimum(crease + PAST_CREASE_MM, np.where(bulge() > 0, crease + TO_BROW * (brow - crease), UP_TO_MM))
    begins = np.maximum(maximum_filter1d(begins, ARCH, mode="nearest"), lashes + PAST_LASHES_MM)
    begins = np.maximum(begins, np.interp(ALONG, NEAR_CORNERS, BEGINS_THERE_MM))
    begins = _out_of_the_dark(eye, begins)
    if rims:
        heights = np.arange(0, UP_TO_MM, STEP_MM)
        gone = no_skin(eye.softened(), eye.usual)
        hidden = np.stack([look(gone, eye.above(height)) for height in heights]) > 0.5
        hidden &= heights[:, None] > np.maximum(lashes + CLEAR_MM, crease)  # below it, that is the crease's own shade
        free = np.where(hidden.any(axis=0), heights[hidden.argmax(axis=0)] - BELOW_RIMS_MM, UP_TO_MM)
        begins = np.minimum(begins, free)
    begins = gaussian_filter1d(minimum_filter1d(begins, 3, mode="nearest"), 2.0, mode="nearest")
    return np.maximum(begins, lashes + CLEAR_MM)


def _out_of_the_dark(eye: OpenEye, begins: Points) -> Points:
    """[29] mm: heights above the margin, raised to where skin is seen if that is near: a shade that is cut off has an edge."""
    likely = skin_likeness(eye.softened(), eye.usual, eye.per_mm)
    raised = begins + np.arange(0, RAISED_MM, STEP_MM)[:, None]
    seen = np.stack([look(likely, eye.above(heights)) for heights in raised]) > 0.5
    return np.where(seen.any(axis=0), raised[seen.argmax(axis=0), np.arange(COLUMNS)], begins)


def overlap(eye: OpenEye) -> Points:
    """[29] mm by which the shut lid goes past the lower one: over the white of an eye whose lower lid was found too high."""
    white = np.minimum(_white_reach(eye, eye.lower, eye.down), OVERLAP_AT_MOST_MM) * (ALONG < 0.85)
    least = np.interp(np.abs(2 * ALONG - 1) ** 2.5, (0, 1), (OVERLAP_MM, OVERLAP_AT_CORNERS_MM))
    return np.asarray(gaussian_filter1d(np.maximum(least, white), 1.5, mode="nearest"))


def _white_reach(eye: OpenEye, lid: Points, away: Points) -> Points:
    """[29] millimetres that the white of the eye reaches ``away`` over the line of a lid."""
    white = eye_white(eye.softened(), eye.usual)
    heights = np.arange(0, LASHES_MM[1], STEP_MM)
    seen = np.stack([look(white, lid + height * eye.per_mm * away) for height in heights]) > 0.5
    ends = ~(seen | np.roll(seen, -3, axis=0)) & (seen.cumsum(axis=0) > 0)
    ends[-4:] = True
    return np.where(seen[:10].any(axis=0), heights[ends.argmax(axis=0)], 0.0)


def _past_corners(image: Image, lids: tuple[Points, Points], usual: Points, per_mm: float) -> tuple[float, float]:
    """Pixels by which the white of the eye reaches past the ends of its ``lids``, outer and inner: landmarks of a face that is turned may
    lie inside the eye. Where they do, the pink inner corner lies beyond it."""
    white = eye_white(_softened(image, per_mm), usual)
    steps = np.arange(0, PAST_CORNERS_AT_MOST_MM, STEP_MM)

    def reach(place: Points, direction: Points) -> float:
        ends = np.concatenate([lid[(place > 0.02) & (place < 0.25)] for lid in lids])
        seen = np.stack([look(white, ends + step * per_mm * direction) for step in steps]).max(axis=1) > 0.5
        last = int(np.flatnonzero(seen)[-1]) if seen.any() else 0
        goes_on = last == len(steps) - 1  # pale skin, not the eye
        return float(steps[last]) if seen[: last + 1].mean() > 0.8 and not goes_on else 0.0

    out = unit(lids[0][0] - lids[0][-1])
    outer, inner = reach(ALONG, out), reach(1 - ALONG, -out)
    return per_mm * (outer + LASH_LINE_MM if outer else 0.0), per_mm * (inner + PINK_CORNER_MM if inner > 1 else 0.0)


def _face(shape: tuple[int, ...], oval: Points, eye: Points, soft: float) -> Plane:
    """1 in the face's ``oval`` and around the ``eye``, for the far eye of a turned face lies past the oval; 0 from ``soft`` pixels on."""
    outside = np.ones(shape, np.uint8)
    for outline in (oval.round().astype(np.int32), cv2.convexHull(eye.round().astype(np.int32))):
        cv2.fillPoly(outside, [outline], 0)
    return np.asarray(np.clip(1 - cv2.distanceTransform(outside, cv2.DIST_L2, 5) / soft, 0, 1), np.float32)


def _softened(image: Image, per_mm: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.5 * per_mm), np.uint8)
