"""Takes the person off the background, so that a moving head drags no halo along."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ...portrait.portrait import Image
from .arrays import Plane, Points


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
    certain = (1 - cv2.dilate(alpha, np.ones((9, 9), np.uint8))) ** 2
    background = fill(image, certain) if backdrop is None else backdrop
    alpha = _raised_until_exact(image, background, alpha)
    colour = np.clip(image - (1 - alpha[..., None]) * background.astype(np.float32), 0, 255 * alpha[..., None])
    return Layers(np.dstack([colour, alpha * 255]).astype(np.float32), background)


def fill(image: Image, weight: Plane) -> Image:
    """Pull-push: ``image`` where ``weight`` [H, W] is 1, a smooth continuation of it where it is 0.

    Gortler et al., "The Lumigraph" (SIGGRAPH 1996), section 3.4.
    """
    levels: list[tuple[Plane, Plane]] = [(image.astype(np.float32) * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 2:
        colour, known = levels[-1]
        half = (max(1, known.shape[1] // 2), max(1, known.shape[0] // 2))
        levels.append((cv2.resize(colour, half, interpolation=cv2.INTER_AREA), cv2.resize(known, half, interpolation=cv2.INTER_AREA)))
    colour, known = levels[-1]
    filled = colour / np.maximum(known, 1e-4)[..., None]
    for colour, known in levels[-2::-1]:
        wide = cv2.resize(filled, (known.shape[1], known.shape[0]), interpolation=cv2.INTER_CUBIC)
        share = np.clip(known, 0, 1)[..., None]
        filled = np.where(share > 1e-3, colour / np.maximum(known, 1e-3)[..., None], 0) * share + wide * (1 - share)
    return np.clip(filled + 0.5, 0, 255).astype(np.uint8)


def _with_face(alpha: Plane, face: Points) -> Plane:
    """A matte can miss parts of the face; the mesh does not."""
    inside = np.zeros(alpha.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(face).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(inside, (0, 0), 3).astype(np.float32) / 255
    return np.maximum(alpha, soft * (inside > 0))


def _raised_until_exact(image: Image, background: Image, alpha: Plane) -> Plane:
    """Near the person, raise alpha until a foreground colour within 0-255 reproduces the photo."""
    photo, behind = image.astype(np.float32), background.astype(np.float32)
    darker = 1 - (photo / np.maximum(behind, 1)).min(axis=2)
    lighter = ((photo - behind) / np.maximum(255 - behind, 1)).max(axis=2)
    needed = np.clip(np.maximum(darker, lighter) * 1.02, 0, 1)
    needed = np.where(np.abs(photo - behind).max(axis=2) > 1, needed, 0)
    band = cv2.dilate((background != image).any(axis=2).astype(np.uint8), np.ones((3, 3), np.uint8))
    near = np.clip(cv2.GaussianBlur(cv2.dilate(alpha, np.ones((5, 5), np.uint8)), (0, 0), 1.5) * 3, 0, 1)
    return np.maximum(alpha, needed * np.maximum(near, band)).astype(np.float32)
