"""What a viewer would notice, on real portraits."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest

from heygen_studio.frames import frame_engine
from heygen_studio.frames.mesh.light import LUMA, read_light
from heygen_studio.frames.mesh.rig import FrameDrawer, prepare_rig
from heygen_studio.frames.mesh.skin_seen import eye_white
from heygen_studio.frames.mesh.topology import EYES, FACE_OVAL, LOWER_LIP_RINGS, UPPER_LIP_RINGS
from heygen_studio.motion.expression import LOOKS
from heygen_studio.motion.motion import TONGUE
from heygen_studio.portrait import Portrait, find_avatar, prepare_portrait
from heygen_studio.portrait.headpose import head_pose
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.weights import fetch

from .conftest import Face, motion

MOUTH = tuple({*UPPER_LIP_RINGS[0], *LOWER_LIP_RINGS[0]})


def difference(a, b):
    return np.abs(a.astype(int) - b.astype(int)).max(axis=-1)


def without_mouth(face, frame_shape):
    """Pixels of the frame outside the mouth and its surroundings."""
    mask = np.ones(frame_shape[:2], bool)
    rows, columns = face.box(MOUTH, 22)
    mask[rows, columns] = False
    return mask


def test_a_closed_mouth_at_rest_is_the_photo(hopper):
    (frame,) = hopper.draw("silence")
    assert difference(frame, hopper.portrait.image).max() <= 2


def test_an_open_smile_at_rest_is_the_photo_away_from_the_mouth(astronaut):
    (frame,) = astronaut.draw("silence")
    rows, columns = astronaut.box(FACE_OVAL, 45)
    away = np.ones(frame.shape[:2], bool)
    away[rows, columns] = False
    assert difference(frame, astronaut.portrait.image)[away].max() <= 2
    eyes = astronaut.box(EYES[0].opening + EYES[1].opening, 3)
    assert difference(frame, astronaut.portrait.image)[eyes].max() <= 2


def test_the_border_stays_put_under_the_widest_motion(face):
    frames = face.draw("aa", "uw", pose=[[6, 4, 3], [-6, -4, -3]], shift=[[1, 1], [-1, -1]], breath=[1, 0], brow=2)
    photo = face.portrait.image
    for frame in frames:
        still = difference(frame, photo)
        assert max(edge.max() for edge in (still[0], still[-1], still[:, 0], still[:, -1])) <= 2


@pytest.mark.parametrize("size", [(320, 320), (480, 270), (270, 480)])
def test_a_close_up_moves_within_a_border_that_stays_put(hopper, tmp_path, size):
    """The photo ends right beside the face: its edges stay where they are, at the frame's border and within the frame."""
    rows, columns = hopper.box(FACE_OVAL, 6)
    cv2.imwrite(str(tmp_path / "close.png"), hopper.portrait.image[rows, columns, ::-1])
    portrait = prepare_portrait(tmp_path / "close.png", size)
    left, top, right, bottom = portrait.photographed or (0, 0, *size)
    close = Face(portrait, prepare_rig(portrait))
    frames = close.draw("silence", "silence", pose=[[4, 5, 2], [-4, -5, -2]], shift=[[1, 1], [-1, -1]])
    for frame in frames:
        change = difference(frame, portrait.image)
        assert max(edge.mean() for edge in (change[top], change[bottom - 1], change[:, left], change[:, right - 1])) < 2
        assert change[close.box((13, 14, 1), 4)].mean() > 5


def test_around_a_very_wide_mouth_nothing_is_missing(hopper):
    """The box in which lips are drawn anew holds whatever lies in it, also in its corners, beside the jaw."""
    landmarks = hopper.portrait.landmarks.copy()
    lips = sorted({i for ring in UPPER_LIP_RINGS + LOWER_LIP_RINGS for i in ring})
    landmarks[lips, :2] += (landmarks[lips, :2] - landmarks[lips, :2].mean(axis=0)) * [0.55, 0.3]
    rig = prepare_rig(replace(hopper.portrait, landmarks=landmarks))
    rows = motion("aa", "silence", pose=[[0, 6, 3], [0, -6, -3]])
    drawers = FrameDrawer(rig), FrameDrawer(replace(rig, lip_triangles=rig.mesh.triangles))
    for row in range(len(rows)):
        one, other = (drawer.draw(rows, row) for drawer in drawers)
        assert np.array_equal(one, other)


def test_the_head_does_move(face):
    frames = face.draw("silence", "silence", pose=[[0, 4, 0], [0, -4, 0]])
    rows, columns = face.box(FACE_OVAL)
    assert difference(frames[0], frames[1])[rows, columns].mean() > 5


def test_the_mouth_opens_and_only_moves_what_it_should(face):
    silence, aa = face.draw("silence", "aa")
    moved = difference(silence, aa)
    assert moved[face.box(MOUTH)].mean() > 15
    eyes = face.box(EYES[0].opening + EYES[1].opening, 3)
    assert moved[eyes].max() <= 2


def test_lips_that_press_leave_no_gap(face):
    """Along the seam nothing is as dark or as bright as an open mouth: the closed lips differ little from silence."""
    silence, closed, opened = face.draw("silence", "pbm", "ae")
    middle = face.box((13, 14), 2.5)
    shut, wide = (difference(silence, frame)[middle].mean() for frame in (closed, opened))
    assert shut < 0.35 * wide


def test_lips_that_shut_meet_in_a_dark_line(astronaut):
    """Between the lips of a photographed smile, nothing of its teeth is left: down the middle of the mouth the seam is the darkest."""
    (closed,) = astronaut.draw("pbm")
    x, y = astronaut.rig.mouth.head.to_image(astronaut.rig.mouth.lips.seam)[:2]
    reach = round(4 * astronaut.rig.mouth.head.px_per_mm)
    luma = (closed[round(y) - reach : round(y) + reach + 1, round(x) - 3 : round(x) + 4] @ LUMA).mean(axis=1)
    assert abs(int(luma.argmin()) - reach) <= 1 and luma.min() < 0.85 * np.median(luma)


def test_f_and_v_show_teeth_on_the_lower_lip(hopper):
    """Whiter (less saturated) than the lips between which they appear."""
    silence, fv = hopper.draw("silence", "fv")
    middle = hopper.box((82, 312, 13, 14), 1.2)

    def saturation(frame):
        return np.percentile(cv2.cvtColor(frame[middle], cv2.COLOR_RGB2HSV)[..., 1], 10)

    assert saturation(fv) < 0.75 * saturation(silence)


def test_the_teeth_on_the_lip_of_an_f_are_as_bright_as_enamel(hopper):
    """Nearly as bright as the same teeth in a wide open mouth, not grey."""
    opened, fv = hopper.draw("ae", "fv")
    middle = hopper.box((82, 312, 13, 14), 0.5)
    tooth, seen = (np.percentile(frame[middle] @ LUMA, 95) for frame in (opened, fv))
    assert seen > 0.85 * tooth


def test_dark_skin_does_not_dim_the_teeth(hopper):
    """Skin half as light, the eyes as bright as before: the same light falls on the teeth."""
    image, points = hopper.portrait.image, hopper.portrait.landmarks
    eyes = np.zeros(image.shape[:2], np.uint8)
    for eye in EYES:
        cv2.fillPoly(eyes, [points[list(eye.opening), :2].round().astype(np.int32)], 1)
    lit = np.where(eyes[..., None] > 0, np.minimum(image * 2.0, 255), image).astype(np.uint8)
    dark = np.where(eyes[..., None] > 0, lit, image * 0.45).astype(np.uint8)
    light, dim = (read_light(picture, points) for picture in (lit, dark))
    assert dim.level > 0.85 * light.level and dim.skin.mean() < 0.5 * light.skin.mean()


def test_a_deep_mouth_is_dark_under_the_teeth(hopper):
    silence, opened = hopper.draw("silence", "aa")
    middle = hopper.box((13, 14, 17), 1)
    assert np.percentile(opened[middle] @ LUMA, 5) < 0.65 * np.percentile(silence[middle] @ LUMA, 5)


def test_the_tongue_shows_between_the_teeth_for_th(face):
    """Redder, between the lips, than the same opening without a tongue."""
    rows = motion("th", "th")
    rows.mouth[1, TONGUE] = 0
    drawer = FrameDrawer(face.rig)
    tongue, none = (drawer.draw(rows, i).astype(float) for i in (0, 1))
    changed = np.abs(tongue - none).max(axis=2) > 12
    assert changed.sum() > 15
    redness = [(frame[..., 0] / (frame[..., 1] + 1))[changed].mean() for frame in (tongue, none)]
    assert redness[0] > 1.05 * redness[1]


def test_every_mood_looks_different_from_every_other(face):
    """Around brows, eyes and mouth, by more than a viewer could miss."""
    looks = LOOKS.values()
    tracks = {name: [getattr(look, name) for look in looks] for name in ("smile", "brow", "slant", "lids")}
    frames = face.draw(*["silence"] * len(looks), **tracks)
    features = face.box((*(i for eye in EYES for i in eye.brow), *MOUTH), 2)
    for one, other in combinations(frames, 2):
        changed = difference(one, other)[features]
        assert np.percentile(changed, 95) > 8 and changed.mean() > 1.5


def test_a_blink_covers_the_eye_with_skin(face):
    opened, shut = face.draw("silence", "silence", blink=[0, 1])
    for eye in EYES:
        iris = face.box((eye.iris, *eye.iris_edge))
        before, after = (frame[iris].reshape(-1, 3) @ LUMA for frame in (opened, shut))
        skin = float(np.median(face.portrait.image[face.box((50, 280))] @ LUMA))
        # The pupil, darkest of all, is gone; what is there is evenly lit, nearer to the skin.
        assert np.percentile(after, 25) > np.percentile(before, 25) + 15
        assert np.percentile(after, 60) > 0.5 * skin


def test_a_shut_lid_leaves_no_white_of_the_eye_and_no_edge_above_it(face):
    """Under the lid's beginning, shut eyes are skin: nothing pale; and over it the photo is unchanged."""
    opened, shut = face.draw("silence", "silence", blink=[0, 1])
    for lid, eye in zip(face.rig.eyelids, EYES, strict=True):
        rim = face.rig.mesh.texture[[face.rig.mesh.landmark[i] for i in eye.opening]]
        inside = cv2.fillPoly(np.zeros(opened.shape[:2], np.uint8), [rim.round().astype(np.int32)], 1).astype(bool)
        usual = np.median(face.portrait.image[face.box(eye.under)].reshape(-1, 3), axis=0)
        assert eye_white(shut, usual)[inside].mean() < 0.02
        above = int(rim[:, 1].min() - lid.begins.max() - 3)
        columns = face.box(eye.opening, 2)[1]
        assert difference(opened, shut)[above - 6 : above, columns].max() <= 2


def test_shut_eyes_are_found_shut(face):
    """Landmarks found again in the picture: lids that are a flat patch read as half open."""
    tracker = FaceTracker(fetch("face-landmarker"))
    opened, shut = (tracker.follow(frame) for frame in face.draw("silence", "silence", blink=[0, 1]))
    for eye in EYES:
        lids = [points[list(eye.upper[2:5]), :2] - points[list(eye.lower[2:5]), :2] for points in (opened, shut)]
        before, after = (np.linalg.norm(lid, axis=1).mean() for lid in lids)
        assert after < 0.36 * before


def test_a_chin_that_drops_leaves_the_neck_where_it_is(face):
    silence, aa = face.draw("silence", "aa")
    rows, columns = face.box((152,), 42)
    neck = int(face.portrait.landmarks[152, 1] + 14 * face.rig.mouth.head.px_per_mm)
    assert difference(silence, aa)[neck : rows.stop, columns].max() <= 2


def test_a_half_blink_lies_between_open_and_shut(face):
    frames = face.draw(*["silence"] * 4, blink=[0, 0.3, 0.7, 1])
    for eye in EYES:
        area = face.box(eye.opening)
        steps = [difference(frames[0], frame)[area].mean() for frame in frames]
        assert steps == sorted(steps)


def test_gaze_moves_the_iris_and_not_the_lids(face):
    centre, right = face.draw("silence", "silence", gaze=[[0, 0], [1.5, 0]])
    moved = difference(centre, right)
    assert moved[face.box((EYES[0].iris,), 2)].max() > 20
    outside = np.ones(moved.shape, bool)
    for eye in EYES:
        outside[face.box(eye.opening, 1)] = False
    assert moved[outside].max() <= 2


def test_skin_keeps_its_colour_and_sharpness_when_the_head_turns(face):
    dice = np.random.default_rng(0)
    frames = face.draw(*["silence"] * 13, pose=np.vstack([np.zeros(3), dice.uniform(-1, 1, (12, 3)) * [3, 3, 2]]))
    rows, columns = face.box((50, 280, 9, 101, 330), 4)

    def colour(frame):
        return frame[rows, columns].reshape(-1, 3).mean(axis=0)

    def sharpness(frame):
        grey = cv2.cvtColor(frame[rows, columns], cv2.COLOR_RGB2GRAY).astype(np.float32)
        return (grey - cv2.GaussianBlur(grey, (0, 0), 2.0)).std()

    still, turned = frames[0], frames[1:]
    assert np.allclose(np.mean([colour(frame) for frame in turned], axis=0), colour(still), rtol=0.03)
    assert np.mean([sharpness(frame) for frame in turned]) == pytest.approx(sharpness(still), rel=0.03)


def test_shoulders_that_breathe_slowly_end_where_they_would_at_once(face):
    """Less than a tenth of a pixel is not drawn anew: what it leaves behind cannot be seen."""
    step_by_step = face.draw(*["silence"] * 25, breath=np.linspace(0, 1.2, 25))
    (at_once,) = face.draw("silence", breath=1.2)
    assert difference(step_by_step[-1], at_once).mean() < 0.5
    assert difference(step_by_step[0], at_once).mean() > 2 * difference(step_by_step[-1], at_once).mean()


def test_still_regions_do_not_flicker(face):
    frames = face.draw("aa", "uw", "fv", "pbm", "iy", "l").astype(float)
    still = without_mouth(face, frames[0].shape)
    rows, columns = face.box(FACE_OVAL, 55)
    still[rows, columns] = False
    assert frames[:, still].std(axis=0).max() <= 1


@pytest.mark.parametrize("size", [(160, 160), (320, 180), (270, 480)])
def test_every_size_and_shape_of_video_renders(size):
    portrait = prepare_portrait(find_avatar("hopper"), size)
    moves = motion("silence", "aa", "uw", blink=[0, 1, 0.5], pose=[[0, 0, 0], [6, 4, 3], [-6, -4, -3]])
    frames = [frame.copy() for frame in frame_engine("mesh").frames(portrait, moves)]
    assert difference(frames[0], portrait.image).max() <= 2
    assert difference(frames[1], portrait.image).mean() > 1


def test_a_face_that_fills_the_frame_and_a_matte_that_found_nobody(hopper):
    portrait = hopper.portrait
    rows, columns = hopper.box(FACE_OVAL, 4)
    corner = np.array([columns.start, rows.start, 0], np.float32)
    image = np.ascontiguousarray(portrait.image[rows, columns])
    tight = Portrait(image, portrait.landmarks - corner, np.zeros(image.shape[:2], np.float32), 1.0, 0.0)
    moves = motion("silence", "aa", pose=[[0, 0, 0], [6, 4, 3]])
    frames = [frame.copy() for frame in frame_engine("mesh").frames(tight, moves)]
    assert difference(frames[0], image).max() <= 2


@pytest.mark.parametrize(("axis", "degrees"), [("pitch", 3.0), ("yaw", 4.0), ("roll", 3.0)])
def test_the_head_turns_the_way_it_is_told(face, axis, degrees):
    """Re-detected on the picture, in the directions of `heygen_studio.portrait.headpose`."""
    tracker = FaceTracker(fetch("face-landmarker"))
    column = ("pitch", "yaw", "roll").index(axis)
    pose = np.zeros((2, 3))
    pose[:, column] = -degrees, degrees
    one_way, other_way = (head_pose(tracker.follow(frame)) for frame in face.draw("silence", "silence", pose=pose))
    assert getattr(other_way, axis) - getattr(one_way, axis) > degrees


def test_rounded_lips_cover_the_teeth(face):
    """In "who" and "moon" some of what is seen between the lips is dark: they are not full of teeth as in "see"."""
    (frame,) = face.draw("uw")
    (x, y), per_mm = face.portrait.landmarks[[13, 14], :2].mean(axis=0), face.rig.mouth.head.px_per_mm
    middle = frame[int(y - 3 * per_mm) : int(y + 7 * per_mm), int(x - 1.5 * per_mm) : int(x + 1.5 * per_mm) + 1]
    down = (middle @ LUMA).mean(axis=1)
    assert np.convolve(down, np.full(3, 1 / 3), "valid").min() < 70
