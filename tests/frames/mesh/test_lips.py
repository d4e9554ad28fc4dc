from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.frames.mesh.lips import lip_shape, opening

from ..conftest import SOUNDS

rows = st.tuples(
    st.floats(0, 11), st.floats(-1, 1), st.floats(0, 1.1), st.floats(0, 8), st.floats(0, 1.2), st.floats(0, 1.2),
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip


def test_the_photo_tells_open_from_closed(hopper, astronaut):
    assert not hopper.rig.deformer.lips.opened
    assert astronaut.rig.deformer.lips.opened and astronaut.rig.deformer.lips.source_gap > 5


def test_closure_brings_both_lips_onto_one_line(face):
    upper, lower = lip_shape(face.rig.deformer.lips, SOUNDS["pbm"])
    assert np.abs(upper[-1] - lower[-1]).max() < 1e-9


def test_closed_lips_of_the_photo_are_their_own_rest(hopper):
    lips = hopper.rig.deformer.lips
    upper, lower = lip_shape(lips, SOUNDS["silence"])
    assert np.abs(upper[1:, 1:-1] - lips.source_upper[1:, 1:-1]).max() < 0.06
    assert np.abs(lower[1:, 1:-1] - lips.source_lower[1:, 1:-1]).max() < 0.06


@pytest.mark.parametrize("aperture", [1.0, 3.0, 6.0, 10.0])
def test_the_lips_open_by_the_aperture(face, aperture):
    row = np.zeros(9)
    row[0] = aperture
    assert opening(*lip_shape(face.rig.deformer.lips, row)) == pytest.approx(aperture, rel=0.03)


def test_rounding_narrows_the_mouth_by_a_fifth_and_more(face):
    lips = face.rig.deformer.lips

    def width(sound):
        upper, _ = lip_shape(lips, SOUNDS[sound])
        return np.ptp(upper[0, :, 0])

    assert width("uw") < 0.8 * width("silence")
    assert width("iy") > width("silence")


@given(row=rows, smile=st.floats(-1, 1))
def test_lips_never_cross(hopper, row, smile):
    upper, lower = lip_shape(hopper.rig.deformer.lips, row, smile)
    assert (lower[-1, :, 1] - upper[-1, :, 1]).min() >= -1e-9
    assert np.isfinite(upper).all() and np.isfinite(lower).all()
    assert (np.diff(upper[:, 1:-1, 1], axis=0) >= 0).all() and (np.diff(lower[:, 1:-1, 1], axis=0) <= 0).all()


def test_a_smile_lifts_and_widens_the_corners(face):
    lips = face.rig.deformer.lips
    (sad, _), (glad, _) = (lip_shape(lips, SOUNDS["silence"], smile) for smile in (-1, 1))
    assert (glad[-1, [0, -1], 1] < sad[-1, [0, -1], 1] - 2).all()
    assert np.ptp(glad[-1, :, 0]) > np.ptp(sad[-1, :, 0])
