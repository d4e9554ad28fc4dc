"""What every renderer promises, checked on all of them; those with networks run tiny random ones of the published architectures."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heygen_studio.errors import BadInput, EngineUnavailable
from heygen_studio.frames import FRAME_ENGINES, REPAINTERS, check_renderer, frame_engine, repaint_engine
from heygen_studio.progress import Cancel, Cancelled
from heygen_studio.speech.speech import Speech

from .conftest import motion
from .voiced import voiced_speech

MOVES = motion("silence", "aa", "uw", pose=[[0, 0, 0], [2, -3, 1], [1, 2, 0]], blink=[0, 0.5, 1])


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    """Sound from the first frame on."""
    return voiced_speech(tmp_path_factory.mktemp("speech"), seconds=0.5, spoken=((0.0, 0.5),))


@pytest.fixture(params=sorted(FRAME_ENGINES))
def name(request: pytest.FixtureRequest, tiny_weights: Path) -> str:
    return str(request.param)


def test_an_unknown_renderer_is_refused_by_name_with_the_choices():
    with pytest.raises(BadInput, match=r"'holodeck'.*mesh, musetalk, wav2lip"):
        frame_engine("holodeck")


def test_one_frame_per_row_at_the_size_of_the_portrait(name, hopper, speech):
    frames = [f.copy() for f in frame_engine(name).frames(hopper.portrait, MOVES, speech=speech)]
    assert [f.shape for f in frames] == [hopper.portrait.image.shape] * 3
    assert all(f.dtype == np.uint8 for f in frames)
    assert not np.array_equal(frames[0], frames[1])


def test_the_same_input_gives_the_same_bytes(name, astronaut, speech):
    first, second = ([f.tobytes() for f in frame_engine(name).frames(astronaut.portrait, MOVES, speech=speech)] for _ in range(2))
    assert first == second


def test_networks_change_the_lower_face_alone(tiny_weights, hopper, speech):
    """Head and eyes move as the built-in renderer moves them; while nobody speaks the whole frame is its own."""
    quiet = voiced_speech(speech.wav.parent.parent, seconds=0.5, spoken=())
    rest = replace(MOVES, mouth=np.zeros_like(MOVES.mouth))
    expected = [f.copy() for f in frame_engine("mesh").frames(hopper.portrait, rest)]
    eyes, lips = hopper.box((33, 263, 159, 145, 386, 374)), hopper.box((61, 291, 0, 17))
    for name in REPAINTERS:
        for drawn, own in zip(frame_engine(name).frames(hopper.portrait, MOVES, speech=speech), expected, strict=True):
            assert np.array_equal(drawn[eyes], own[eyes])
            assert np.abs(drawn[lips].astype(int) - own[lips]).mean() > 5
        for drawn, own in zip(frame_engine(name).frames(hopper.portrait, MOVES, speech=quiet), expected, strict=True):
            assert np.array_equal(drawn, own)


def test_two_videos_of_one_engine_may_run_side_by_side(name, hopper, speech):
    engine = frame_engine(name)
    alone = [f.copy() for f in engine.frames(hopper.portrait, MOVES, speech=speech)]
    both = zip(*(engine.frames(hopper.portrait, MOVES, speech=speech) for _ in range(2)), strict=True)
    for (a, b), expected in zip(both, alone, strict=True):
        assert np.array_equal(a, expected) and np.array_equal(b, expected)


def test_cancel_stops_before_the_next_frame(name, hopper, speech):
    cancel = Cancel()
    frames = frame_engine(name).frames(hopper.portrait, MOVES, speech=speech, cancel=cancel)
    assert len(list(itertools.islice(frames, 2))) == 2
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(frames)


def test_frames_of_the_built_in_renderer_do_not_pile_up(hopper):
    frames = frame_engine("mesh").frames(hopper.portrait, motion(*["aa"] * 3))
    assert len({frame.__array_interface__["data"][0] for frame in frames}) == 1


def test_only_some_renderers_can_repaint_a_video_and_only_some_may_be_used_for_paid_work():
    with pytest.raises(BadInput, match="'mesh' animates photos and cannot change a video: choose musetalk or wav2lip"):
        repaint_engine("mesh")
    with pytest.raises(BadInput, match=r"wav2lip may not be used for commercial work.*research and personal use only"):
        check_renderer("wav2lip", commercial=True)
    for name in ("mesh", "musetalk"):
        check_renderer(name, commercial=True)


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("heygen_studio.frames.renderers.find_spec", lambda name: None)
    check_renderer("mesh", commercial=False)
    with pytest.raises(EngineUnavailable, match=r"musetalk needs the package diffusers: pip install"):
        check_renderer("musetalk", commercial=False)


def test_networks_can_be_loaded_in_advance(tiny_weights):
    from heygen_studio.devices import models

    models().unload()
    for name in REPAINTERS:
        repaint_engine(name).load()
    assert [name.split()[0] for name in models().names()] == list(REPAINTERS)


def test_naming_an_engine_loads_nothing_heavy():
    code = "import sys, heygen_studio.frames; print(sorted({'cv2', 'numba', 'scipy', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
