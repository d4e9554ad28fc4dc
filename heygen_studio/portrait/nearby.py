"""Person or background, by the nearest colours of what is certainly one or the other.

They tell a black hat from a dark blue flag where a network and the colours of the whole picture do not (as in Wang, Cohen, "Optimized
Color Sampling for Robust Matting", CVPR 2007).
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from .network import Array
from .portrait import Image

Mask = npt.NDArray[np.bool_]

#: The shorter side of the picture in which colours are compared, and how far inside and outside the guess its edge may lie, pixels.
SIDE, INSIDE, OUTSIDE = 320, 6, 6
#: How far apart two colours (levels of Lab) and two places (parts of the shorter side) count the same.
COLOUR_APART, PLACE_APART = 4.0, 0.2
#: A colour so far (squared) from one side's is strange to it; two colours this close are the same.
STRANGE, SAME = 0.5, 0.1
#: Of the samples within this part of the shorter side every so manyth is asked, and the nearest is found to within this part.
AROUND, EVERY, NEARLY = 0.05, 3, 0.5
#: How much the guess counts beside the colours, and over how many pixels their opinions are averaged.
GUESS_COUNTS, TOGETHER = 0.15, 1.0
#: What hangs together with the person has more than this share.
CONNECTED = 0.3


def by_nearby_colours(image: Image, guess: Array) -> Array:
    """The person's share of every pixel [H, W], 0-1: a rough ``guess`` [H, W] with its edge moved to where the colours change sides."""
    scale = min(1.0, SIDE / min(guess.shape))
    size = (max(1, round(guess.shape[1] * scale)), max(1, round(guess.shape[0] * scale)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    rough = cv2.resize(guess, size, interpolation=cv2.INTER_AREA)
    person, nobody = _certain(rough)
    unknown = ~person & ~nobody
    if not unknown.any():
        return guess
    found, certainty = _sides(small, person, nobody)
    weight = np.where(unknown, GUESS_COUNTS, 1).astype(np.float32)
    value = weight * np.where(person, 1, np.where(nobody, 0, rough)).astype(np.float32)
    weight[unknown] += certainty
    value[unknown] += certainty * found
    average = cv2.GaussianBlur(value, (0, 0), TOGETHER) / cv2.GaussianBlur(weight, (0, 0), TOGETHER)
    share = _one_piece(np.where(unknown, average, person).astype(np.float32))
    return cv2.resize(share, (guess.shape[1], guess.shape[0]), interpolation=cv2.INTER_LINEAR)


def _certain(guess: Array) -> tuple[Mask, Mask]:
    """Where the guess is person for certain, and where background. The picture's border is no edge of the person."""
    margin = INSIDE + OUTSIDE
    framed = cv2.copyMakeBorder((guess > 0.5).astype(np.uint8), *(margin,) * 4, cv2.BORDER_REPLICATE)
    person, anyone = cv2.erode(framed, _disc(INSIDE)) > 0, cv2.dilate(framed, _disc(OUTSIDE)) > 0
    return person[margin:-margin, margin:-margin], ~anyone[margin:-margin, margin:-margin]


def _sides(image: Image, person: Mask, nobody: Mask) -> tuple[Array, Array]:
    """For each pixel [n] that is certainly neither, whether its colour is the person's, 0 or 1, and how certain that is, 0-1."""
    unknown = ~person & ~nobody
    shorter = min(unknown.shape)
    reach = max(3, round(AROUND * shorter))
    near = cv2.dilate(unknown.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
    smooth = cv2.GaussianBlur(image.astype(np.float32) / 255, (0, 0), 0.7)
    places = np.stack(np.meshgrid(np.arange(unknown.shape[1]), np.arange(unknown.shape[0])), axis=-1) / (PLACE_APART * shorter)
    features = np.dstack([cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB) / COLOUR_APART, places])
    apart = []
    for side in (person, nobody):
        samples = features[near & side][::EVERY]
        if not len(samples):
            return np.zeros(unknown.sum(), np.float32), np.zeros(unknown.sum(), np.float32)
        distance, _ = cKDTree(samples).query(features[unknown], eps=NEARLY)
        apart.append(distance**2 + SAME)
    inside, outside = apart
    balance = (outside - inside) / (outside + inside)
    strange = 1 - np.exp(-np.maximum(inside, outside) / STRANGE)  # to the other side
    return (balance > 0).astype(np.float32), (balance**2 * strange).astype(np.float32)


def _disc(radius: int) -> npt.NDArray[Any]:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _one_piece(share: Array) -> Array:
    """Only the largest part that hangs together, with its soft edge: a cord beside a hat is no piece of it."""
    _, parts, statistics, _ = cv2.connectedComponentsWithStats((share > CONNECTED).astype(np.uint8))
    if len(statistics) < 3:
        return share
    largest = (parts == 1 + statistics[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)
    return np.where(cv2.dilate(largest, _disc(2)) > 0, share, 0).astype(np.float32)
