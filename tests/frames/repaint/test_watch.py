"""Which frames keep their own mouth, and how painting begins and ends beside them."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from heygen_studio.frames.repaint.engine import RepaintEngine
from heygen_studio.frames.repaint.watch import FADED, FaceWatcher, Seen, steadied
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.weights import fetch

from .conftest import Shifted, covered


@pytest.fixture(scope="module")
def tracker() -> FaceTracker:
    return FaceTracker(fetch("face-landmarker"))


def test_a_talking_face_is_judged_once_and_followed(footage, tracker, monkeypatch):
    import heygen_studio.frames.repaint.watch as watch

    judged = []
    hidden = watch.mouth_hidden
    monkeypatch.setattr(watch, "mouth_hidden", lambda *given: (judged.append(1), hidden(*given))[1])
    seen = list(map(FaceWatcher(tracker), footage))
    assert [one.kept for one in seen] == [""] * len(footage)
    assert len(judged) <= 3


@pytest.mark.parametrize("kind", ["mask", "hand", "cup", "tape", "scarf"])
def test_something_before_the_mouth_is_noticed_when_it_comes_and_when_it_goes(footage, tracker, hopper, kind):
    watcher = FaceWatcher(tracker)
    points = hopper.portrait.landmarks
    shown = [*footage[:3], *(covered(frame, points, kind) for frame in footage[3:5]), *footage[5:8]]
    kept = [watcher(frame).kept for frame in shown]
    assert kept[:3] == kept[5:] == ["", "", ""]
    assert set(kept[3:5]) <= {"mouth covered", "no face"}


def test_no_face_a_small_one_and_a_profile_are_told_apart(footage, hopper, tracker, monkeypatch):
    import heygen_studio.frames.repaint.watch as watch

    watcher = FaceWatcher(tracker)
    empty = np.full_like(footage[0], 120)
    small = empty.copy()
    small[200:300, 200:300] = cv2.resize(footage[0], (100, 100), interpolation=cv2.INTER_AREA)
    assert [watcher(frame).kept for frame in (footage[0], empty, small, footage[1])] == ["", "no face", "face too small", ""]
    turned = hopper.draw("silence", pose=[[0, 40, 0]])[0]
    assert watcher(turned).kept == ""
    monkeypatch.setattr(watch, "MAX_YAW", 20)  # the renderer cannot draw a profile
    assert watcher(turned).kept == "turned away"


def test_nobody_else_takes_the_part_of_a_face_that_is_lost_for_a_while(footage, tracker):
    """The second person is smaller, and still there when the first one cannot be seen; after a cut the largest face counts again."""
    left = footage[0]
    small = cv2.resize(left, (320, 320), interpolation=cv2.INTER_AREA)
    both = np.hstack([left, np.pad(small, ((96, 96), (0, 0), (0, 0)), mode="edge")])
    hidden = both.copy()
    hidden[:, :512] = cv2.GaussianBlur(left, (0, 0), 40)
    watcher = FaceWatcher(tracker)
    saw = [watcher(frame) for frame in (both, hidden, both)]
    assert [one.kept for one in saw] == ["", "no face", ""]
    assert saw[2].mesh[:, 0].mean() == pytest.approx(saw[0].mesh[:, 0].mean(), abs=1)
    assert watcher(np.zeros_like(both)).cut
    assert watcher(hidden).mesh[:, 0].mean() > 512


def test_a_lost_face_is_found_again_where_nobody_was(footage, tracker):
    """It goes from the left of somebody who stays to the right."""
    first = cv2.resize(footage[0], (256, 256), interpolation=cv2.INTER_AREA)
    smaller = cv2.resize(first, (192, 192), interpolation=cv2.INTER_AREA)
    wall, second = np.full_like(first, 120), np.pad(smaller, ((32, 32), (32, 32), (0, 0)), mode="edge")
    pictures = ([first, second, wall], [wall, second, wall], [wall, second, wall], [wall, second, first])
    tracker.forget()
    meshes = [tracker.follow(np.hstack(parts)) for parts in pictures]
    assert [mesh is None for mesh in meshes] == [False, True, True, False]
    assert meshes[3][:, 0].mean() == pytest.approx(meshes[0][:, 0].mean() + 512, abs=3)


def test_a_stretch_without_a_face_is_not_searched_for_tiny_ones_in_every_frame(tracker, monkeypatch):
    searched = []
    detect = tracker.detect
    monkeypatch.setattr(tracker, "detect", lambda image, small=True: (searched.append(small), detect(image, small))[1])
    watcher = FaceWatcher(tracker)
    assert {watcher(np.full((360, 640, 3), 120, np.uint8)).kept for _ in range(10)} == {"no face"}
    assert searched == [True, *[False] * 4] * 2


def seen(kept: str) -> list[Seen]:
    """x: nothing can be painted; o: a face."""
    mesh = np.zeros((478, 3), np.float32)
    mesh[454, 0] = 100
    return [
        Seen(np.full((2, 2, 3), n, np.uint8), None if c == "x" else mesh + n, "no face" if c == "x" else "") for n, c in enumerate(kept)
    ]


def test_painting_fades_beside_frames_that_are_kept_and_no_frame_is_lost():
    result = list(steadied(seen("ooooooxoooooox")))
    assert [one.frame[0, 0, 0] for one in result] == list(range(14))
    step = 1 / (FADED + 1)
    expected = [1, 1, 1, 3 * step, 2 * step, step, None, step, 2 * step, 3 * step, 3 * step, 2 * step, step, None]
    assert [None if one.mesh is None else one.weight for one in result] == pytest.approx(expected)


def test_meshes_are_smoothed_over_neighbours_but_not_across_a_cut():
    still = seen("oooooooo")
    trembling = [Seen(s.frame, s.mesh - s.mesh.min() + (-1) ** n) for n, s in enumerate(still)]
    centres = [float(one.mesh[:, 1].mean()) for one in steadied(trembling)]
    assert np.ptp(centres) < 0.5 * np.ptp([float(s.mesh[:, 1].mean()) for s in trembling])
    cut = [Seen(s.frame, s.mesh * 0 + mesh_at(0 if n < 4 else 500)) for n, s in enumerate(still)]
    assert [round(float(one.mesh[0, 1])) for one in steadied(cut)] == [0] * 4 + [500] * 4


def test_the_face_of_another_scene_counts_for_nothing_though_it_is_in_the_same_place():
    shots = [Seen(s.frame, mesh_at(0 if n < 4 else 10), cut=n in (0, 4)) for n, s in enumerate(seen("oooooooo"))]
    assert [round(float(one.mesh[0, 1])) for one in steadied(shots)] == [0] * 4 + [10] * 4
    shots[4] = Seen(shots[4].frame, None, "no face", cut=True)
    assert [one.weight for one in steadied(shots)][:4] == [1] * 4, "it does not fade towards a cut"


def mesh_at(y: float) -> np.ndarray:
    mesh = np.zeros((478, 3), np.float32)
    mesh[454, 0], mesh[:, 1] = 100, y
    return mesh


def test_kept_frames_keep_every_pixel_are_counted_and_shift_nothing(engine_with, footage, hopper, speech):
    painter = Shifted((90, -90, 60))
    engine: RepaintEngine = engine_with(painter)
    film = [frame.copy() for frame in footage]
    film[6] = film[7] = np.full_like(film[0], 120)
    film[15] = covered(film[15], hopper.portrait.landmarks, "mask")
    kept: Counter[str] = Counter()
    result = [frame.copy() for frame in engine.repaint(film, 25.0, speech, kept=kept)]
    assert len(result) == len(film)
    assert kept == {"no face": 2, "mouth covered": 1}
    for number in (6, 7, 15):
        assert np.array_equal(result[number], film[number])
    lips = hopper.box((61, 291, 0, 17))
    changed = [n for n, (new, old) in enumerate(zip(result, film, strict=True)) if np.abs(new[lips].astype(int) - old[lips]).mean() > 1]
    assert changed == [n for n in range(len(film)) if n not in (6, 7, 15)]
    for new, old in zip(result, film, strict=True):
        assert np.abs(new.astype(int) - old)[: int(hopper.portrait.landmarks[168, 1])].max() == 0, "above the nose"
    times = [float(order.heard[0]) for order in painter.orders]
    assert times == pytest.approx([n / 25 for n in changed]), "each mouth is painted from the sound of its own frame"
