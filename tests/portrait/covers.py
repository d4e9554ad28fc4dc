"""Changes to a photo that tests make: things before the mouth, beards, bad light."""

from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.portrait.headpose import face_width
from heygen_studio.portrait.portrait import Image
from heygen_studio.portrait.windows import LIPS, OUTER_LOWER, OUTER_UPPER

# From ear to ear below the eyes and around the chin.
# fmt: off
MASK = (
    234, 227, 116, 117, 118, 197, 347, 346, 345, 447, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93,
)
# fmt: on


def covered(photo: Image, points: np.ndarray, kind: str) -> Image:
    """The photo with a "mask", "hand", "cup", "tape" or "scarf" before the mouth."""
    width, (x, y) = face_width(points), points[LIPS, :2].mean(0)
    skin = np.median(photo[tuple(np.round(points[[50, 280, 205, 425], :2]).astype(int).T[::-1])], 0)
    cover = np.zeros(photo.shape[:2], np.float32)
    layer = np.zeros_like(photo)
    if kind == "mask":
        cv2.fillPoly(cover, [points[list(MASK), :2].astype(np.int32)], 1.0)
        layer[:] = 150, 190, 210
    elif kind == "hand":
        layer[:] = skin
        for finger in range(4):
            at = int(x + 0.02 * width), int(y + width * (-0.16 + 0.115 * finger))
            cv2.ellipse(cover, at, (int(width * 0.42), int(width * 0.068)), -18, 0, 360, 1.0, -1)
            cv2.ellipse(layer, at, (int(width * 0.42), int(width * 0.068)), -18, 0, 360, (skin * 0.7).tolist(), 2)
    elif kind == "cup":
        outline = np.array([[-0.3, -0.1], [0.3, -0.1], [0.24, 0.6], [-0.24, 0.6]]) * width + [x, y]
        cv2.fillPoly(cover, [outline.astype(np.int32)], 1.0)
        layer[:] = 225
    elif kind == "tape":
        cv2.rectangle(cover, (int(x - 0.3 * width), int(y - 0.18 * width)), (int(x + 0.3 * width), int(y + 0.18 * width)), 1.0, -1)
        layer[:] = skin
    elif kind == "scarf":
        cover[int(y - 0.2 * width) : int(points[152, 1] + 0.3 * width), int(x - 0.8 * width) : int(x + 0.8 * width)] = 1
        weave = np.random.default_rng(0).normal(0, 1, photo.shape[:2]).astype(np.float32)
        layer = np.clip(cv2.GaussianBlur(weave, (0, 0), 3)[..., None] * 150 + [150, 40, 50], 0, 255).astype(np.uint8)
    else:
        raise ValueError(kind)
    cover = cv2.GaussianBlur(cover, (0, 0), 1)[..., None]
    return (layer * cover + photo * (1 - cover)).astype(np.uint8)


def changed(photo: Image, points: np.ndarray, kind: str) -> Image:
    """The photo with a "beard" or "face paint", of "dark skin", "dark", "grey", "blurred" or "noisy"."""
    light = photo.astype(np.float32) / 255
    width = face_width(points)
    if kind == "dark":
        light = light * 0.25
    elif kind == "grey":
        light = np.repeat(light.mean(-1, keepdims=True), 3, 2)
    elif kind == "dark skin":
        light = light**1.6 * [0.62, 0.5, 0.42]
    elif kind == "face paint":
        light = 0.45 * light + 0.55 * np.array([0.95, 0.95, 0.98])
    elif kind == "blurred":
        light = cv2.GaussianBlur(light, (0, 0), width * 0.012)
    elif kind == "noisy":
        light = light + np.random.default_rng(0).normal(0, 0.08, light.shape)
    elif kind == "beard":
        hair, lips = np.zeros(light.shape[:2], np.float32), np.zeros(light.shape[:2], np.float32)
        cv2.fillPoly(hair, [points[list(MASK), :2].astype(np.int32)], 0.85)
        cv2.fillPoly(lips, [points[[*OUTER_UPPER, *OUTER_LOWER[::-1]], :2].astype(np.int32)], 1.0)
        hair[: int(points[2, 1])] = 0
        share = (cv2.GaussianBlur(hair, (0, 0), width * 0.02) * (1 - cv2.GaussianBlur(lips, (0, 0), width * 0.008)))[..., None]
        strands = np.random.default_rng(0).uniform(0.05, 0.3, (*light.shape[:2], 1)) * [1, 0.8, 0.65]
        light = strands * share + light * (1 - share)
    else:
        raise ValueError(kind)
    return np.clip(light * 255, 0, 255).astype(np.uint8)
