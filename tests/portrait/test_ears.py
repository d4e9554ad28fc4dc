"""Ears are found by the colour of the face beside it."""

from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.portrait.ears import ears
from heygen_studio.portrait.headpose import OVAL, face_width
from heygen_studio.portrait.portrait import Image


def beside(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two places beside the face at the height of the ears, (x, y)."""
    across = (points[454, :2] - points[234, :2]) / face_width(points)
    return tuple(points[cheek, :2] + side * 0.1 * face_width(points) * across for cheek, side in ((234, -1), (454, 1)))


def with_ears(photo: Image, points: np.ndarray, colour: tuple[int, ...], wall: tuple[int, ...]) -> Image:
    """Nothing but the face before a wall, and an ear on each side."""
    picture = np.full_like(photo, wall)
    for x, y in beside(points):
        cv2.circle(picture, (round(float(x)), round(float(y))), round(0.12 * face_width(points)), colour, -1)
    inside = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(points[list(OVAL), :2]).astype(np.int32)], 1)
    return np.where(inside[..., None] > 0, photo, picture)


def test_ears_of_the_face_s_colour_are_found_and_walls_are_not(hopper_photo: Image, hopper_points: np.ndarray) -> None:
    inside = np.zeros(hopper_photo.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(hopper_points[list(OVAL), :2]).astype(np.int32)], 1)
    skin = tuple(int(value) for value in np.median(hopper_photo[inside > 0], axis=0))
    found = ears(with_ears(hopper_photo, hopper_points, skin, (90, 110, 160)), hopper_points)
    none = ears(with_ears(hopper_photo, hopper_points, (90, 110, 160), (90, 110, 160)), hopper_points)
    for x, y in beside(hopper_points):
        assert found[int(y), int(x)] == 1
        assert none[int(y), int(x)] == 0
    assert found[:40].max() == 0


def test_without_colours_nothing_is_said(hopper_photo: Image, hopper_points: np.ndarray) -> None:
    grey = np.repeat(cv2.cvtColor(hopper_photo, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    assert ears(grey, hopper_points).max() == 0
