from __future__ import annotations

import numpy as np

from heygen_studio.frames.mesh.background import fill, split_layers
from heygen_studio.frames.mesh.topology import FACE_OVAL


def test_the_layers_are_the_photo(face):
    portrait = face.portrait
    layers = split_layers(portrait.image, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2])
    alpha = layers.foreground[..., 3:] / 255
    again = layers.foreground[..., :3] + (1 - alpha) * layers.background
    assert np.abs(again - portrait.image).max() <= 1.5


def test_the_person_is_gone_from_the_background(face):
    """Where the face was, the filled background is smooth: no eyes, no mouth."""
    portrait = face.portrait
    layers = split_layers(portrait.image, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2])
    rows, columns = face.box(FACE_OVAL)
    inside = layers.background[rows, columns].astype(float)
    steps = np.abs(np.diff(inside, axis=1)).max()
    assert steps < 0.25 * np.abs(np.diff(portrait.image[rows, columns].astype(float), axis=1)).max()


def test_fill_keeps_what_is_known_and_continues_it():
    image = np.zeros((64, 96, 3), np.uint8)
    image[..., 0] = np.arange(96) * 2
    known = np.ones((64, 96), np.float32)
    known[20:40, 30:60] = 0
    damaged = image.copy()
    damaged[20:40, 30:60] = 255
    filled = fill(damaged, known)
    assert np.array_equal(filled[known == 1], image[known == 1])
    assert np.abs(filled[20:40, 30:60, 0].astype(int) - image[20:40, 30:60, 0]).mean() < 15
    assert filled[20:40, 30:60, 1:].max() <= 12


def test_a_matte_that_finds_nobody_still_gives_the_photo(hopper):
    portrait = hopper.portrait
    for matte in (np.zeros_like(portrait.matte), np.ones_like(portrait.matte)):
        layers = split_layers(portrait.image, matte, portrait.landmarks[list(FACE_OVAL), :2])
        again = layers.foreground[..., :3] + (1 - layers.foreground[..., 3:] / 255) * layers.background
        assert np.abs(again - portrait.image).max() <= 1.5
