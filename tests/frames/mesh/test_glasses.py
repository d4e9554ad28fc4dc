from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from heygen_studio.frames.mesh.glasses import dark_lenses
from heygen_studio.frames.mesh.rig import prepare_rig
from heygen_studio.frames.mesh.topology import EYES

from ..conftest import Face


@pytest.fixture(scope="module")
def in_sunglasses(astronaut) -> Face:
    """The astronaut in dark glasses with a glint on each."""
    image, per_mm = astronaut.portrait.image.copy(), astronaut.rig.mouth.head.px_per_mm
    for eye in EYES:
        middle = astronaut.portrait.landmarks[list(eye.opening), :2].mean(axis=0)
        for at, axes, colour in ((middle, (30, 22), (22, 20, 24)), (middle - [6 * per_mm, 5 * per_mm], (2, 2), (240, 240, 235))):
            cv2.ellipse(image, at.round().astype(int).tolist(), [round(axis * per_mm) for axis in axes], 0, 0, 360, colour, -1, cv2.LINE_AA)
    portrait = replace(astronaut.portrait, image=image)
    return Face(portrait, prepare_rig(portrait))


def test_dark_lenses_are_told_from_eyes(face, in_sunglasses):
    assert dark_lenses(in_sunglasses.portrait.image, in_sunglasses.portrait.landmarks) == (True, True)
    assert dark_lenses(face.portrait.image, face.portrait.landmarks) == (False, False)
    assert dark_lenses(face.portrait.image // 4, face.portrait.landmarks) == (False, False)


def test_nothing_blinks_or_looks_about_on_dark_glasses(in_sunglasses):
    still, *others = in_sunglasses.draw(*["silence"] * 4, blink=[0, 0.5, 1, 0], gaze=[[0, 0], [0, 0], [0, 0], [2, 1]], lids=[0, 0, 0, 1])
    for frame in others:
        assert np.abs(frame.astype(int) - still).max() <= 1
