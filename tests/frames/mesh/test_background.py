from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.frames.mesh.background import split_layers
from heygen_studio.frames.mesh.exemplar import distance_to
from heygen_studio.frames.mesh.topology import FACE_OVAL
from heygen_studio.portrait.fill import fill


def test_the_layers_are_the_photo(face):
    portrait = face.portrait
    layers = split_layers(portrait.image, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2])
    alpha = layers.foreground[..., 3:] / 255
    again = layers.foreground[..., :3] + (1 - alpha) * layers.background
    assert np.abs(again - portrait.image).max() <= 1.5


def test_the_distance_that_orders_the_filling_is_exact_to_the_last_bit():
    """OpenCV's differs from call to call in one thread; the same photo would get other backgrounds."""
    mask = np.zeros((260, 300), bool)
    points = np.random.default_rng(0).integers((0, 0), mask.shape, (12, 2))
    mask[tuple(points.T)] = True
    rows, columns = np.indices(mask.shape)
    squared = np.min([(rows - row) ** 2 + (columns - column) ** 2 for row, column in points], axis=0)
    threads, kept = cv2.getNumThreads(), []
    cv2.setNumThreads(1)
    for size in np.random.default_rng(0).integers(1, 300_000, 60):
        kept.append(np.empty(size, np.uint8))  # so that the next picture lies elsewhere in memory
        assert np.array_equal(distance_to(mask), np.sqrt(squared.astype(np.float32)))
    cv2.setNumThreads(threads)


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


def test_what_stands_beside_the_head_does_not_move_with_it(face):
    """Where the matte finds nobody there is no foreground: an object close to the head stays where it is."""
    portrait = face.portrait
    layers = split_layers(portrait.image, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2])
    beside = cv2.dilate(portrait.matte, np.ones((7, 7), np.uint8)) == 0
    assert np.array_equal(layers.background[beside], portrait.image[beside])
    assert layers.foreground[beside, 3].max() == 0


def test_a_line_on_the_wall_goes_on_behind_the_head(astronaut):
    """Before stripes, what a moving head uncovers is nearer to the wall than a smooth continuation is."""
    portrait = astronaut.portrait
    rows, columns = np.mgrid[: portrait.image.shape[0], : portrait.image.shape[1]]
    wall = np.where(((columns + rows // 3) % 46 < 18)[..., None], (200, 180, 150), (60, 50, 70))
    share = portrait.matte[..., None]
    photo = np.round(share * portrait.image + (1 - share) * wall).astype(np.uint8)
    layers = split_layers(photo, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2])
    nobody = (portrait.matte < 0.02).astype(np.uint8)
    uncovered = (nobody == 0) & (cv2.distanceTransform(1 - nobody, cv2.DIST_L2, 5) < 10)
    smooth = fill(photo, nobody.astype(np.float32))

    def wrong(picture):
        return (np.abs(picture[uncovered] - wall[uncovered]).max(axis=1) > 60).mean()

    assert wrong(layers.background) < 0.3
    assert wrong(layers.background) < wrong(smooth) / 2


def test_a_cord_beside_the_cap_hangs_still_while_the_head_moves(hopper):
    photo = hopper.portrait.image
    place = slice(67, 220), slice(127, 151)
    red, green, blue = (photo[place][..., channel].astype(int) for channel in range(3))
    gold = (red > 170) & (green > 90) & (blue < 110)
    assert gold.any(axis=1).all()
    for frame in hopper.draw("silence", "silence", pose=[(2.5, 4, 1.5), (2.5, -4, 2)], shift=[(1.2, 0.8), (-1.2, 0.8)]):
        changed = np.abs(frame[place].astype(int) - photo[place]).max(axis=2)[gold] > 40
        assert changed.mean() < 0.03


def test_a_sharpened_edge_leaves_no_line_on_an_even_wall(astronaut):
    portrait = astronaut.portrait
    wall, share = np.array([90, 120, 160]), portrait.matte[..., None]
    photo = share * portrait.image + (1 - share) * wall
    photo = np.clip(np.round(photo + 2.5 * (photo - cv2.GaussianBlur(photo, (0, 0), 2.0))), 0, 255).astype(np.uint8)
    background = split_layers(photo, portrait.matte, portrait.landmarks[list(FACE_OVAL), :2]).background
    near = (portrait.matte < 0.02) & (cv2.dilate(portrait.matte, np.ones((5, 5), np.uint8)) > 0.02)
    assert (np.abs(photo[near].astype(int) - wall).max(axis=1) > 10).mean() > 0.3
    assert (np.abs(background[near].astype(int) - wall).max(axis=1) > 10).mean() < 0.05
