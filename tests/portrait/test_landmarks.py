"""Faces of every size and place are found, and nothing else is."""

from __future__ import annotations

import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from heygen_studio.portrait.box import Box
from heygen_studio.portrait.headpose import face_width, head_pose
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.network import Network
from heygen_studio.portrait.portrait import Image
from heygen_studio.weights import fetch

CHIN, NOSE, LEFT_IRIS, RIGHT_IRIS = 152, 1, 473, 468


def scene(width: int, height: int) -> Image:
    """Something without faces: smooth colours and edges."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def test_networks_that_load_at_the_same_time_leave_stderr_as_it_was() -> None:
    with zipfile.ZipFile(fetch("face-landmarker")) as archive:
        model = archive.read("face_blendshapes.tflite")
    before = os.fstat(2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: Network(model), range(64)))
    assert os.path.samestat(before, os.fstat(2))


def mesh_of(tracker: FaceTracker, image: Image) -> np.ndarray:
    boxes = tracker.detect(image)
    assert boxes, "no face found"
    points, presence = tracker.mesh(image, boxes[0])
    assert presence > 0.9
    return points


def test_points_lie_where_a_person_sees_them(hopper_points: np.ndarray) -> None:
    """Read by eye from the stock portrait under a grid: pupils, corners and middle of the mouth, chin."""
    seen = {RIGHT_IRIS: (222, 190), LEFT_IRIS: (307, 186), 61: (230, 281), 291: (306, 278), 13: (265, 280), CHIN: (266, 328)}
    for point, at in seen.items():
        blurry = point == CHIN  # the edge of the chin lies in its shadow
        assert np.linalg.norm(hopper_points[point, :2] - at) < (10 if blurry else 6), point


@pytest.mark.parametrize("face", [70, 110])
@pytest.mark.parametrize("width", [900, 2400])
def test_small_faces_in_large_photos(tracker: FaceTracker, hopper_photo: Image, hopper_points: np.ndarray, face: int, width: int) -> None:
    scale = face / face_width(hopper_points)
    small = cv2.resize(hopper_photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    image = scene(width, width * 2 // 3)
    y, x = image.shape[0] - small.shape[0] - 10, width // 5
    image[y : y + small.shape[0], x : x + small.shape[1]] = small
    expected = hopper_points[:, :2] * scale + [x, y]
    found = mesh_of(tracker, image)
    assert np.abs(found[:, :2] - expected).mean() < 0.03 * face


@pytest.mark.parametrize("around", [0.55, 0.7])
@pytest.mark.parametrize("side", [300, 2500])
def test_faces_that_fill_the_photo(tracker: FaceTracker, hopper_photo: Image, hopper_points: np.ndarray, around: float, side: int) -> None:
    centre, reach = hopper_points[:, :2].mean(0), around * face_width(hopper_points)
    (x0, y0), (x1, y1) = (centre - reach).astype(int), (centre + reach).astype(int)
    image = cv2.resize(hopper_photo[y0:y1, x0:x1], (side, side), interpolation=cv2.INTER_CUBIC)
    expected = (hopper_points[:, :2] - [x0, y0]) * [side / (x1 - x0), side / (y1 - y0)]
    found = mesh_of(tracker, image)
    assert np.abs(found[:, :2] - expected).mean() < 0.03 * face_width(found)


def test_several_faces_largest_first(tracker: FaceTracker, hopper_photo: Image, astronaut_photo: Image) -> None:
    # The faces are 146 and 90 pixels wide.
    image = np.hstack([astronaut_photo, hopper_photo[:512]])
    boxes = tracker.detect(image)
    assert len(boxes) == 2
    assert boxes[0].x > 512 > boxes[1].x
    assert boxes[0].side > boxes[1].side


@pytest.mark.parametrize("kind", ["scene", "noise", "black", "stripes"])
def test_no_face_where_there_is_none(tracker: FaceTracker, kind: str) -> None:
    image = {
        "scene": scene(700, 500),
        "noise": np.random.default_rng(0).integers(0, 256, (500, 500, 3), dtype=np.uint8),
        "black": np.zeros((400, 600, 3), np.uint8),
        "stripes": np.repeat((np.arange(600) // 20 % 2 * 255).astype(np.uint8)[None, :, None], 500, 0).repeat(3, 2),
    }[kind]
    assert tracker.detect(image) == []


@pytest.mark.parametrize("angle", [-25, -10, 10, 25])
def test_roll_is_measured(tracker: FaceTracker, hopper_photo: Image, hopper_points: np.ndarray, angle: int) -> None:
    height, width = hopper_photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    tilted = cv2.warpAffine(hopper_photo, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    roll = head_pose(mesh_of(tracker, tilted)).roll - head_pose(hopper_points).roll
    assert roll == pytest.approx(angle, abs=2)


def test_yaw_is_small_in_frontal_portraits_and_changes_sign_in_a_mirror(tracker: FaceTracker, astronaut_photo: Image) -> None:
    straight = head_pose(mesh_of(tracker, astronaut_photo))
    mirrored = head_pose(mesh_of(tracker, np.ascontiguousarray(astronaut_photo[:, ::-1])))
    assert abs(straight.yaw) < 5
    assert straight.yaw == pytest.approx(-mirrored.yaw, abs=2)


def test_yaw_of_a_turned_mesh(hopper_points: np.ndarray) -> None:
    """A mesh turned in space by known angles; positive is towards the viewer's right."""
    for angle in (-30, -12, 12, 30):
        cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        about_y = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]], np.float32)
        centred = hopper_points - hopper_points.mean(0)
        turned = centred @ about_y.T
        assert head_pose(turned).yaw - head_pose(hopper_points).yaw == pytest.approx(angle, abs=1)
        # The tip of the nose, nearest to the camera, moves the same way.
        assert np.sign((turned - centred)[NOSE, 0]) == np.sign(angle)


def test_follow_keeps_to_the_face_and_recovers(tracker: FaceTracker, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    for shift in range(0, 30, 6):
        moved = np.roll(hopper_photo, shift, axis=1)
        points = tracker.follow(moved)
        assert points is not None
        assert np.abs(points[:, :2] - hopper_points[:, :2] - [shift, 0]).mean() < 3
    assert tracker.follow(np.zeros_like(hopper_photo)) is None
    assert tracker.follow(hopper_photo) is not None


def test_blendshapes_tell_a_smile(tracker: FaceTracker, hopper_points: np.ndarray, astronaut_photo: Image) -> None:
    smile = slice(44, 46)  # mouthSmileLeft, mouthSmileRight
    assert tracker.blendshapes(mesh_of(tracker, astronaut_photo))[smile].min() > 0.5
    assert tracker.blendshapes(hopper_points)[smile].max() < 0.3


def test_mesh_forgives_a_bad_box(tracker: FaceTracker, hopper_photo: Image, hopper_points: np.ndarray) -> None:
    box = tracker.detect(hopper_photo)[0]
    points, _ = tracker.mesh(hopper_photo, Box(box.x + 0.15 * box.side, box.y, box.side * 1.2, box.angle + 0.2, 1))
    assert np.abs(points - hopper_points)[:, :2].mean() < 2.5
