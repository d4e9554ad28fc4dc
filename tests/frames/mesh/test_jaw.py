"""A photo of a wide-open mouth: its jaw closes, and its lips are no thicker for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from heygen_studio.frames.mesh.jaw import closes_with_gap
from heygen_studio.frames.mesh.rig import FrameDrawer, prepare_rig
from heygen_studio.frames.mesh.topology import CHIN
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.weights import fetch

from ..conftest import Face, motion


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return FaceTracker(fetch("face-landmarker"))


@pytest.fixture(scope="module")
def shouting(hopper, tracker) -> Face:
    """Hopper, photographed with her mouth wide open."""
    rows = motion("aa")
    rows.mouth[0] *= 2
    photo = FrameDrawer(hopper.rig).draw(rows, 0).copy()
    portrait = replace(hopper.portrait, image=photo, landmarks=tracker.mesh(photo, tracker.detect(photo)[0])[0])
    return Face(portrait, prepare_rig(portrait))


def thickness(lip: np.ndarray) -> float:
    """Of a lip [4, 21, 3] in its middle, mm."""
    return float(abs(lip[0, 10, 1] - lip[-1, 10, 1]))


def test_a_shout_closes_to_the_face_at_rest(hopper, shouting, tracker):
    (closed,) = shouting.draw("silence")
    chin = [points[CHIN, 1] for points in (hopper.portrait.landmarks, shouting.portrait.landmarks)]
    chin.append(tracker.mesh(closed, tracker.detect(closed)[0])[0][CHIN, 1])
    assert chin[1] > chin[0] + 8  # the photo's mouth hangs open
    assert abs(chin[2] - chin[0]) < 3
    lips, own = shouting.rig.mouth.lips, hopper.rig.mouth.lips
    assert thickness(lips.rest_upper) < 1.3 * thickness(own.rest_upper)
    assert thickness(lips.rest_lower) < 1.3 * thickness(own.rest_lower)


def test_smiles_are_closed_by_the_lips_and_shouts_by_the_jaw():
    assert closes_with_gap(8, 60) == closes_with_gap(4, 60) < 0.5 * closes_with_gap(22, 55)
