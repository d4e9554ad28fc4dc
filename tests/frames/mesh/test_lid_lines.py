from __future__ import annotations

import numpy as np
import pytest

from heygen_studio.frames.mesh.lid_lines import ALONG, lid_line
from heygen_studio.frames.mesh.skin_seen import look
from heygen_studio.frames.mesh.topology import EYES


def turns(line):
    """How often a line changes the side to which it bends, between the eye's corners."""
    bend = np.diff(line[(ALONG > 0) & (ALONG < 1), 1], n=2)
    return int((np.diff(np.sign(bend[np.abs(bend) > 1e-3])) != 0).sum())


def landmarks(face, eye, lid):
    return face.portrait.landmarks[[eye.outer, *lid, eye.inner], :2].astype(float)


@pytest.mark.parametrize("eye", EYES)
def test_the_margin_of_a_lid_on_its_way_does_not_wave(face, eye):
    upper, lower = (lid_line(landmarks(face, eye, lid)) for lid in (eye.upper, eye.lower))
    for blink in np.linspace(0, 1, 11):
        assert turns(upper + blink * (lower - upper)) <= 2


@pytest.mark.parametrize("eye", EYES)
def test_a_margin_keeps_to_its_landmarks(face, eye):
    """Through both corners, and near all others (mm)."""
    for lid in (eye.upper, eye.lower):
        points, line = landmarks(face, eye, lid), lid_line(landmarks(face, eye, lid))
        nearest = np.linalg.norm(points[:, None] - line[None], axis=2).min(axis=1) / face.rig.mouth.head.px_per_mm
        assert nearest.max() < 1.5


def test_an_eye_that_reaches_past_its_corners_is_longer_there_only(hopper):
    points = landmarks(hopper, EYES[0], EYES[0].upper)
    line, wider = lid_line(points), lid_line(points, (4.0, 0.0))
    moved = np.linalg.norm(wider - line, axis=1)
    assert moved[np.abs(ALONG).argmin()] == pytest.approx(4, abs=0.4) and moved[ALONG > 0.5].max() < 1e-9


def test_the_lids_of_a_large_face_are_looked_up_too():
    """A video of 1600 x 1600 has lids of more points than OpenCV takes in a row."""
    picture = np.arange(300 * 200, dtype=np.float32).reshape(200, 300)
    points = np.stack(np.meshgrid(np.arange(300.0), np.arange(200.0)), axis=-1)
    assert (look(picture, points) == picture).all()
