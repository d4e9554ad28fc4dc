"""The motion of a voice that really speaks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from heygen_studio.motion import make_motion
from heygen_studio.motion.loudness import loudness, usual
from heygen_studio.motion.motion import APERTURE, CLOSURE, JAW, LABIODENTAL, ROUND, TONGUE
from heygen_studio.motion.mouth import LEAD_S
from heygen_studio.motion.windows import CLOCK
from heygen_studio.script.script import Line, Script
from heygen_studio.speech import Speech, find_voice, speak

LINES = (
    Line("My mother bought a bag of plump blueberries from a farm above the valley.", "warm"),
    Line("Who would move to a room with two views of the moon?"),
    Line("Five very brave wolves followed me home, but Bob put them back on the boat!", "excited"),
)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return spoken(tmp_path_factory, 1.0)


def spoken(tmp_path_factory: pytest.TempPathFactory, speed: float) -> Speech:
    voice = find_voice("hibari:heart", language="en", commercial=True)
    return speak(Script(LINES), voice, folder=tmp_path_factory.mktemp("speech"), speed=speed)


@pytest.mark.parametrize(("speed", "fps"), [(1.0, 25), (1.5, 25), (1.5, 12), (1.0, 60)])
def test_every_sound_gets_the_shape_it_needs(tmp_path_factory: pytest.TempPathFactory, speed: float, fps: float) -> None:
    speech = spoken(tmp_path_factory, speed)
    mouth = make_motion(speech, fps=fps, seed=0).mouth
    for phone in speech.phones:
        during = mouth[max(0, int((phone.start - LEAD_S - 0.06) * fps)) : int((phone.end - LEAD_S + 0.06) * fps) + 1]
        if phone.symbol in ("p", "b", "m"):
            assert during[:, CLOSURE].max() >= 0.97
        if phone.symbol in ("w", "u") and fps >= 25:  # at 12 frames a second a quick w falls between two frames
            assert during[:, ROUND].max() > 0.6
        if phone.symbol in ("f", "v") and fps >= 25:
            assert during[:, LABIODENTAL].max() > 0.5
        if phone.symbol in ("θ", "ð") and fps >= 25:
            assert during[:, TONGUE].max() > 0.6  # between the teeth, or nearly


def test_the_mouth_is_still_wherever_the_voice_is_silent(speech: Speech) -> None:
    fps = 50
    mouth = make_motion(speech, fps=fps, seed=0).mouth
    quiet = loudness(speech) < 0.01 * usual(loudness(speech))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int)))
    silences = [(a / CLOCK, b / CLOCK) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 0.15 * CLOCK]
    assert len(silences) >= 4
    for start, end in silences:
        inside = mouth[int(np.ceil((start + 0.03) * fps)) : int((end - 0.07) * fps)]
        assert (np.delete(inside, CLOSURE, axis=1) == 0).all()


def test_the_jaw_follows_the_loudness(speech: Speech) -> None:
    motion = make_motion(speech, fps=25, seed=0)
    level = loudness(speech)
    heard = np.interp((np.arange(len(motion)) + 0.5) / 25 + LEAD_S, np.arange(len(level)) / CLOCK, np.sqrt(level))
    assert np.corrcoef(heard, motion.mouth[:, JAW])[0, 1] > 0.45


def test_the_mouth_that_is_only_heard_agrees_with_the_one_that_is_known(speech: Speech) -> None:
    # These lines are full of closures, which are the hardest to hear: the hardest of texts.
    known = make_motion(speech, fps=50, seed=0).mouth
    heard = make_motion(dataclasses.replace(speech, phones=()), fps=50, seed=0).mouth
    assert np.corrcoef(known[:, JAW], heard[:, JAW])[0, 1] > 0.8
    assert np.corrcoef(known[:, APERTURE], heard[:, APERTURE])[0, 1] > 0.8
    assert 0.6 < heard[:, APERTURE].std() / known[:, APERTURE].std() < 1.4


def test_what_is_said_later_does_not_change_what_was_done_before(speech: Speech) -> None:
    """Random movement of the first seconds is the same for a longer speech."""
    end = speech.lines[0][1]
    short = dataclasses.replace(speech, duration=end, lines=speech.lines[:1], phones=tuple(p for p in speech.phones if p.end <= end))
    one, two = (make_motion(s, fps=25, seed=4) for s in (speech, short))
    n = len(two) - 30
    for name in ("shift", "blink"):
        assert np.allclose(getattr(one, name)[:n], getattr(two, name)[:n], atol=1e-5), name
