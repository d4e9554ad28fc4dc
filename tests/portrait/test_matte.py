"""The matte holds the person, keeps to their edge, and leaves the background out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from heygen_studio.portrait.headpose import OVAL
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.matte import PersonMatte
from heygen_studio.portrait.portrait import Image
from heygen_studio.weights import fetch


@pytest.fixture(scope="module")
def person_matte() -> PersonMatte:
    return PersonMatte(fetch("selfie-matte"))


@pytest.fixture(scope="module")
def matte(person_matte: PersonMatte, hopper_photo: Image, hopper_points: np.ndarray) -> np.ndarray:
    return person_matte(hopper_photo, hopper_points)


def test_shape_and_range(matte: np.ndarray, hopper_photo: Image) -> None:
    assert matte.shape == hopper_photo.shape[:2]
    assert matte.dtype == np.float32
    assert matte.min() >= 0
    assert matte.max() <= 1


def test_the_face_is_inside(matte: np.ndarray, hopper_points: np.ndarray) -> None:
    face = np.zeros(matte.shape, np.uint8)
    cv2.fillPoly(face, [np.round(hopper_points[list(OVAL), :2]).astype(np.int32)], 1)
    inner = cv2.erode(face, np.ones((5, 5), np.uint8))
    assert matte[inner > 0].min() > 0.99


def test_person_and_background_where_a_person_sees_them(matte: np.ndarray) -> None:
    """Read by eye from the stock portrait: hat, jacket; sky-blue wall, flag."""
    for x, y in ((270, 80), (265, 140), (150, 500), (300, 550), (380, 560)):
        assert matte[y, x] > 0.95, (x, y)
    for x, y in ((420, 100), (450, 250), (430, 330), (60, 150), (80, 280)):
        assert matte[y, x] < 0.05, (x, y)


def test_few_pixels_are_in_between(matte: np.ndarray) -> None:
    assert ((matte > 0.05) & (matte < 0.95)).mean() < 0.06


def test_a_background_that_was_changed_is_left_out(
    person_matte: PersonMatte, matte: np.ndarray, hopper_photo: Image, hopper_points: np.ndarray
) -> None:
    """Before a green wall the matte is nearly the same: it follows the person, not the colours."""
    alpha = matte[..., None]
    before_green = (hopper_photo * alpha + np.array([40, 160, 60]) * (1 - alpha)).astype(np.uint8)
    again = person_matte(before_green, hopper_points)
    assert np.abs(again - matte).mean() < 0.03


def test_full_body_photo(tracker: FaceTracker, person_matte: PersonMatte, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    """The person takes a small part of a wide photo, off its centre."""
    wide = np.full((700, 1400, 3), (170, 175, 180), np.uint8)
    alpha = person_matte(hopper_photo, hopper_points)[..., None]
    person = (hopper_photo * alpha + wide[:600, :512] * (1 - alpha)).astype(np.uint8)
    wide[100:, 60:572] = person
    found = person_matte(wide, hopper_points + np.array([60, 100, 0], np.float32))
    assert np.abs(found[100:, 60:572] - alpha[..., 0]).mean() < 0.04
    assert found[:, 650:].max() < 0.05


def test_same_picture_same_matte(person_matte: PersonMatte, matte: np.ndarray, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    assert (person_matte(hopper_photo, hopper_points) == matte).all()
