"""Does this person wear glasses? Dark rims must not bend with the brows above them, and behind dark lenses no eye is seen to blink."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .light import LUMA
from .skin_seen import look
from .topology import EYES, SKIN_PATCHES

#: A rim is darker than this part of the skin under the eye; it is looked for between these parts of the way from the brow to the lid.
RIM_DARKER, BETWEEN = 0.45, (0.2, 0.75)
#: Around an eye behind a dark lens nearly all is darker than this part of the cheek: so much of it, percentile.
LENS_DARKER, NEARLY_ALL = 0.35, 80


def has_rims(image: Image, landmarks: npt.ArrayLike) -> bool:
    """Whether something dark lies between brow and lid over both eyes of a portrait with [478, 3] landmarks in pixels."""
    points = np.asarray(landmarks, float)[:, :2]
    return all(_crossed(image, points, eye.brow, eye.crease, eye.under) for eye in EYES)


def dark_lenses(image: Image, landmarks: npt.ArrayLike) -> tuple[bool, bool]:
    """Whether the left and the right eye (the viewer's) are hidden behind something dark: the skin above and below it is not to be seen."""
    points = np.asarray(landmarks, float)[:, :2]
    left, right = (
        bool(
            np.percentile(_lit(image, points, (*eye.crease, *eye.under)), NEARLY_ALL) < LENS_DARKER * np.median(_lit(image, points, cheek))
        )
        for eye, cheek in zip(EYES, SKIN_PATCHES, strict=False)
    )
    return left, right


def _lit(image: Image, points: npt.NDArray[np.float64], where: tuple[int, ...]) -> npt.NDArray[np.float64]:
    return np.asarray(look(image, points[list(where)]) @ LUMA)


def _crossed(image: Image, points: npt.NDArray[np.float64], brow: tuple[int, ...], crease: tuple[int, ...], under: tuple[int, ...]) -> bool:
    skin = float(np.median(look(image, points[list(under)]) @ LUMA))
    begin, end = points[list(brow)], points[list(crease)]
    ways = np.stack([look(image, begin + part * (end - begin)) @ LUMA for part in np.linspace(*BETWEEN, 12)])
    return bool(np.median(ways.min(axis=0)) < RIM_DARKER * skin)
