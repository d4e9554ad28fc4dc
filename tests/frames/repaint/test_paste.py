"""A painted mouth must not show where it begins."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from heygen_studio.frames.musetalk.painter import MuseTalkPainter
from heygen_studio.frames.repaint.crop import Square, cut, uncut
from heygen_studio.frames.repaint.paste import lower_face, paste
from heygen_studio.frames.wav2lip.painter import Wav2LipPainter
from heygen_studio.portrait.headpose import OVAL

PAINTERS = (MuseTalkPainter, Wav2LipPainter)


@pytest.fixture(params=PAINTERS, ids=lambda painter: painter.__name__)
def painter(request):
    return request.param


def mask_of(face, painter):
    frame, points = face.portrait.image, face.portrait.landmarks
    square = painter.square(None, points)
    left, top, right, bottom = place = square.inside(frame)
    mask = np.zeros(frame.shape[:2], np.float32)
    mask[top:bottom, left:right] = lower_face(points, square, place)
    return square, mask


def pasted(face, painter, shift):
    square, mask = mask_of(face, painter)
    painted = np.clip(cut(face.portrait.image, square, painter.side).astype(int) + shift, 0, 255).astype(np.uint8)
    return paste(face.portrait.image, painted, square, face.portrait.landmarks), mask


def test_the_mask_covers_the_mouth_and_ends_before_eyes_ears_and_background(face, painter):
    points = face.portrait.landmarks
    _, mask = mask_of(face, painter)

    def at(index: int) -> float:
        x, y = np.round(points[index, :2]).astype(int)
        return float(mask[y, x])

    assert min(at(index) for index in (0, 17, 13, 14, 61, 291, 18)) > 0.9, "lips and around them"
    assert max(at(index) for index in (33, 263, 159, 386, 168, 10, 234, 454)) == 0, "eyes, brow, ears"
    outside = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(outside, [np.round(points[list(OVAL), :2]).astype(np.int32)], 1)
    beside = outside == 0
    beside[int(0.3 * points[14, 1] + 0.7 * points[152, 1]) :] = False  # there an open jaw may come to lie
    assert mask[beside].max(initial=0) < 0.2
    assert np.abs(np.diff(mask, axis=0)).max() < 0.35 and np.abs(np.diff(mask, axis=1)).max() < 0.35, "no step, so no box"


def test_outside_of_the_mask_every_pixel_is_the_frames_own(face, painter):
    result, mask = pasted(face, painter, (40, -30, 20))
    assert np.array_equal(result[mask == 0], face.portrait.image[mask == 0])
    assert not np.array_equal(result, face.portrait.image)


def test_the_face_that_was_cut_out_comes_back_as_it_was(face):
    result, mask = pasted(face, MuseTalkPainter, (0, 0, 0))
    change = np.abs(result.astype(int) - face.portrait.image)
    assert change[mask > 0].mean() < 1.5
    assert np.abs(cv2.GaussianBlur(result.astype(np.float32) - face.portrait.image, (0, 0), 3)).max() < 1


@pytest.mark.parametrize("shift", [(12, 4, -12), (-14, -14, -14), (10, 10, 10)])
def test_a_network_with_other_colours_leaves_no_seam(face, painter, shift):
    """The edge of the mask is no steeper than it was, and the colours inside are the frame's."""
    result, mask = pasted(face, painter, shift)
    change = cv2.GaussianBlur(result.astype(np.float32) - face.portrait.image, (0, 0), 3)
    rim = (mask > 0) & (mask < 0.5)
    assert np.abs(change[rim]).max() < 2.5
    steepness = np.hypot(*np.gradient(change.mean(axis=2)))
    assert steepness[rim].max() < 0.5, "grey levels a pixel; a box would be a step of 10"
    assert np.abs(change[mask > 0.9]).mean() < 2.5, "of 10 to 14"


def test_what_is_painted_shows_by_its_weight(face):
    square, _ = mask_of(face, MuseTalkPainter)
    painted = np.zeros((256, 256, 3), np.uint8)
    painted[::2] = 255
    frame, points = face.portrait.image, face.portrait.landmarks
    full, half = (paste(frame, painted, square, points, weight).astype(int) - frame for weight in (1.0, 0.5))
    assert np.abs(2 * half - full).max() <= 2 or np.abs(half).mean() == pytest.approx(np.abs(full).mean() / 2, rel=0.05)
    assert paste(frame, painted, square, points, 0.0) is frame


def test_the_background_is_not_painted(hopper):
    frame, points = hopper.portrait.image, hopper.portrait.landmarks
    square = MuseTalkPainter.square(None, points)
    person = np.ones(frame.shape[:2], np.float32)
    chin = int(points[152, 1])
    person[chin:] = 0
    result = paste(frame, np.zeros((256, 256, 3), np.uint8), square, points, person=person)
    assert np.array_equal(result[chin:], frame[chin:])
    assert not np.array_equal(result, frame)


@pytest.mark.parametrize("square", [Square(10.3, 12.7, 90.1, 99.4), Square(-20.5, -8.0, 60.0, 70.2), Square(70.0, 60.0, 130.5, 111.0)])
def test_cutting_out_and_back_keeps_place_and_scale(square):
    across, down = np.meshgrid(np.arange(100.0), np.arange(100.0))
    frame = np.stack([across, down, (across + down) / 2], axis=2).round().astype(np.uint8)
    place = left, top, right, bottom = square.inside(frame)
    back = uncut(cut(frame, square, 128), square, place)
    inner = (slice(3, bottom - top - 3), slice(3, right - left - 3))
    assert np.abs(back.astype(int) - frame[top:bottom, left:right])[inner].max() <= 1
