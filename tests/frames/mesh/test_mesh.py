from __future__ import annotations

import numpy as np

from ..conftest import SOUNDS


def areas(points, triangles):
    a, b, c = (points[triangles[:, k]] for k in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])


def test_the_mesh_covers_the_frame(face):
    mesh = face.rig.mesh
    low, high = mesh.texture.min(axis=0), mesh.texture.max(axis=0)
    assert (low < 0).all() and (high > np.array(face.portrait.size)).all()


def test_every_landmark_but_lips_and_irises_is_a_vertex(face):
    mesh = face.rig.mesh
    for landmark, vertex in mesh.landmark.items():
        assert np.allclose(mesh.texture[vertex], face.portrait.landmarks[landmark, :2], atol=1e-3)
    assert len(mesh.landmark) == 388


def test_the_lips_are_not_sewn_together(face):
    """No skin triangle joins the inside of the upper lip with the inside of the lower one."""
    mesh = face.rig.mesh
    upper, lower = set(mesh.upper[1:, 1:-1].ravel()), set(mesh.lower[1:, 1:-1].ravel())
    for triangle in mesh.triangles[mesh.skin]:
        assert not (upper & set(triangle) and lower & set(triangle))


def test_the_chin_slides_over_the_neck(face):
    """What folds when the jaw drops is drawn before the face, and outside it only."""
    mesh = face.rig.mesh
    inside = ~np.isin(mesh.triangles, mesh.grid).any(axis=1)
    assert mesh.neck.sum() >= 16 and not inside[mesh.neck].any()
    assert np.flatnonzero(mesh.neck).max() < np.flatnonzero(inside & mesh.skin).min()


def test_no_triangle_folds_over_the_range_of_motion(face):
    """A fold of under a square millimetre, at the very corners of the lips, cannot be seen."""
    rig = face.rig
    triangles = rig.mesh.triangles[rig.mesh.skin & ~rig.mesh.neck]
    facing = np.sign(np.median(areas(rig.mesh.texture, triangles)))
    dice = np.random.default_rng(0)
    sounds = np.array(list(SOUNDS.values()))
    for _ in range(120):
        row = dice.dirichlet(np.full(len(sounds), 0.25)) @ sounds
        angles, shift = dice.uniform(-1, 1, 3) * [6, 4, 3], dice.uniform(-1, 1, 2)
        vertices = rig.deformer.vertices(
            row,
            brow=dice.uniform(-2, 3),
            slant=dice.uniform(-3, 3.5),
            lids=dice.uniform(-1, 1),
            blink=dice.choice([0, dice.uniform(), 1]),
            gaze=dice.uniform(-1, 1, 2) * [1.8, 0.9],
            smile=dice.uniform(-1, 1),
        )
        pixels = rig.poser.to_image(vertices, rig.poser.pose(angles, shift), breath=1.0)
        folded = np.maximum(-facing * areas(pixels, triangles) / 2, 0) / rig.mouth.head.px_per_mm**2
        assert folded.max() < 0.6 and folded.sum() < 5.0
