from __future__ import annotations

import cv2
import numpy as np
import pytest

from heygen_studio.frames.mesh.skin_grain import GIVEN_BACK, read_grain
from heygen_studio.frames.mesh.skin_seen import skin_likeness

SKIN = np.array([200.0, 150.0, 125.0])
PER_MM = 2.0
CHEEK = np.array([[80, 140], [120, 140], [120, 180], [80, 180]])


@pytest.fixture
def face():
    """A round, grainy face of 120 mm; an eye is a dark patch of it, [30:60, 60:130] in pixels of its upper half."""
    dice = np.random.default_rng(2)
    grain = 1 + 0.03 * dice.standard_normal((240, 240, 1))
    image = np.clip(SKIN * grain, 0, 255).astype(np.uint8)
    image[90:120, 90:150] = 30
    turns = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    return image, 120 + 118 * np.stack([np.cos(turns), np.sin(turns)], axis=1)


def wanted_over_the_eye():
    wanted = np.zeros((60, 100), np.float32)
    wanted[15:55, 15:85] = 1
    return wanted


def test_what_an_eye_hides_is_as_grainy_as_the_skin_around_it(face):
    image, oval = face
    grain = read_grain(image, oval, 200.0, [CHEEK], SKIN, PER_MM)
    wanted = wanted_over_the_eye()
    detail = grain.over(wanted, (70, 75))
    assert detail[wanted > 0].std() == pytest.approx(GIVEN_BACK * grain.usual, rel=0.25)
    assert np.array_equal(detail, grain.over(wanted, (70, 75)))


def test_what_shows_skin_keeps_its_own_grain(face):
    image, oval = face
    grain = read_grain(image, oval, 200.0, [CHEEK], SKIN, PER_MM)
    left, top = grain.corner
    detail = grain.over(wanted_over_the_eye(), (70, 75))
    own = grain.detail[75 - top : 135 - top, 70 - left : 170 - left]
    assert np.array_equal(detail[:12], own[:12]) and own[:12].std() > 0.5 * grain.usual


def test_a_face_that_shows_no_skin_lends_no_grain(face):
    image, oval = face
    grain = read_grain(np.full_like(image, 20), oval, 200.0, [CHEEK], SKIN, PER_MM)
    assert not grain.over(wanted_over_the_eye(), (70, 75)).any()


def test_a_strip_of_skin_between_brow_and_eye_is_no_glare():
    image = np.full((60, 120, 3), 50, np.uint8)
    image[24:34] = SKIN  # 5 mm
    image = cv2.GaussianBlur(image, (0, 0), 0.8)
    assert skin_likeness(image, SKIN, PER_MM)[28:30].min() > 0.9
    image[24:34] = 255
    assert skin_likeness(image, SKIN, PER_MM)[28:30].max() < 0.1
