"""Which of the 478 face-mesh landmarks lie where. Left and right are the viewer's."""

from __future__ import annotations

from dataclasses import dataclass

LANDMARKS = 478

#: Lip contours from the skin's edge (first) to the mouth opening (last), each from the left corner to the right one.
UPPER_LIP_RINGS = (
    (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
LOWER_LIP_RINGS = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308),
)
MOUTH_CORNERS = (61, 291)

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
#: The part of the oval that the jaw moves, over the chin.
JAW_LINE = (361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132)
TEMPLES = (234, 454)
FOREHEAD_TOP, CHIN, NOSE_TIP, NOSE_BASE, BRIDGE = 10, 152, 1, 2, 168
EYE_OUTER_CORNERS = (33, 263)

#: How far the skin follows the jaw, 0 to 1.
JAW_WEIGHTS = {
    152: 1.0, 148: 1.0, 377: 1.0, 176: 1.0, 400: 1.0, 149: 0.97, 378: 0.97, 150: 0.9, 379: 0.9, 136: 0.75, 365: 0.75,
    172: 0.52, 397: 0.52, 58: 0.28, 288: 0.28, 132: 0.1, 361: 0.1, 93: 0.0, 323: 0.0,
    199: 1.0, 175: 1.0, 428: 1.0, 208: 1.0, 171: 1.0, 396: 1.0,
}  # fmt: skip

#: How far the skin follows a raised brow, 0 to 1.
BROW_WEIGHTS = {
    70: 0.75, 63: 0.9, 105: 1.0, 66: 0.95, 107: 0.85, 46: 0.68, 53: 0.82, 52: 0.92, 65: 0.88, 55: 0.78,
    300: 0.75, 293: 0.9, 334: 1.0, 296: 0.95, 336: 0.85, 276: 0.68, 283: 0.82, 282: 0.92, 295: 0.88, 285: 0.78,
    9: 0.55, 8: 0.3,
}  # fmt: skip

#: The upper edge of both brows, left to right.
OVER_BROWS = (70, 63, 105, 66, 107, 336, 296, 334, 293, 300)

#: The same for slanted brows: their inner ends go up, the outer ones a little down.
BROW_SLANTS = {
    70: -0.35, 63: -0.15, 105: 0.2, 66: 0.65, 107: 1.0, 46: -0.35, 53: -0.15, 52: 0.2, 65: 0.65, 55: 1.0,
    300: -0.35, 293: -0.15, 334: 0.2, 296: 0.65, 336: 1.0, 276: -0.35, 283: -0.15, 282: 0.2, 295: 0.65, 285: 1.0,
    9: 0.6, 8: 0.25,
}  # fmt: skip

#: The middle of each cheek (left, right): what a smile lifts.
CHEEKS = (206, 426)

#: The folds of a smile, from beside the nose past the mouth's corner, and the outline of the nose with the wings.
SMILE_FOLDS = ((129, 203, 206, 216, 212, 202), (358, 423, 426, 436, 432, 422))
NOSE_OUTLINE = (6, 196, 174, 198, 49, 129, 98, 97, 2, 326, 327, 358, 279, 420, 399, 419)

#: Points that stay with the skull whatever the face does.
STILL = (
    1, 2, 4, 5, 6, 168, 197, 195, 98, 327, 97, 326, 94, 19, 48, 278, 64, 294, 115, 344, 129, 358, 49, 279, 102, 331,
    219, 439, 240, 460, 122, 351,
    25, 110, 24, 23, 22, 26, 112, 255, 339, 254, 253, 252, 256, 341,
    234, 127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356, 454,
)  # fmt: skip

#: Skin that shows the light on the face: cheeks, forehead.
SKIN_SAMPLES = (50, 280, 205, 425, 151, 9, 101, 330)
#: Outlines of bare skin: both cheeks, the forehead.
SKIN_PATCHES = ((50, 101, 36, 205, 187), (280, 330, 266, 425, 411), (9, 107, 69, 10, 299, 336))


@dataclass(frozen=True)
class EyeIndices:
    """One eye. ``upper``, ``lower``, ``crease`` and ``brow`` run from the outer corner to the inner one."""

    outer: int
    inner: int
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    crease: tuple[int, ...]
    brow: tuple[int, ...]
    under: tuple[int, ...]
    iris: int
    iris_edge: tuple[int, ...]

    @property
    def opening(self) -> tuple[int, ...]:
        """The rim of the eye as a closed polygon."""
        return (self.outer, *self.upper, self.inner, *reversed(self.lower))


EYES = (
    EyeIndices(
        outer=33, inner=133,
        upper=(246, 161, 160, 159, 158, 157, 173), lower=(7, 163, 144, 145, 153, 154, 155),
        crease=(247, 30, 29, 27, 28, 56, 190), brow=(46, 53, 53, 52, 52, 65, 55), under=(110, 24, 24, 23, 22, 22, 26),
        iris=468, iris_edge=(469, 470, 471, 472),
    ),
    EyeIndices(
        outer=263, inner=362,
        upper=(466, 388, 387, 386, 385, 384, 398), lower=(249, 390, 373, 374, 380, 381, 382),
        crease=(467, 260, 259, 257, 258, 286, 414), brow=(276, 283, 283, 282, 282, 295, 285), under=(339, 254, 254, 253, 252, 252, 256),
        iris=473, iris_edge=(474, 475, 476, 477),
    ),
)  # fmt: skip
