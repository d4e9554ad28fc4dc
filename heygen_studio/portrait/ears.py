"""Ears, which a network that sees people as a whole takes for background where a photo's edge cuts them off."""

from __future__ import annotations

import cv2
import numpy as np

from .headpose import OVAL, face_width
from .network import Array
from .portrait import Image

#: Where ears join the outline of the face: points and side of the picture. How far they reach beyond it, in widths of the face.
ROOTS, REACH = (((162, 127, 234, 93), -1), ((389, 356, 454, 323), 1)), 0.17
#: Over this part of the face's width colours are averaged.
BLUR = 0.005

#: Colours this close to the face's (a and b of Lab) are surely and hardly skin; a face less coloured than this tells nothing.
SKIN, COLOURLESS = (10.0, 15.0), 12.0


def ears(image: Image, landmarks: Array) -> Array:
    """float32 [H, W]: 1 where what lies beside the face with the mesh [478, 3] has the colour of its skin, else 0."""
    result = np.zeros(image.shape[:2], np.float32)
    width = face_width(landmarks)
    outward = (landmarks[454, :2] - landmarks[234, :2]) * REACH
    zones = [np.vstack([landmarks[list(roots), :2], landmarks[list(roots), :2] + side * outward]) for roots, side in ROOTS]
    outline = landmarks[list(OVAL), :2]
    every = np.vstack([*zones, outline])
    (left, top), (right, bottom) = np.maximum(every.min(0), 0).astype(int), np.maximum(every.max(0) + 1, 1).astype(int)
    part = image[top:bottom, left:right]
    colours = cv2.cvtColor(cv2.GaussianBlur(part, (0, 0), BLUR * width).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1:]
    face, beside = np.zeros((2, *part.shape[:2]), np.uint8)
    cv2.fillPoly(face, [np.round(outline - [left, top]).astype(np.int32)], 1)
    for zone in zones:
        cv2.fillConvexPoly(beside, cv2.convexHull(np.round(zone - [left, top]).astype(np.int32)), 1)
    skin = np.median(colours[face > 0], axis=0)
    if np.linalg.norm(skin) > COLOURLESS:
        apart = np.linalg.norm(colours - skin, axis=2)
        result[top:bottom, left:right] = beside * np.clip((SKIN[1] - apart) / (SKIN[1] - SKIN[0]), 0, 1)
    return result
