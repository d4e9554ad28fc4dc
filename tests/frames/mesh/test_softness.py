"""A photo that was enlarged or out of focus before is noticed."""

from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.frames.mesh.softness import apparent_magnification


def test_a_sharp_face_keeps_its_magnification_and_a_soft_one_gets_more(hopper):
    sharp = apparent_magnification(hopper.portrait.image, hopper.portrait.landmarks)
    assert sharp < 1
    soft = [
        apparent_magnification(cv2.GaussianBlur(hopper.portrait.image, (0, 0), sigma), hopper.portrait.landmarks)
        for sigma in (1.5, 2.5, 4.0)
    ]
    assert sharp < soft[0] < soft[1] < soft[2]
    assert soft[1] > 1.5


def test_enlarging_is_seen_but_not_overrated(hopper):
    for factor in (2, 4, 6):
        large = cv2.resize(hopper.portrait.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        assert apparent_magnification(large, hopper.portrait.landmarks * factor) < factor + 0.5
    assert apparent_magnification(large, hopper.portrait.landmarks * factor) > 2


def test_an_even_picture_has_no_softness_to_speak_of(hopper):
    even = np.full_like(hopper.portrait.image, 128)
    assert np.isfinite(apparent_magnification(even, hopper.portrait.landmarks))
