"""Past a photo's edges it goes on without a seam, and nobody is there twice."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from faces import face_at

from heygen_studio.portrait.surroundings import extend


def test_past_the_edges_there_are_neither_bars_nor_seams_nor_a_second_person() -> None:
    rng = np.random.default_rng(0)
    wall = np.clip(150 + rng.normal(0, 4, (720, 500, 3)), 0, 255).astype(np.uint8)
    person = np.zeros((720, 500), np.float32)
    person[300:, 100:400] = 1
    picture = wall.copy()
    picture[person > 0] = 20
    image, matte = extend(picture, person, face_at(250, 200, 150), (390, 0), (1280, 720))
    assert image.shape == (720, 1280, 3)
    assert (image[:, 390:890] == picture).all()
    assert (matte[:, 390:890] == person).all()
    outside = np.hstack([image[:, :390], image[:, 890:]])
    assert outside.min() > 110  # the dark person is not mirrored into it
    for seam in (390, 890):
        step = np.abs(image[:, seam].astype(float) - image[:, seam - 1]).mean()
        assert step < 15
    assert matte[:, :200].max() == 0


def test_a_shoulder_that_the_photo_cuts_off_slopes_down_to_its_end() -> None:
    wall = np.full((600, 500, 3), 200, np.uint8)
    y, x = np.mgrid[:600, :500]
    person = (y > 250 + np.abs(x - 300)).astype(np.float32)  # falls by one pixel a pixel, and is cut off at the right
    wall[person > 0] = 30
    image, matte = extend(wall, person, face_at(300, 150, 150), (250, 0), (1000, 600))
    assert (matte[:, 250:750] == person).all()
    tops = [int(np.argmax(matte[:, column] > 0.5)) for column in (755, 800, 850)]
    assert tops == pytest.approx([250 + 205, 250 + 250, 250 + 300], abs=5)
    assert matte[:, 905:].max() < 0.1  # it has reached the bottom
    assert image[590, 800].max() < 40
    assert image[:, 905:].min() > 150


def test_nothing_of_the_head_is_mirrored_into_a_shoulder() -> None:
    """Only suit beyond the photo, however far the frame goes on: no collar, no cheek."""
    picture = np.full((600, 360, 3), 200, np.uint8)
    y, x = np.mgrid[:600, :360]
    suit = y > 380 + 0.4 * np.abs(x - 180)
    head = (np.hypot((x - 180) / 110, (y - 230) / 170) < 1) | ((np.abs(x - 180) < 90) & (y > 230))
    picture[suit], picture[head] = (30, 30, 40), (230, 90, 60)
    image, matte = extend(picture, (suit | head).astype(np.float32), face_at(180, 230, 300), (400, 0), (1160, 600))
    beyond = np.hstack([image[:, :395], image[:, 765:]]).astype(int)
    assert (matte[:, :395] > 0.5).sum() > 8000
    assert (beyond[..., 0] - beyond[..., 2]).max() < 60


def test_a_close_up_goes_on_without_a_seam_and_the_hair_fades_away() -> None:
    """Hair along the whole side of the photo: no bar of another colour begins there."""
    rng = np.random.default_rng(1)
    picture = np.clip(170 + rng.normal(0, 4, (360, 340, 3)), 0, 255).astype(np.uint8)
    y, x = np.mgrid[:360, :340]
    hair = (np.hypot((x - 170) / 190, (y - 150) / 170) < 1) | ((y > 150) & (np.abs(x - 170) < 120))
    picture[hair] = np.clip(45 + rng.normal(0, 8, (int(hair.sum()), 3)), 0, 255).astype(np.uint8)
    image, matte = extend(picture, hair.astype(np.float32), face_at(170, 180, 280), (150, 0), (640, 360))
    inside, outside = (image[:, columns].astype(float).mean(axis=(1, 2)) for columns in (slice(150, 154), slice(146, 150)))
    well_inside = cv2.erode(hair[:, :1].astype(np.uint8), np.ones((41, 1)))[:, 0] > 0
    assert well_inside.sum() > 50
    assert np.abs(inside - outside)[well_inside].max() < 10
    assert image[100:200, :40].mean() > 110  # the wall again, a little darker
    assert matte[:, :40].max() < 0.1


def test_below_the_photo_the_body_goes_on_wider_and_darker() -> None:
    picture = np.full((300, 320, 3), 200, np.uint8)
    y, x = np.mgrid[:300, :320]
    person = (np.hypot((x - 160) / 100, (y - 120) / 120) < 1) | ((y > 180) & (np.abs(x - 160) < 60))
    picture[person] = (120, 80, 60)
    image, matte = extend(picture, person.astype(np.float32), face_at(160, 120, 200), (0, 0), (320, 568))
    assert matte[300:, 160].min() > 0.99
    assert matte.max() == 1
    widths = (matte[[299, 340, 420]] > 0.5).sum(axis=1)
    assert widths[0] == 119
    assert widths[0] < widths[1] < widths[2]
    colours = image[[299, 340, 420, 560], 160].astype(int)
    assert (np.diff(colours.sum(axis=1)) < 0).all()
    assert (colours[:, 0] > colours[:, 2]).all()  # still the person's
