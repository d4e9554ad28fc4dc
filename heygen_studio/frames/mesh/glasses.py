"""Does this person wear glasses with dark rims? They must not bend with the brows above them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .light import LUMA
from .skin_seen import look
from .topology import EYES

#: A rim is darker than this part of the skin under the eye; it is looked for between these parts of the way from the brow to the lid.
RIM_DARKER, BETWEEN = 0.45, (0.2, 0.75)


def has_rims(image: Image, landmarks: npt.ArrayLike) -> bool:
    """Whether something dark lies between brow and lid over both eyes of a portrait with [478, 3] landmarks in pixels."""
    points = np.asarray(landmarks, float)[:, :2]
    return all(_crossed(image, points, eye.brow, eye.crease, eye.under) for eye in EYES)


def _crossed(image: Image, points: npt.NDArray[np.float64], brow: tuple[int, ...], crease: tuple[int, ...], under: tuple[int, ...]) -> bool:
    skin = float(np.median(look(image, points[list(under)]) @ LUMA))
    begin, end = points[list(brow)], points[list(crease)]
    ways = np.stack([look(image, begin + part * (end - begin)) @ LUMA for part in np.linspace(*BETWEEN, 12)])
    return bool(np.median(ways.min(axis=0)) < RIM_DARKER * skin)
