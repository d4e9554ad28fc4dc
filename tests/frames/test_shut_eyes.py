"""What a viewer would notice of a blink, on real portraits."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from heygen_studio.frames.mesh.light import LUMA
from heygen_studio.frames.mesh.rig import FrameDrawer, prepare_rig
from heygen_studio.frames.mesh.skin_seen import eye_white
from heygen_studio.frames.mesh.topology import EYES, SKIN_PATCHES

from .conftest import motion

#: Where eyes are looked at, from their outer corner (0) to the inner one.
PLACES = np.linspace(0.15, 0.85, 24)


def across(frame, face, eye, heights):
    """Colours [heights, places, 3] of the smoothed frame so many mm above the open eye's upper margin."""
    points = face.portrait.landmarks[[eye.outer, *eye.upper, eye.inner], :2].astype(np.float32)
    margin = np.stack([np.interp(PLACES, np.linspace(0, 1, len(points)), points[:, axis]) for axis in (0, 1)], axis=-1)
    down = face.portrait.landmarks[eye.lower[3], :2] - face.portrait.landmarks[eye.upper[3], :2]
    up = -down / np.linalg.norm(down) * face.rig.mouth.head.px_per_mm
    at = (margin + np.multiply.outer(np.asarray(heights), up)[:, None]).astype(np.float32)
    return cv2.remap(cv2.GaussianBlur(frame, (0, 0), 0.7), at[..., 0], at[..., 1], cv2.INTER_LINEAR).astype(float)


@pytest.mark.parametrize("eye", EYES)
def test_the_lashes_go_down_with_the_lid(astronaut, eye):
    """Where they were, long and made up, shut eyes show skin: no dark line stays behind."""
    opened, shut = astronaut.draw("silence", "silence", blink=[0, 1])
    before, after = (across(frame, astronaut, eye, np.arange(-1, 4, 0.25)) @ LUMA for frame in (opened, shut))
    contrast = [1 - np.median(luma.min(axis=0) / luma.max(axis=0)) for luma in (before, after)]
    assert contrast[1] < 0.28 * contrast[0]


@pytest.mark.parametrize("eye", EYES)
def test_a_shut_lid_goes_on_from_the_skin_above_it(astronaut, eye):
    """In its tint, and without a step in its light."""
    (shut,) = astronaut.draw("silence", blink=1)
    middle = astronaut.opening_mm(eye) / 2
    above, lid = (
        np.median(across(shut, astronaut, eye, heights).reshape(-1, 3), axis=0) for heights in ((3, 3.5, 4), (-middle, 0.5 - middle))
    )
    assert np.allclose(lid / lid.sum(), above / above.sum(), atol=0.03)
    luma = across(shut, astronaut, eye, np.arange(5, -middle, -0.5)) @ LUMA
    assert np.median(np.abs(np.diff(luma, axis=0)).max(axis=0)) < 0.05 * luma.mean()


@pytest.mark.parametrize("eye", EYES)
def test_lashes_of_a_shut_eye_are_dark_and_no_bluer_than_skin(face, eye):
    (shut,) = face.draw("silence", blink=1)
    middle = face.opening_mm(eye) / 2
    lid = np.median(across(shut, face, eye, (-middle,)).reshape(-1, 3), axis=0)
    colours = across(shut, face, eye, np.arange(-middle, -2 * middle - 2, -0.1))
    lashes = colours[(colours @ LUMA).argmin(axis=0), np.arange(colours.shape[1])]
    assert np.median(lashes @ LUMA) < 0.65 * (lid @ LUMA)
    assert np.median(lashes[:, 2] / lashes[:, 0]) < lid[2] / lid[0]


def fine(frame):
    """[h, w]: the fine texture of a frame, in parts of its brightness."""
    luma = (frame @ LUMA).astype(np.float32)
    smooth = cv2.GaussianBlur(luma, (0, 0), 1.5)
    return (luma - smooth) / np.maximum(smooth, 8)


def lid_area(face, eye, until):
    """bool [h, w]: the upper lid from a little over the open eye's margin to ``until`` of the way to the lower one, without its corners."""
    upper, lower = (face.portrait.landmarks[list(line[1:6]), :2] for line in (eye.upper, eye.lower))
    outline = np.concatenate([upper - 0.3 * (lower - upper), (upper + until * (lower - upper))[::-1]])
    return cv2.fillPoly(np.zeros(face.portrait.image.shape[:2], np.uint8), [outline.round().astype(np.int32)], 1) > 0


@pytest.mark.parametrize("eye", EYES)
def test_a_shut_lid_is_as_grainy_as_the_skin_around_it(face, eye):
    (shut,) = face.draw("silence", blink=1)
    photo = fine(face.portrait.image)
    cheeks = [photo[face.box(patch)].std() for patch in SKIN_PATCHES]
    assert 0.6 < fine(shut)[lid_area(face, eye, 0.55)].std() / np.median(cheeks) < 1.6


@pytest.mark.parametrize("eye", EYES)
def test_the_grain_of_a_lid_stays_where_it_is_while_it_comes_down(face, eye):
    almost, shut = face.draw("silence", "silence", blink=[0.85, 1])
    seen = lid_area(face, eye, 0.4)
    assert np.corrcoef(fine(almost)[seen], fine(shut)[seen])[0, 1] > 0.9


@pytest.mark.parametrize("eye", EYES)
def test_the_crease_softens_little_by_little(astronaut, eye):
    """Over the lashes a blink does not begin with a jump."""
    opened, begun, shut = (
        across(frame, astronaut, eye, np.arange(5, 8, 0.5)) for frame in astronaut.draw(*["silence"] * 3, blink=[0, 0.15, 1])
    )
    assert np.abs(begun - opened).mean() < 0.4 * np.abs(shut - opened).mean()


def test_shut_eyes_of_a_photo_without_colours_have_none(astronaut):
    grey = cv2.cvtColor(cv2.cvtColor(astronaut.portrait.image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    drawer = FrameDrawer(prepare_rig(replace(astronaut.portrait, image=grey)))
    shut = drawer.draw(motion("silence", blink=1), 0).astype(int)
    for eye in EYES:
        assert np.ptp(shut[astronaut.box((*eye.crease, *eye.under))], axis=2).max() <= 3


def test_a_lid_covers_an_eye_that_reaches_past_its_landmarks(astronaut):
    """As the far eye of a turned face does: landmarks of its corners may lie inside it."""
    portrait = astronaut.portrait
    landmarks = portrait.landmarks.copy()
    for eye in EYES:
        ring = list({*eye.opening, *eye.crease, *eye.under})
        middle = landmarks[ring, 0].mean()
        landmarks[ring, 0] = middle + 0.65 * (landmarks[ring, 0] - middle)
    drawer = FrameDrawer(prepare_rig(replace(portrait, landmarks=landmarks)))
    shut = drawer.draw(motion("silence", blink=1), 0)
    for eye in EYES:
        inside = cv2.fillPoly(np.zeros(shut.shape[:2], np.uint8), [portrait.landmarks[list(eye.opening), :2].round().astype(np.int32)], 1)
        usual = np.median(portrait.image[astronaut.box(eye.under)].reshape(-1, 3), axis=0)
        before, after = (eye_white(frame, usual)[inside > 0].mean() for frame in (portrait.image, shut))
        assert before > 0.08 and after < 0.01
