from __future__ import annotations

import cv2
import numpy as np

from heygen_studio.frames.mesh.light import LUMA
from heygen_studio.frames.mesh.lips import smile_released
from heygen_studio.frames.mesh.smile import without_dark_corners

from ..conftest import SOUNDS


def depth_of_folds(frame, face):
    """How much darker than its surroundings the line from the nose past the mouth's corner is, grey levels; the deeper side."""
    grey = frame.astype(np.float32) @ LUMA.astype(np.float32)
    per_mm = face.rig.mouth.head.px_per_mm
    hollow = cv2.GaussianBlur(grey, (0, 0), 6 * per_mm) - cv2.GaussianBlur(grey, (0, 0), 0.8 * per_mm)
    return max(float(np.percentile(hollow[face.box(line, 4)], 97)) for line in ((203, 206, 216), (423, 426, 436)))


def test_rounded_lips_take_the_folds_of_a_smile_with_them(astronaut):
    silence, rounded = astronaut.draw("silence", "uw")
    assert depth_of_folds(rounded, astronaut) < 0.75 * depth_of_folds(silence, astronaut)


def test_a_texture_comes_back_when_the_lips_do(astronaut):
    first, _, last = astronaut.draw("silence", "uw", "silence")
    assert np.array_equal(first, last)


def test_a_face_that_does_not_smile_keeps_its_texture(hopper):
    assert hopper.rig.folds is None


def test_the_corners_of_an_open_mouth_are_mended_and_nothing_else(astronaut, hopper):
    lips, head, photo = astronaut.rig.mouth.lips, astronaut.rig.mouth.head, astronaut.portrait.image
    mended = without_dark_corners(photo, lips, head)
    corners = [astronaut.box((corner,), 4) for corner in (78, 308)]
    darkest = [min(float(np.percentile(image[corner] @ LUMA, 4)) for corner in corners) for image in (photo, mended)]
    assert darkest[1] > 1.5 * darkest[0]
    away = np.ones(photo.shape[:2], bool)
    away[astronaut.box((61, 291, 0, 17), 8)] = False
    assert np.array_equal(mended[away], photo[away])
    assert without_dark_corners(hopper.portrait.image, hopper.rig.mouth.lips, hopper.rig.mouth.head) is hopper.portrait.image


def test_lines_in_which_the_corners_run_out_do_not_stay_behind(astronaut):
    """The photo's lips are longer than their landmarks: their dark ends must not become blots on the cheeks."""
    lips, head, per_mm = astronaut.rig.mouth.lips, astronaut.rig.mouth.head, astronaut.rig.mouth.head.px_per_mm
    photo, plain = astronaut.portrait.image.copy(), without_dark_corners(astronaut.portrait.image, lips, head)
    ends = []
    for side, inner in ((0, 3), (-1, -4)):
        corner, *lip = (
            head.to_image(point)[:2] for point in (lips.source_upper[0, side], lips.source_upper[0, inner], lips.source_lower[0, inner])
        )
        course = corner - np.mean(lip, axis=0)
        ends.append(corner + 5 * per_mm * course / np.linalg.norm(course))
        start, end = (np.round(16 * point).astype(int).tolist() for point in (corner, ends[-1]))
        cv2.line(photo, start, end, (60, 30, 25), round(1.5 * per_mm), cv2.LINE_AA, 4)
    mended = without_dark_corners(photo, lips, head)
    for x, y in ends:
        around = slice(int(y - 2 * per_mm), int(y + 2 * per_mm)), slice(int(x - 2 * per_mm), int(x + 2 * per_mm))
        darkest = [float(np.percentile(image[around] @ LUMA, 5)) for image in (photo, mended, plain)]
        assert darkest[0] < 0.6 * darkest[2] and darkest[1] > 0.8 * darkest[2]


def test_the_hairs_of_a_beard_are_no_such_lines(astronaut):
    lips, head, per_mm = astronaut.rig.mouth.lips, astronaut.rig.mouth.head, astronaut.rig.mouth.head.px_per_mm
    photo, cheeks = astronaut.portrait.image.copy(), astronaut.box((61, 291), 20)
    hairs = np.random.default_rng(0).uniform(0.2, 1, photo[cheeks].shape[:2])
    photo[cheeks] = photo[cheeks] * hairs[..., None]
    mended = without_dark_corners(photo, lips, head)
    for side, out in ((0, -1), (-1, 1)):
        x, y = head.to_image(lips.source_upper[0, side])[:2] + np.array([out * 5.5 * per_mm, 0])
        beside = slice(int(y - 2 * per_mm), int(y + 2 * per_mm)), slice(int(x - per_mm), int(x + 2 * per_mm))
        assert np.array_equal(mended[beside], photo[beside])


def test_rounding_and_sad_moods_release_a_smile():
    assert smile_released(SOUNDS["silence"], 0.0) == 0
    assert smile_released(SOUNDS["uw"], 0.0) == 1
    assert 0.5 < smile_released(SOUNDS["silence"], -0.4) < 1
