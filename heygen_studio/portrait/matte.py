"""Separating the person from the background.

Four opinions, coarse to fine: MediaPipe's selfie segmentation (general, 256 x 256) knows what a person is; the colours of this
person and this background decide where it is unsure (GrabCut: Rother, Kolmogorov, Blake 2004); those close by find the edge
(`nearby`); a guided filter (He, Sun, Tang 2010) fits it to the picture's own edges, hair among them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from .ears import ears
from .headpose import OVAL
from .nearby import by_nearby_colours
from .network import Array, Network
from .portrait import Image

SIDE = 256

#: The network's values that count as surely background and surely person.
SURE = (0.25, 0.75)

#: GrabCut: the longer side it works at, what it takes for certain, how far from the network's edge, and rounds.
CUT_SIDE, CERTAIN, CUT_MARGIN, CUT_ROUNDS = 288, (0.1, 0.9), 3, 1

#: How network and GrabCut count together; outside of this range the mean of both is certain.
AGREED = (0.15, 0.85)

#: Guided filter: radius as part of the picture's longer side, and regularisation for colours of 0..1.
RADIUS, REGULARISATION = 1 / 96, 1e-4

#: The longer side of the picture in which the filter's coefficients are found, about.
FILTER_SIDE = 512

#: What the filter leaves below and above these is noise.
CLEAN = (0.08, 0.92)

#: Half the side of the square around the face that the network sees once more, in heights of the face.
NEAR = 1.3

#: What the network sees of the photo around the picture, in sizes of the picture, and what is added at its edges in one of two views.
WIDER, PADDING = 3.0, 0.25
#: More pixels than these, the longer side of what is seen, make no difference to the network.
SEEN_SIDE = 1024

#: How far from its edges what they show is believed, as part of the picture's longer side.
MARGIN = 0.025

#: The part of a photo that a picture shows: left, top, right, bottom in its pixels.
Box = tuple[float, float, float, float]


class PersonMatte:
    """The person's share of every pixel."""

    def __init__(self, model: Path) -> None:
        self._network = Network(model.read_bytes())

    def __call__(self, image: Image, landmarks: Array, photo: Image | None = None, box: Box | None = None) -> Array:
        """float32 [H, W], 1 on the person, 0 on the background; ``landmarks`` [478, 3] say where the face is.

        photo, box: what ``image`` was cut from, and where. A network that sees the whole torso takes rocks beside it for rocks.
        """
        outline = landmarks[list(OVAL), :2]
        mask = seen = self._look(image, outline)
        if photo is not None and box is not None:
            mask = _corrected(mask, self._wider(photo, box, mask.shape))
        mask = np.maximum(mask, ears(image, landmarks) * (seen > CERTAIN[0]))
        person = (_stretched(mask, SURE) + _cut(image, mask, outline)) / 2
        person = np.maximum(_stretched(person, AGREED), _filled(outline, mask.shape))
        person = by_nearby_colours(image, person)
        radius = max(4, round(max(image.shape) * RADIUS))
        fitted = _guided_filter(image, person, radius, REGULARISATION)
        outer, inner = np.ones((radius + 1,) * 2, np.uint8), np.ones((radius // 2 + 1,) * 2, np.uint8)
        fitted = np.clip(fitted, cv2.erode(person, inner), cv2.dilate(person, outer))  # a cord of a hat's colour is no part of it
        return np.maximum(_stretched(fitted, CLEAN), _filled(outline, mask.shape))

    def _wider(self, photo: Image, box: Box, shape: tuple[int, ...]) -> Array:
        """The network's mask of ``box``, seen with what is around it: the mean of two, one of which has its edges continued."""
        (x, y), (width, height) = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), (box[2] - box[0], box[3] - box[1])
        reach = WIDER / 2 * max(width, height)
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        seen = photo[top : int(y + reach), left : int(x + reach)]
        scale = min(1.0, SEEN_SIDE / max(seen.shape[:2]))
        if scale < 1:
            seen = np.asarray(cv2.resize(seen, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        pad = int(PADDING * max(seen.shape))
        masks = []
        for margin in (0, pad):
            padded: Image = np.asarray(cv2.copyMakeBorder(seen, margin, 0, margin, margin, cv2.BORDER_REPLICATE), np.uint8)
            columns, rows = (np.arange(shape[1]) + 0.5) * width / shape[1], (np.arange(shape[0]) + 0.5) * height / shape[0]
            across = np.tile((columns + box[0] - left) * scale + margin - 0.5, (shape[0], 1)).astype(np.float32)
            down = np.tile(((rows + box[1] - top) * scale + margin - 0.5)[:, None], (1, shape[1])).astype(np.float32)
            masks.append(cv2.remap(self._segment(padded), across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
        return np.mean(masks, axis=0)

    def _look(self, image: Image, outline: Array) -> Array:
        """The network's mask: of the whole picture and, around the face, of that part alone, which it sees in more detail."""
        mask = self._segment(image)
        low, high = outline.min(0), outline.max(0)
        x, y = (low + high) / 2
        reach = NEAR * float(high[1] - low[1])
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        right, bottom = min(image.shape[1], int(x + reach)), min(image.shape[0], int(y + reach))
        near = self._segment(image[top:bottom, left:right])
        mask[top:bottom, left:right] += _feather(near.shape) * (near - mask[top:bottom, left:right])
        return mask

    def _segment(self, image: Image) -> Array:
        """The network's mask of the whole picture, averaged with that of its mirror image, at the picture's size."""
        small = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)[None] / 255
        straight = self._network(small)[0].reshape(SIDE, SIDE)
        mirrored = self._network(np.ascontiguousarray(small[:, :, ::-1]))[0].reshape(SIDE, SIDE)[:, ::-1]
        mask = (straight + mirrored) / 2
        return cv2.resize(mask, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)


def _corrected(mask: Array, wider: Array) -> Array:
    """The mask, but background or person where the wider view is sure of it; near its own edges it knows less than the mask."""
    reach = max(3, round(max(mask.shape) * MARGIN))
    window = np.ones((2 * reach + 1,) * 2, np.uint8)
    outside, inside = (cv2.erode(sure.astype(np.uint8), window) > 0 for sure in (wider < SURE[0], wider > SURE[1]))
    return np.where(outside, 0, np.where(inside, 1, mask)).astype(np.float32)


def _stretched(mask: Array, limits: tuple[float, float]) -> Array:
    """The values between the limits spread over 0..1."""
    return np.clip((mask - limits[0]) / (limits[1] - limits[0]), 0, 1)


def _cut(image: Image, mask: Array, outline: Array) -> Array:
    """Person or background by colour, where ``mask`` does not know for certain; only what hangs together with the face."""
    height, width = mask.shape
    scale = min(1.0, CUT_SIDE / max(height, width))
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    guess = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * CUT_MARGIN + 1, 2 * CUT_MARGIN + 1))
    labels = np.where(guess > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode((guess > CERTAIN[1]).astype(np.uint8), kernel) > 0] = cv2.GC_FGD
    labels[cv2.erode((guess < CERTAIN[0]).astype(np.uint8), kernel) > 0] = cv2.GC_BGD
    labels[_filled(outline * scale, labels.shape) > 0.5] = cv2.GC_FGD
    if not {cv2.GC_BGD, cv2.GC_PR_BGD} & set(np.unique(labels)):  # a face that fills the frame: nothing to separate
        return np.ones_like(mask)
    cv2.setRNGSeed(0)
    anywhere, person_colours, background_colours = (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, anywhere, background_colours, person_colours, CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    _, parts = cv2.connectedComponents(person)
    x, y = np.clip(np.round(outline.mean(0) * scale).astype(int), 0, np.array(size) - 1)
    face_part = cv2.GaussianBlur((parts == parts[y, x]).astype(np.float32), (0, 0), 0.7)
    return cv2.resize(face_part, (width, height), interpolation=cv2.INTER_LINEAR)


def _filled(outline: Array, shape: tuple[int, ...]) -> Array:
    """1 inside the outline of the face, with a soft edge."""
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1.0, lineType=cv2.LINE_AA)
    return mask


def _feather(shape: tuple[int, ...]) -> Array:
    """1 in the middle of a rectangle, falling to 0 at its edges over an eighth of its sides."""
    y, x = (np.clip(np.minimum(np.arange(n) + 1, n - np.arange(n)) / (n / 8), 0, 1) for n in shape[:2])
    return (y[:, None] * x[None, :]).astype(np.float32)


def _guided_filter(image: Image, mask: Array, radius: int, regularisation: float) -> Array:
    """The mask as a locally linear function of the picture's colours.

    The coefficients are found in a smaller picture (He, Sun 2015, "Fast Guided Filter"): they vary slowly.
    """
    step = max(1, round(max(mask.shape) / FILTER_SIDE))
    size = (max(1, mask.shape[1] // step), max(1, mask.shape[0] // step))
    window = (2 * (radius // step) + 1,) * 2

    def mean(values: Array) -> Array:
        return cv2.boxFilter(values, cv2.CV_32F, window, borderType=cv2.BORDER_REFLECT)

    guide = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    mean_guide, mean_mask = mean(guide), mean(small)
    covariance = mean(guide * small[..., None]) - mean_guide * mean_mask[..., None]
    edge = cv2.dilate(((small > 0) & (small < 1)).astype(np.uint8), np.ones(window, np.uint8)) > 0  # elsewhere the mask is even
    variance = np.empty((*small.shape, 3, 3), np.float32)
    for row in range(3):
        for column in range(row, 3):
            product = mean(guide[..., row] * guide[..., column]) - mean_guide[..., row] * mean_guide[..., column]
            variance[..., row, column] = variance[..., column, row] = product
    variance += regularisation * np.eye(3, dtype=np.float32)
    slope = np.zeros_like(guide)
    slope[edge] = np.linalg.solve(variance[edge], covariance[edge][..., None])[..., 0]
    offset = mean_mask - (slope * mean_guide).sum(-1)
    full = (mask.shape[1], mask.shape[0])
    full_slope = cv2.resize(mean(slope), full, interpolation=cv2.INTER_LINEAR)
    full_offset = cv2.resize(mean(offset), full, interpolation=cv2.INTER_LINEAR)
    return (full_slope * (image.astype(np.float32) / 255)).sum(-1) + full_offset
