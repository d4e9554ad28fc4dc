from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

from heygen_studio.errors import BadInput
from heygen_studio.frames import FRAME_ENGINES, frame_engine
from heygen_studio.progress import Cancel, Cancelled

from .conftest import motion


def test_an_unknown_renderer_is_refused_by_name_with_the_choices():
    with pytest.raises(BadInput, match=r"'holodeck'.*mesh"):
        frame_engine("holodeck")


@pytest.mark.parametrize("name", sorted(FRAME_ENGINES))
def test_one_frame_per_row_at_the_size_of_the_portrait(name, hopper):
    frames = [f.copy() for f in frame_engine(name).frames(hopper.portrait, motion("silence", "aa", "uw"))]
    assert [f.shape for f in frames] == [hopper.portrait.image.shape] * 3
    assert all(f.dtype == np.uint8 for f in frames)
    assert not np.array_equal(frames[0], frames[1])


@pytest.mark.parametrize("name", sorted(FRAME_ENGINES))
def test_the_same_input_gives_the_same_bytes(name, astronaut):
    moves = motion("ae", "pbm", "l", pose=[[2, -3, 1]] * 3, blink=[0, 0.5, 1])
    first, second = ([f.tobytes() for f in frame_engine(name).frames(astronaut.portrait, moves)] for _ in range(2))
    assert first == second


def test_frames_do_not_pile_up(hopper):
    frames = frame_engine("mesh").frames(hopper.portrait, motion(*["aa"] * 3))
    assert len({frame.__array_interface__["data"][0] for frame in frames}) == 1


def test_two_videos_of_one_engine_may_run_side_by_side(hopper):
    engine = frame_engine("mesh")
    moves = motion("aa", "uw")
    alone = [f.copy() for f in engine.frames(hopper.portrait, moves)]
    for (a, b), expected in zip(zip(*(engine.frames(hopper.portrait, moves) for _ in range(2)), strict=True), alone, strict=True):
        assert np.array_equal(a, expected) and np.array_equal(b, expected)


def test_cancel_stops_before_the_next_frame(hopper):
    cancel = Cancel()
    frames = frame_engine("mesh").frames(hopper.portrait, motion(*["aa"] * 5), cancel=cancel)
    assert len(list(itertools.islice(frames, 2))) == 2
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(frames)


def test_naming_an_engine_loads_nothing_heavy():
    code = "import sys, heygen_studio.frames; print(sorted({'cv2', 'numba', 'scipy', 'torch'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
