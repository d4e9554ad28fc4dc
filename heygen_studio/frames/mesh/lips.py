"""The lips: rebuilt from the face mesh as rings of evenly spread points, and shaped by the motion's mouth columns."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from ...motion.motion import APERTURE, CLOSURE, DEPRESS, LABIODENTAL, RAISE, ROUND, SPREAD
from ...portrait.portrait import Image
from .arrays import Points
from .head_frame import HeadFrame
from .jaw import CLOSES_WITH_GAP, closes_with_gap
from .topology import LOWER_LIP_RINGS, MOUTH_CORNERS, UPPER_LIP_RINGS

#: Rings per lip (outer to inner) and points per ring (left corner to right corner).
RINGS, COLUMNS = 4, 21

#: Lips further apart than this are open in the photo, mm.
OPEN_MM = 1.6
#: The edges of open lips are taken so far inside them, mm: a rim of teeth would stay on lips that close.
TEETH_SHINE_MM = 0.3
#: The seam of closed lips is looked for this far around the tracked one, mm.
SEAM_SEARCH_MM = 3.2
#: A mouth wider than this smiles, so much wider broadly, mm. Where a smile shows teeth, this part of the extra width goes when the lips
#: close; all of it goes when they round.
RELAXED_WIDTH_MM, BROADER_MM, RELEASE_AT_REST = 51.0, 9.0, 0.55
#: A mood whose corners go down takes this much of a photographed smile out of the lips.
RELEASED_BY_FROWN = 1.8
#: A fully released broad smile keeps its curve less this part; at rest, less this.
FLATTENED, FLATTENED_AT_REST = 0.9, 0.275
#: The corners of the mouth drop by this part of its aperture.
CORNERS_DROP = 0.13
#: Of an aperture, the part by which the upper lip rises. Towards the corners the opening narrows as 1 - x^OPENING_POWER, x from -1 to 1.
UPPER_RISES, OPENING_POWER = 0.30, 3.0
#: Rounded lips: their opening is so much higher for its width than the aperture says, the upper lip does so much more of it, and it is less
#: pointed by this part of its exponent. Without this people (and trackers) take an o or a w for a shut mouth.
ROUND_HIGHER, ROUND_RISES, ROUND_BLUNTER = 0.6, 0.3, 0.5
#: Lips that press together get thinner by this part (more, and a tracker takes them for parted) and lose this part of their rounding.
PRESSED_THINNER, PRESSED_STRAIGHTER = 0.06, 0.6
#: Rounded lips get thicker by this part, unless they are pressed together.
ROUND_THICKER = 0.22
#: The rings of a lip keep at least this distance, mm.
THINNEST_MM = 0.05
#: Of the gap of an open mouth that the jaw leaves, the part that the upper lip closes; of all of it, at most this, where a broad smile has
#: drawn it up over the teeth.
UPPER_CLOSES, UPPER_CLOSES_AT_MOST = 0.6, 0.66
#: The rings of a smiling lip that closes, from the outer to the inner one, follow by these parts; where the jaw closes, lips stay as thick
#: as they are.
RINGS_FOLLOW = np.array([0.55, 0.75, 0.9, 1.0])
#: Closed lips meet this far above the edge of the upper incisors, mm.
SEAM_ABOVE_TEETH_MM = 3.0

_INNER = RINGS - 1
_MIDDLE = COLUMNS // 2


@dataclass(frozen=True)
class Lips:
    """Both lips in head millimetres, each [4 rings, 21 columns, 3].

    source_*: as in the photo; rest_*: closed, a smile partly released; relaxed_*: closed, the smile all released.
    opened: the photo shows an open mouth; smile: 0 none to 1 a broad one. middle, half_width: of the closed mouth in x, mm.
    seam: [3] middle of the closed seam.
    arch: (a1, a2), the depth of the closed seam is a1·x + a2·x² about its middle; tilt: (b1, b2), the same for its height.
    """

    source_upper: Points
    source_lower: Points
    rest_upper: Points
    rest_lower: Points
    relaxed_upper: Points
    relaxed_lower: Points
    opened: bool
    smile: float
    source_width: float
    source_gap: float
    middle: float
    half_width: float
    seam: Points
    arch: tuple[float, float]
    tilt: tuple[float, float]


def find_lips(image: Image, landmarks: npt.ArrayLike, head: HeadFrame, teeth_edge: float | None = None) -> Lips:
    """The lips of a portrait: uint8 RGB [H, W, 3] and its [478, 3] landmarks in pixels.

    teeth_edge: height of the edge of the upper teeth, head mm, if the photo shows it; it tells where open lips will meet.
    """
    points = head.to_head(landmarks)
    upper, lower = _rings(points, UPPER_LIP_RINGS), _rings(points, LOWER_LIP_RINGS)
    gap = float(lower[_INNER, _MIDDLE, 1] - upper[_INNER, _MIDDLE, 1])
    opened = gap > OPEN_MM
    if opened:
        shine = TEETH_SHINE_MM * (1 - np.linspace(-1, 1, COLUMNS) ** 4) * np.array([0.0, 0.3, 0.7, 1.0])[:, None]
        upper[..., 1] -= shine
        lower[..., 1] += shine
    else:
        upper, lower = _snap_to_seam(image, head, upper, lower)
    _unfold(upper, lower)
    width = float(np.linalg.norm(points[MOUTH_CORNERS[0]] - points[MOUTH_CORNERS[1]]))
    smile = float(np.clip((width - RELAXED_WIDTH_MM) / BROADER_MM, 0, 1))
    jaw_closes = closes_with_gap(gap, width) if opened else 0.0
    upper_closes = UPPER_CLOSES * (1 - jaw_closes)
    if opened and teeth_edge is not None:
        meets = (teeth_edge - SEAM_ABOVE_TEETH_MM - upper[_INNER, _MIDDLE, 1]) / gap
        upper_closes = float(np.clip(meets, upper_closes, UPPER_CLOSES_AT_MOST))
    closed_upper, closed_lower = _closed(upper, lower, upper_closes, jaw_closes)
    at_rest = (RELEASE_AT_REST, FLATTENED_AT_REST * smile) if opened else (0.0, 0.0)
    rest, relaxed = (_released(closed_upper, closed_lower, width, *parts) for parts in (at_rest, (1.0, FLATTENED * smile)))
    seam = rest[0][_INNER]
    x = seam[:, 0] - seam[_MIDDLE, 0]
    powers = np.stack([np.ones_like(x), x, x * x], axis=1)
    depth, height = (np.linalg.lstsq(powers, seam[:, axis], rcond=None)[0] for axis in (2, 1))
    return Lips(
        upper, lower, *rest, *relaxed, opened, smile, width, max(gap, 0.0) if opened else 0.0,
        float(seam[_MIDDLE, 0]), float(seam[-1, 0] - seam[0, 0]) / 2, seam[_MIDDLE].copy(),
        (float(depth[1]), float(depth[2])), (float(height[1]), float(height[2])),
    )  # fmt: skip


def lip_shape(lips: Lips, mouth: npt.ArrayLike, smile: float = 0.0) -> tuple[Points, Points]:
    """Both lips [4, 21, 3] in head mm for one row of mouth columns (see `motion.Motion`) and one smile, -1 to 1.

    At closure 1 both inner rings lie on one line: the seam.
    """
    row = np.asarray(mouth, float)
    aperture, spread, closure = row[APERTURE], row[SPREAD], row[CLOSURE]
    roundness = min(max(row[ROUND], 0.0), 1.1) * (1 - PRESSED_STRAIGHTER * closure)
    release = smile_released(row, smile)
    upper = lips.rest_upper + release * (lips.relaxed_upper - lips.rest_upper)
    lower = lips.rest_lower + release * (lips.relaxed_lower - lips.rest_lower)
    along = np.clip((lips.rest_upper[_INNER, :, 0] - lips.middle) / lips.half_width, -1, 1)
    inward = (np.arange(RINGS) / _INNER)[:, None]

    _spread_or_round(lips, (upper, lower), along, inward, aperture, spread, roundness)
    gap = (1 + ROUND_HIGHER * roundness) * aperture * np.clip(1 - np.abs(along) ** OPENING_POWER, 0, 1) ** (1 - ROUND_BLUNTER * roundness)
    broad = np.clip(1 - along**4, 0, 1)
    rises = UPPER_RISES + ROUND_RISES * roundness
    upper[..., 1] -= rises * gap * (0.55 + 0.45 * inward) + row[RAISE] * broad * (0.75 + 0.25 * inward)
    lower[..., 1] += (1 - rises) * gap * (0.86 + 0.14 * inward) + 0.9 * row[DEPRESS] * broad * (0.8 + 0.2 * inward)
    corners = (CORNERS_DROP * aperture - 2.0 * smile) * along**2
    for lip in (upper, lower):
        lip[..., 1] += corners
        lip[..., 0] += 1.4 * smile * along * np.abs(along)
        _thicken(lip, 1 + ROUND_THICKER * roundness * (1 - closure) - PRESSED_THINNER * closure)
    _tuck_lower_lip(lower, row[LABIODENTAL] * broad)
    _press(upper, lower, closure)
    for lip in (upper, lower):
        lip[..., 2] -= 2.5 * roundness * (1 - along**2) * (0.4 + 0.6 * inward)
    lower[..., 1] += np.maximum(upper[_INNER, :, 1] - lower[_INNER, :, 1], 0)
    _unfold(upper, lower)
    return upper, lower


def smile_released(mouth: npt.ArrayLike, smile: float) -> float:
    """The part, 0 to 1, of the photo's smile that has gone: rounded lips and sad moods take it out."""
    return float(np.clip(max(np.asarray(mouth, float)[ROUND], -RELEASED_BY_FROWN * smile), 0, 1))


def opening(upper: Points, lower: Points) -> float:
    """The widest gap between the inner rings, mm."""
    return float((lower[_INNER, :, 1] - upper[_INNER, :, 1]).max())


def _rings(points: Points, rings: tuple[tuple[int, ...], ...]) -> Points:
    landmarks = np.arange(11.0)
    return np.stack([CubicSpline(landmarks, points[list(ring)])(np.linspace(0, 10, COLUMNS)) for ring in rings])


def _closed(upper: Points, lower: Points, upper_closes: float, jaw_closes: float) -> tuple[Points, Points]:
    """Bring the lips together on one line, by parts of their gap; the outer rings follow less than the inner ones."""
    gap = np.maximum(lower[_INNER, :, 1] - upper[_INNER, :, 1], 0)
    upper, lower = upper.copy(), lower.copy()
    with_jaw = float(np.interp(jaw_closes, CLOSES_WITH_GAP, (0, 1)))
    follow = (RINGS_FOLLOW + with_jaw * (1 - RINGS_FOLLOW))[:, None]
    upper[..., 1] += upper_closes * gap * follow
    lower[..., 1] -= (1 - upper_closes) * gap * follow
    middle = (upper[_INNER] + lower[_INNER]) / 2
    upper[_INNER] = lower[_INNER] = middle
    return upper, lower


def _released(upper: Points, lower: Points, width: float, part: float, flattened: float) -> tuple[Points, Points]:
    """Take ``part`` of a smile ``width`` mm wide out of closed lips: narrower, corners lower (by that part of their curve) and less far
    back."""
    narrower = part * max(0.0, 1 - RELAXED_WIDTH_MM / max(width, RELAXED_WIDTH_MM))
    seam = upper[_INNER].copy()
    released = []
    for lip in (upper, lower):
        lip = lip.copy()
        lip[..., 0] -= narrower * (lip[..., 0] - seam[_MIDDLE, 0])
        lip[..., 1] += flattened * (seam[_MIDDLE, 1] - seam[:, 1])
        lip[..., 2] -= 0.5 * narrower * (lip[..., 2] - seam[_MIDDLE, 2])
        released.append(lip)
    return released[0], released[1]


def _spread_or_round(
    lips: Lips, pair: tuple[Points, Points], along: Points, inward: Points, aperture: float, spread: float, roundness: float
) -> None:
    """Scale the mouth's width; the lips slide along the arch of the teeth."""
    scale = (
        1
        + 0.10 * max(spread, 0.0) * (1 - 0.2 * inward)
        - roundness * min(1.0, RELAXED_WIDTH_MM / lips.source_width) * (0.40 + 0.12 * inward) * (1 - 0.15 * np.abs(along))
        - 0.06 * max(-spread, 0.0)
        - 0.006 * aperture
    )
    slope, bend = lips.arch[0], max(0.012, lips.arch[1])
    for lip in pair:
        x = lip[..., 0] - lips.middle
        moved = x * scale
        lip[..., 0] = lips.middle + moved
        lip[..., 1] += lips.tilt[0] * (moved - x) + lips.tilt[1] * (moved**2 - x**2)
        lip[..., 2] += slope * (moved - x) + bend * (moved**2 - x**2)


def _thicken(lip: Points, factor: float | Points) -> None:
    inner = lip[_INNER, :, 1].copy()
    lip[..., 1] = inner + (lip[..., 1] - inner) * factor


def _tuck_lower_lip(lower: Points, amount: Points) -> None:
    """f and v: the lower lip thins and rises under the upper teeth."""
    _thicken(lower, 1 - 0.28 * amount)
    lower[..., 1] -= 0.9 * amount


def _press(upper: Points, lower: Points, closure: float) -> None:
    """Bring the inner rings onto one line; the aperture has shrunk with the closure, only the last bit is left to do."""
    seam = (upper[_INNER] + lower[_INNER]) / 2
    follow = closure**3 * np.array([0.7, 0.85, 0.95, 1.0])[:, None, None]
    upper += (seam - upper[_INNER]) * follow
    lower += (seam - lower[_INNER]) * follow


def _unfold(upper: Points, lower: Points) -> None:
    """Keep the rings of thin lips in their order: each on its side of the next one's line and points."""
    for ring in (2, 1, 0):
        for lip, side in ((upper, -1.0), (lower, 1.0)):
            x, (next_x, next_y) = lip[ring, 1:-1, 0], lip[ring + 1, :, :2].T
            line = np.maximum(side * np.interp(x, next_x, next_y), side * next_y[1:-1])
            lip[ring, 1:-1, 1] = side * np.maximum(side * lip[ring, 1:-1, 1], line + THINNEST_MM)


def _snap_to_seam(image: Image, head: HeadFrame, upper: Points, lower: Points) -> tuple[Points, Points]:
    """Move the inner rings of closed lips onto the darkest line between them, or a talking mouth would tear beside its seam."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), max(0.6, 0.25 * head.px_per_mm))
    tracked = (upper[_INNER] + lower[_INNER]) / 2
    offsets = np.linspace(-SEAM_SEARCH_MM, SEAM_SEARCH_MM, 65)
    found, weight = np.zeros(COLUMNS), np.zeros(COLUMNS)
    for column in range(2, COLUMNS - 2):
        across = head.to_image(tracked[column] + offsets[:, None] * np.array([0.0, 1.0, 0.0])).astype(np.float32)
        profile = cv2.remap(grey, across[None, :, 0], across[None, :, 1], cv2.INTER_LINEAR)[0]
        # A far dark line (the shadow under the lip) must be clearly darker than a near one.
        darkest = int(np.argmin(profile + 0.27 * offsets**2 * profile.std()))
        found[column] = offsets[darkest]
        weight[column] = max(0.0, float(np.median(profile) - profile[darkest])) + 0.1
    along = np.linspace(-1, 1, COLUMNS)
    basis = np.stack([np.ones_like(along), along, along**2, along**4], axis=1) * (1 - along**8)[:, None]
    root = np.sqrt(weight)
    shift = basis @ np.linalg.lstsq(basis * root[:, None], found * root, rcond=None)[0]
    seam = tracked + shift[:, None] * np.array([0.0, 1.0, 0.0])
    snapped = []
    for lip, away in ((upper, -1.0), (lower, 1.0)):
        lip = lip.copy()
        for ring, follow in ((1, 0.35), (2, 0.8)):
            lip[ring, :, 1] += follow * shift
            clear = seam[:, 1] + away * 0.15 * (_INNER - ring)
            lip[ring, :, 1] = np.minimum(lip[ring, :, 1], clear) if away < 0 else np.maximum(lip[ring, :, 1], clear)
        lip[_INNER] = seam
        snapped.append(lip)
    return snapped[0], snapped[1]
