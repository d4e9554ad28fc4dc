from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.frames.mesh.pose import rotation
from heygen_studio.frames.mesh.topology import NOSE_TIP


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(-30, 30))
def test_rotations_are_rotations(pitch, yaw, roll):
    turn = rotation(pitch, yaw, roll)
    assert np.allclose(turn @ turn.T, np.eye(3)) and np.linalg.det(turn) > 0


def posed(face, angles=(0, 0, 0), shift=(0, 0), breath=0.0):
    poser = face.rig.poser
    return poser.to_image(face.rig.mesh.vertices, poser.pose(angles, shift), breath)


def test_no_pose_is_the_photo(face):
    moving = face.rig.mesh.moving
    assert np.allclose(posed(face)[:moving], face.rig.mesh.texture[:moving])


def test_signs(face):
    nose = face.rig.mesh.landmark[NOSE_TIP]
    rest = posed(face)[nose]
    assert posed(face, (5, 0, 0))[nose, 1] > rest[1] + 2  # pitch: down
    assert abs(posed(face, (0, 5, 0))[nose, 0] - rest[0]) > 2  # yaw: sideways
    assert posed(face, shift=(2, 0))[nose, 0] > rest[0] + 1
    assert posed(face, shift=(0, 2))[nose, 1] > rest[1] + 1


def test_the_border_is_fixed_and_the_shoulders_breathe(face):
    mesh, (width, height) = face.rig.mesh, face.portrait.size
    change = posed(face, (6, 4, 3), (1, 1), 1.0) - mesh.texture
    grid = mesh.texture[mesh.grid]
    outside = ((grid <= 0) | (grid >= [width - 1, height - 1])).any(axis=1)
    assert np.abs(change[mesh.grid][outside]).max() < 1e-6
    shoulders = (grid[:, 1] > 0.75 * height) & (grid[:, 1] < 0.85 * height) & (np.abs(grid[:, 0] - width / 2) < 0.2 * width)
    breath = (posed(face, breath=1.0) - posed(face))[mesh.grid][shoulders]
    assert (breath[:, 1] < -0.1).all() and np.allclose(breath[:, 0], 0)
