from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.frames.mesh.head_frame import OUTER_EYE_DISTANCE_MM, head_frame


def test_there_and_back(face):
    head = head_frame(face.portrait.landmarks)
    points = np.asarray(face.portrait.landmarks, float)
    assert np.allclose(head.to_image(head.to_head(points)), points)
    assert np.allclose(head.axes.T @ head.axes, np.eye(3))


def test_axes_point_right_down_and_away(face):
    head = head_frame(face.portrait.landmarks)
    assert head.axes[0, 0] > 0.9 and head.axes[1, 1] > 0.9 and head.axes[2, 2] > 0.8
    nose = head.to_head(face.portrait.landmarks[1])
    assert nose[2] < -20  # a nose is well in front of the temples


@given(scale=st.floats(0.3, 6), right=st.floats(-500, 500), down=st.floats(-500, 500), turn=st.floats(-0.5, 0.5))
def test_millimetres_do_not_depend_on_size_place_or_roll(hopper, scale, right, down, turn):
    points = np.asarray(hopper.portrait.landmarks, float)
    roll = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    moved = points @ roll.T * scale + [right, down, 0]
    assert np.allclose(head_frame(moved).to_head(moved), head_frame(points).to_head(points), atol=1e-6)


def test_the_scale_is_the_distance_of_the_eyes(face):
    head = head_frame(face.portrait.landmarks)
    outer = head.to_head(face.portrait.landmarks[[33, 263]])
    assert np.isclose(np.linalg.norm(outer[0] - outer[1]), OUTER_EYE_DISTANCE_MM)
