"""Takes the person off the background, so that a moving head drags no halo along."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.fill import fill
from ...portrait.portrait import Image
from .arrays import Plane, Points
from .exemplar import continued, distance_to

#: A matte below this is nobody's; the person's own colours count fully from the second of these on, and not below the first.
NOBODY, OWN = 0.02, (0.4, 0.7)
#: This far beside the matte the photo is not yet taken for the pure background, and this wide is the strip that a moving head can
#: uncover, whose inner part fades; parts of the picture's shorter side.
MARGIN, STRIP, FADES = 0.004, 0.045, 0.025
#: Levels by which a guessed colour may be wrong.
UNCLEAR = 35.0
#: A sharpened photo has dark and bright lines along the person, who is this much there, and so far away (part of the shorter side).
#: They are what differs from the background by more than this part of its variance so far around, and by less than so many levels.
LINED, LINE, LINE_DIFFERS, AROUND, THING = 0.25, 0.0065, 12.0, 0.012, 170.0
#: Levels by which an even background varies: there every line shows.
NOISE = 8.0


@dataclass(frozen=True)
class Layers:
    """foreground: float32 premultiplied RGBA [H, W, 4], 0-255; background: uint8 RGB [H, W, 3], the person filled in.

    foreground + (1 - alpha)·background is the photo.
    """

    foreground: Plane
    background: Image


def split_layers(image: Image, matte: npt.ArrayLike, face: npt.ArrayLike, backdrop: Image | None = None) -> Layers:
    """Split a photo by its person matte [H, W], 0-1; ``face`` is the polygon [n, 2] that is person for certain, in pixels.

    backdrop: the whole background, where it is known.
    """
    alpha = _with_face(np.asarray(matte, np.float32), np.asarray(face))
    background, alpha = _behind(image, alpha) if backdrop is None else (backdrop, alpha)
    alpha = _raised_until_exact(image, background, alpha)
    foreground = np.zeros((*alpha.shape, 4), np.float32)
    foreground[..., 3] = alpha * 255
    np.copyto(foreground[..., :3], image, where=(alpha == 1)[..., None])
    partly = (alpha > 0) & (alpha < 1)
    share, photo, behind = alpha[partly, None], image[partly], background[partly].astype(np.float32)
    foreground[partly, :3] = np.clip(photo - (1 - share) * behind, 0, 255 * share)
    return Layers(foreground, background)


def _behind(image: Image, alpha: Plane) -> tuple[Image, Plane]:
    """The photo without the person, continued into the strip that a moving head uncovers and smooth further in; and better alpha."""
    shorter = min(alpha.shape)
    known = cv2.dilate(alpha, _square(MARGIN * shorter)) < NOBODY
    depth = distance_to(known)
    smooth = fill(image, known.astype(np.float32))
    background = continued(smooth, known, depth < STRIP * shorter)
    fading = (depth > FADES * shorter) & (depth < STRIP * shorter)
    inward = (depth[fading, None] / shorter - FADES) / (STRIP - FADES)
    lines = background[fading].astype(np.float32)
    background[fading] = np.round(lines + inward * (smooth[fading] - lines))
    mixed = ~known & (alpha < 1)
    own = _own_colours(image, alpha)
    beside = cv2.dilate((alpha > LINED).astype(np.uint8), _square(LINE * shorter)) > 0
    pattern = np.maximum(_variance(background, AROUND * shorter) - 3 * NOISE**2, 1)
    pattern = np.where(beside, pattern, np.inf)[mixed]
    photo, person, behind = (picture[mixed].astype(np.float32) for picture in (image, own, background))
    share = _share(photo, person, behind, alpha[mixed])
    background[mixed] = np.clip(np.round(_pure(photo, person, behind, share, pattern)), 0, 255)
    better = alpha.copy()
    better[mixed] = share
    return background, better


def _own_colours(image: Image, alpha: Plane) -> Image:
    """The person's colours, continued past the person; at half the size, as they are smooth."""
    height, width = alpha.shape
    half = (max(1, width // 2), max(1, height // 2))
    small = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    certain = np.clip((cv2.resize(alpha, half, interpolation=cv2.INTER_AREA) - OWN[0]) / (OWN[1] - OWN[0]), 0, 1)
    return np.asarray(cv2.resize(fill(small, certain), (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _share(photo: Plane, person: Plane, behind: Plane, guess: Plane) -> Plane:
    """The person's share of mixed pixels [n]: a guess, raised where the photo's colour lies between the person's and the background's.

    An edge outside of the matte would stay behind as a line.
    """
    across = person - behind
    along = np.clip(((photo - behind) * across).sum(axis=1) / ((across**2).sum(axis=1) + UNCLEAR**2), 0, 1)
    missed = ((photo - behind - along[:, None] * across) ** 2).sum(axis=1)
    return np.maximum(guess, along * np.exp(-missed / UNCLEAR**2))


def _pure(photo: Plane, person: Plane, behind: Plane, share: Plane, pattern: Plane) -> Plane:
    """The background's colours [n, 3] in mixed pixels: a guess, and what both guesses together miss of the photo.

    But what is missed in pixels that are the person's to a good part is the person's, and so is a line along the person.
    """
    part = share[:, None]
    missed = photo - part * person - (1 - part) * behind
    squared = (missed**2).sum(axis=1)
    of_background = (1 - share) ** 3 / ((1 - share) ** 4 + (3 * share) ** 4)
    no_line = np.where(squared > THING**2, 1, 1 / (1 + (squared / (LINE_DIFFERS * pattern)) ** 4))
    return behind + missed * (of_background * no_line)[:, None]


def _variance(picture: Image, radius: float) -> Plane:
    """The variance of the colours around every pixel, squared levels [H, W]."""
    window = (2 * max(1, round(radius)) + 1,) * 2
    mean = cv2.boxFilter(picture, cv2.CV_32F, window)
    return np.maximum(cv2.sqrBoxFilter(picture, cv2.CV_32F, window) - mean**2, 0).sum(axis=2)


def _square(radius: float) -> npt.NDArray[np.uint8]:
    return np.ones((2 * max(1, round(radius)) + 1,) * 2, np.uint8)


def _with_face(alpha: Plane, face: Points) -> Plane:
    """A matte can miss parts of the face; the mesh does not."""
    inside = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(face).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(inside, (0, 0), 3).astype(np.float32) / 255
    return np.maximum(alpha, soft * (inside > 0))


def _raised_until_exact(image: Image, background: Image, alpha: Plane) -> Plane:
    """Raise alpha until a foreground colour within 0-255 reproduces the photo."""
    differs = (alpha < 1) & (cv2.inRange(cv2.absdiff(image, background), (0, 0, 0), (1, 1, 1)) == 0)
    photo, behind = image[differs].astype(np.float32), background[differs].astype(np.float32)
    darker = 1 - (photo / np.maximum(behind, 1)).min(axis=1)
    lighter = ((photo - behind) / np.maximum(255 - behind, 1)).max(axis=1)
    raised = alpha.copy()
    raised[differs] = np.maximum(alpha[differs], np.clip(np.maximum(darker, lighter) * 1.02, 0, 1))
    return raised
