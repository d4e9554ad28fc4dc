from __future__ import annotations

import numpy as np
import pytest

from heygen_studio.frames.mesh.glasses import has_rims
from heygen_studio.frames.mesh.topology import CHIN, EYES, FOREHEAD_TOP, NOSE_TIP, OVER_BROWS

from ..conftest import SOUNDS


def moved(face, sound="silence", **tracks):
    return face.rig.deformer.vertices(SOUNDS[sound], **tracks) - face.rig.mesh.vertices


def test_nothing_moves_at_rest(hopper):
    assert np.abs(moved(hopper)).max() < 0.06


def test_the_chin_drops_with_the_jaw_and_the_nose_stays(face):
    change = moved(face, "aa") - moved(face)
    landmark = face.rig.mesh.landmark
    down, back = change[landmark[CHIN], 1:]
    assert np.hypot(down, back) == pytest.approx(0.95 * 7.5 + 0.12 * 10, rel=0.05)
    assert down > 3.5 and back > 0  # it swings about the ears
    assert np.abs(change[landmark[NOSE_TIP]]).max() < 0.1
    assert np.abs(change[landmark[FOREHEAD_TOP]]).max() < 1e-6


def test_the_skin_between_lips_and_chin_follows_in_between(face):
    change = moved(face, "aa") - moved(face)
    lip, between, chin = (
        change[face.rig.mesh.lower[0, 10], 1],
        change[face.rig.mesh.landmark[18], 1],
        change[face.rig.mesh.landmark[CHIN], 1],
    )
    assert min(lip, chin) - 1.0 < between < max(lip, chin) + 1.0


def test_brows_rise_smoothly_and_leave_the_eyes(face):
    change = moved(face, brow=2.0) - moved(face)
    mesh = face.rig.mesh
    for eye in EYES:
        assert np.abs(change[[mesh.landmark[i] for i in eye.opening]]).max() < 1e-6
    for landmarks in (OVER_BROWS[:5], OVER_BROWS[5:]):
        brow = -change[[mesh.landmark[i] for i in landmarks], 1]
        assert brow.min() > 0.6
        assert np.abs(np.diff(brow)).max() < 0.7  # no kink between neighbours


def test_slanted_brows_rise_within_and_sink_without_and_draw_together(face):
    landmark = face.rig.mesh.landmark
    worried, angry = moved(face, slant=3.0) - moved(face), moved(face, slant=-2.0) - moved(face)
    for inner, outer in ((107, 70), (336, 300)):
        assert worried[landmark[inner], 1] < -1.5 and worried[landmark[outer], 1] > 0.3
        assert angry[landmark[inner], 1] > 1.0 and angry[landmark[outer], 1] < -0.2
    for change in (worried, angry):
        assert change[landmark[107], 0] > 0.2 and change[landmark[336], 0] < -0.2


def test_glasses_do_not_bend_with_the_brows(hopper, astronaut):
    assert has_rims(hopper.portrait.image, hopper.portrait.landmarks)
    assert not has_rims(astronaut.portrait.image, astronaut.portrait.landmarks)
    mesh = hopper.rig.mesh
    change = np.abs(moved(hopper, brow=2.0, slant=3.0) - moved(hopper))
    assert change[[mesh.landmark[i] for eye in EYES for i in eye.crease]].max() < 0.3
    assert change[mesh.landmark[66], 1] > 1.5


def test_lids_narrow_and_widen_and_leave_the_corners(face):
    mesh = face.rig.mesh
    for lids in (1.0, -1.0):
        change = moved(face, lids=lids) - moved(face)
        for eye in EYES:
            assert lids * change[mesh.landmark[eye.upper[3]], 1] > 0.3 and lids * change[mesh.landmark[eye.lower[3]], 1] < -0.3
            assert np.abs(change[[mesh.landmark[eye.outer], mesh.landmark[eye.inner]]]).max() < 1e-9


def test_a_blink_lifts_only_the_lower_lids(face):
    change = moved(face, blink=1.0) - moved(face)
    mesh = face.rig.mesh
    for eye in EYES:
        assert (change[[mesh.landmark[i] for i in eye.lower[1:-1]], 1] < 0).all()
        assert np.abs(change[[mesh.landmark[i] for i in eye.upper]]).max() < 1e-9


def test_rounding_takes_the_smile_out_of_the_cheeks(astronaut):
    """The cheeks of a smiling portrait move down and in for /u/."""
    change = moved(astronaut, "uw") - moved(astronaut, "iy")
    left, right = (change[astronaut.rig.mesh.landmark[i]] for i in (206, 426))
    assert left[0] > 0.3 and right[0] < -0.3
