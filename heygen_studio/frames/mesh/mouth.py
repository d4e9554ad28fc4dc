"""The inside of the mouth, painted into the opening of the lips."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline

from ...motion.motion import LABIODENTAL, ROUND, TONGUE
from ...portrait.portrait import Image
from .arrays import Plane, Points
from .head_frame import HeadFrame
from .jaw import Jaw
from .light import Light, lip_colour
from .lips import COLUMNS, Lips
from .pose import HeadPose
from .sheet import Canvas, Sheet
from .teeth import OwnTeeth, dental_arch
from .tone import Tone
from .tongue import BETWEEN_TEETH, FLESH, TIP_RISES, tip_points, tip_sheet, tongue_points, tongue_sheet

#: Pixels of the canvas and of the fine mask per frame pixel.
SUPERSAMPLING, FINE = 2, 4
#: Where the edges of the incisors lie against the closed seam, mm (down the face, away from the camera).
UPPER_EDGE, LOWER_EDGE, TONGUE_REST = (3.0, 3.5), (2.7, 5.0), (5.5, 9.0)
#: The tongue shows from this opening on, mm.
TONGUE_SHOWS_MM = 1.6
#: At least so much of the tip shows above the lower lip.
TIP_SHOWS_MM = 1.8
#: A closed mouth is not painted below this opening, pixels.
SHUT_PX = 0.35
#: Lips that are open in the photo get a dark line in which they meet: how much of it shows, and its thickness in mm.
SEAM_SHOWS, SEAM_MM = 0.37, 0.7
#: The opening fades out over this part of its width at each corner.
ENDS = 0.16
#: Less of the sky's blue reaches the inside of the mouth than the lips: factors for R, G, B.
WITHOUT_SKY = np.array([1.0, 0.90, 0.82])
#: Under the upper teeth's edge a mouth whose jaw has dropped by so many mm, or whose lips are round, is this dark (with the teeth closed,
#: not at all), and lit again this far below it, mm (a part of the opening, in bounds).
DEEP_JAW_MM, UNDER_TEETH, LIT_AGAIN, LIT_AGAIN_MM = 5.0, 0.40, 0.78, (1.2, 7.0)
#: Rounded lips stand before the teeth and cover so much more of both rows, mm.
ROUND_COVERS_MM = 1.8
#: Darkness in the mouth is warm: exponents of the shade for R, G, B, and the powers of shades 0 to 1 in equal steps.
WARMTH = np.array([0.86, 1.12, 1.22])
_WARM = (np.linspace(0, 1, 1024)[:, None] ** WARMTH).astype(np.float32)
_SMOOTH = CubicSpline(np.arange(COLUMNS), np.eye(COLUMNS))(np.linspace(0, COLUMNS - 1, 4 * COLUMNS - 3))


@dataclass(frozen=True)
class MouthInterior:
    """What lies behind a portrait's lips."""

    lips: Lips
    jaw: Jaw
    head: HeadFrame
    upper: Sheet
    lower: Sheet
    tongue: Sheet
    tip: Sheet
    own: OwnTeeth | None
    upper_edge: Points
    lower_edge: Points
    tongue_rest: Points
    cavity: Points
    lining: Points
    seam_colour: Points
    tone: Tone | None
    softness: float

    def paint(
        self, frame: Image, upper_rim: Points, lower_rim: Points, pose: HeadPose, jaw_opening: float, gap: float, mouth: Points
    ) -> None:
        """Paint into ``frame`` between the inner lip rings [21, 2] pixels; ``gap``: their opening, mm; ``mouth``: the row of columns."""
        if gap * self.head.px_per_mm < SHUT_PX:
            if self.lips.opened:
                self._draw_seam(frame, upper_rim)
            return
        rim = self._opening(upper_rim, lower_rim, pose)
        box = _box(rim, frame)
        if box is None:
            return
        x0, y0, x1, y1 = box
        mask = self._mask(rim, box)
        canvas = Canvas(np.empty(((y1 - y0) * SUPERSAMPLING, (x1 - x0) * SUPERSAMPLING, 3), np.float32), (x0, y0), SUPERSAMPLING)
        canvas.colour[:] = self._flesh(canvas.colour.shape[1], rim[:, 0] - x0)
        self._draw_inside(canvas, pose, jaw_opening, gap, mouth)
        inside = cv2.resize(canvas.colour, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
        shade = self._shade(mask, rim[:, 0] - x0, gap)
        shade += mouth[LABIODENTAL] * 0.9 * np.maximum(0.94 - shade, 0)  # teeth that rest on the lip lie in the light
        inside = inside * _warm(shade)
        nearly_shut = 0.8 * float(np.clip(1 - (gap - 0.3) / 1.6, 0, 1)) * (1 - 0.85 * float(mouth[LABIODENTAL]))
        inside = inside * (1 - nearly_shut) + self.seam_colour * nearly_shut
        if self.tone is not None:
            inside = self.tone.of(inside)
        cover = (mask * self._ends(mask.shape[1], rim[:, 0] - x0) * min(1.0, 0.3 + gap * self.head.px_per_mm / 1.2))[..., None]
        target = frame[y0:y1, x0:x1]
        target[:] = np.clip(target * (1 - cover) + inside * cover + 0.5, 0, 255).astype(np.uint8)

    def _draw_seam(self, frame: Image, seam: Points) -> None:
        """Draw the line [21, 2] in which shut lips meet."""
        line = _SMOOTH @ seam
        box = _box(line, frame)
        if box is None:
            return
        x0, y0, x1, y1 = box
        fine = np.zeros(((y1 - y0) * FINE, (x1 - x0) * FINE), np.uint8)
        thickness = max(1, round(SEAM_MM * self.head.px_per_mm * FINE))
        cv2.polylines(fine, [_fine_pixels(line - [x0, y0])], False, 255, thickness, cv2.LINE_AA, 4)
        mask = cv2.GaussianBlur(_coarse(fine), (0, 0), self.softness)
        cover = (SEAM_SHOWS * mask * self._ends(mask.shape[1], line[:, 0] - x0))[..., None]
        target = frame[y0:y1, x0:x1]
        target[:] = np.clip(target * (1 - cover) + self.seam_colour * cover + 0.5, 0, 255).astype(np.uint8)

    def _opening(self, upper_rim: Points, lower_rim: Points, pose: HeadPose) -> Points:
        """The outline to paint: a little over the lips' wet edge, so that no source teeth show."""
        along = np.abs(np.linspace(-1, 1, len(_SMOOTH)))
        over = 0.24 * self.head.px_per_mm * (1 - 0.55 * along**3) * (1.0 if self.lips.opened else 0.5)
        down = (self.head.axes @ (pose.rotation @ np.array([0.0, 1.0, 0.0])))[:2]
        upper = _SMOOTH @ upper_rim - over[:, None] * down
        lower = _SMOOTH @ lower_rim + over[:, None] * down
        return np.vstack([upper, lower[1:-1][::-1]])

    def _mask(self, rim: Points, box: tuple[int, int, int, int]) -> Plane:
        x0, y0, x1, y1 = box
        fine = np.zeros(((y1 - y0) * FINE, (x1 - x0) * FINE), np.uint8)
        cv2.fillPoly(fine, [_fine_pixels(rim - [x0, y0])], 255, cv2.LINE_AA, 4)
        return cv2.GaussianBlur(_coarse(fine), (0, 0), self.softness)

    def _flesh(self, width: int, rim_x: Points) -> Points:
        """The back of the mouth [1, w, 3]: dark in the middle, the cheeks' lining towards the corners."""
        middle, half = (rim_x.min() + rim_x.max()) / 2, max(np.ptp(rim_x) / 2, 1.0)
        across = np.abs((np.arange(width) + 0.5) / SUPERSAMPLING - 0.5 - middle) / half
        lining = np.clip((across - 0.35) / 0.5, 0, 1)[None, :, None]
        return self.cavity * (1 - lining) + self.lining * lining

    def _ends(self, width: int, rim_x: Points) -> Points:
        """0-1 [w]: where the lips run out at the corners, so does the dark between them."""
        low, high = rim_x.min(), rim_x.max()
        from_end = np.minimum(np.arange(width) - low, high - np.arange(width)) / max(ENDS * (high - low), 1e-6)
        return np.clip(from_end, 0, 1) ** 0.5

    def _draw_inside(self, canvas: Canvas, pose: HeadPose, jaw_opening: float, gap: float, mouth: Points) -> None:
        tongue = float(mouth[TONGUE])
        covered = np.array([0.0, ROUND_COVERS_MM * float(np.clip(mouth[ROUND], 0, 1)), 0.0])
        if gap > TONGUE_SHOWS_MM:
            points = tongue_points(self.tongue, self.tongue_rest, tongue)
            canvas.draw(self.tongue, pose.to_image(self.jaw.turned(points, jaw_opening)), float(np.clip(0.62 + 0.3 * tongue, 0, 1)))
        canvas.draw(self.lower, pose.to_image(self.jaw.turned(self.lower.points + self.lower_edge + covered, jaw_opening)))
        self._shade_depth(canvas, pose, self.upper_edge - covered, jaw_opening, gap, mouth)
        # Between teeth that a low smile line hides behind the lower lip, the tongue would never be seen.
        edge = self.upper_edge.copy()
        edge[1] = min(edge[1], self.lips.seam[1] + 0.75 * gap - TIP_SHOWS_MM)
        tip = pose.to_image(tip_points(self.tip, edge, tongue))
        if TIP_RISES < tongue < BETWEEN_TEETH:
            canvas.draw(self.tip, tip, float(np.clip((tongue - TIP_RISES) / 0.2, 0, 0.9)))
        canvas.draw(self.upper, pose.to_image(self.upper.points + self.upper_edge - covered), 0.96)
        if self.own is not None and self.own.sheet is not None:
            canvas.draw(self.own.sheet, pose.to_image(self.own.sheet.points - covered))
        if tongue >= BETWEEN_TEETH:
            canvas.draw(self.tip, tip)

    def _shade_depth(self, canvas: Canvas, pose: HeadPose, teeth: Points, jaw_opening: float, gap: float, mouth: Points) -> None:
        """Darken what lies deep in the mouth: most right under the edge of the upper ``teeth``, less where the tongue comes forward."""
        edge, below = canvas.from_frame(pose.to_image(teeth + np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])))
        down = (below - edge) / max(float((below - edge) @ (below - edge)), 1e-6)
        rows, columns = (np.arange(n, dtype=np.float32) for n in canvas.colour.shape[:2])
        under = ((rows - edge[1]) * down[1])[:, None] + (columns - edge[0]) * down[0]
        lit = np.clip(under * np.float32(1 / np.clip(LIT_AGAIN * gap, *LIT_AGAIN_MM)), 0, 1)
        hidden = float(np.clip(max(jaw_opening * self.jaw.radius / DEEP_JAW_MM, mouth[ROUND]), 0, 1))
        deep = (1 - UNDER_TEETH) * hidden * (1 - 0.8 * float(np.clip(mouth[TONGUE], 0, 1)))
        shade = 1 - deep * (1 - lit * lit * (3 - 2 * lit))
        canvas.colour[:] *= _warm(shade)

    def _shade(self, mask: Plane, rim_x: Points, gap: float) -> Plane:
        """0-1 [h, w]: dark at the rim, under the upper lip and towards the corners."""
        per_mm = self.head.px_per_mm
        blurred = cv2.GaussianBlur(mask, (0, 0), max(1.0, 1.5 * per_mm), borderType=cv2.BORDER_CONSTANT)
        height, width = mask.shape
        lowered = cv2.warpAffine(blurred, np.array([[1, 0, 0], [0, 1, 1.3 * per_mm]]), (width, height))
        rim = np.clip((blurred - 0.12) / 0.55, 0, 1)
        under_lip = np.clip((lowered - 0.15) / 0.6, 0, 1)
        middle, half = (rim_x.min() + rim_x.max()) / 2, max(np.ptp(rim_x) / 2, 1.0)
        corners = np.clip(1 - 0.26 * np.abs((np.arange(width) - middle) / half) ** 3, 0, 1)
        shade = (0.55 + 0.45 * rim) * (0.80 + 0.20 * under_lip) * corners * (0.84 + 0.16 * min(gap / 6, 1.0))
        return np.clip(shade, 0, 1).astype(np.float32)


def make_mouth(
    image: Image, lips: Lips, jaw: Jaw, head: HeadFrame, light: Light, own: OwnTeeth | None, tone: Tone | None, magnification: float
) -> MouthInterior:
    """Prepare the mouth of a portrait.

    own: the teeth that it shows; tone: what stands for its colours if it has none; magnification: pixels of ``image`` per pixel of the
    photo, which sets its sharpness.
    """
    sharpness = max(0.6, 0.42 * magnification)
    enamel = None if own is None else own.enamel
    upper_edge, lower_edge, tongue_rest = (
        lips.seam + np.array([0.0, down, 0.0]) + back * head.axes[2] for down, back in (UPPER_EDGE, LOWER_EDGE, TONGUE_REST)
    )
    if own is not None:
        upper_edge[1] = own.edge_y
    lip = lip_colour(image, lips, head)
    flesh = (0.5 * FLESH * light.tint + 0.5 * lip) * WITHOUT_SKY
    hue = light.tint / light.level
    seam = lip * np.array([0.40, 0.30, 0.30])
    return MouthInterior(
        lips, jaw, head,
        dental_arch(lips, light, head, sharpness, upper=True, enamel=enamel),
        dental_arch(lips, light, head, sharpness, upper=False, enamel=enamel),
        tongue_sheet(lips, flesh), tip_sheet(lips, flesh), own, upper_edge, lower_edge, tongue_rest,
        lining=0.78 * lip * WITHOUT_SKY,
        cavity=np.array([50.0, 17.0, 21.0]) * hue * float(np.clip(light.level * 225 / 170, 0.35, 1.1)),
        seam_colour=seam if tone is None else tone.of(seam),
        tone=tone,
        softness=max(0.45, 0.12 * head.px_per_mm * min(magnification, 2.0)),
    )  # fmt: skip


def _fine_pixels(points: Points) -> npt.NDArray[np.int32]:
    """Points [n, 2] in pixels, as OpenCV draws them on the fine mask: in sixteenths of its pixels."""
    return np.round(((points + 0.5) * FINE - 0.5) * 16).astype(np.int32)


def _coarse(fine: npt.NDArray[np.uint8]) -> Plane:
    """0-1 [h, w] of a fine mask."""
    return cv2.resize(fine, None, fx=1 / FINE, fy=1 / FINE, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _warm(shade: Plane) -> Plane:
    """Factors for R, G, B [h, w, 3] of a shade [h, w], 0-1."""
    return np.take(_WARM, (shade * (len(_WARM) - 1)).astype(np.intp), axis=0)


def _box(rim: Points, frame: Image) -> tuple[int, int, int, int] | None:
    """The pixels around the outline, inside the frame."""
    margin = 4
    x0, y0 = np.maximum(np.floor(rim.min(axis=0)).astype(int) - margin, 0)
    x1, y1 = np.minimum(np.ceil(rim.max(axis=0)).astype(int) + margin, [frame.shape[1], frame.shape[0]])
    return (int(x0), int(y0), int(x1), int(y1)) if x1 > x0 and y1 > y0 else None
