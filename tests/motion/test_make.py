"""What a viewer would notice, on any sequence of sounds."""

from __future__ import annotations

import dataclasses
import math
from typing import get_args

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heygen_studio.errors import BadInput
from heygen_studio.motion import Motion, Style, listening_motion, make_motion
from heygen_studio.motion.motion import APERTURE, CLOSURE, DEPRESS, LABIODENTAL, RAISE, ROUND
from heygen_studio.script.script import Mood
from heygen_studio.speech.speech import Speech
from tests.motion.conftest import Utter, inner_frames

SOUNDS = ["p", "b", "m", "f", "v", "t", "s", "ʃ", "k", "l", "ɹ", "w", "n", "θ", "a", "iː", "u", "oʊ", "aɪ", "ə", "ɛ", "ʈʂ", "y"]
sound = st.tuples(st.sampled_from(SOUNDS), st.floats(0.03, 0.25))
silence = st.tuples(st.just(""), st.floats(0.02, 0.8))
talk = st.lists(sound | sound | sound | silence, min_size=1, max_size=40)
rates = st.sampled_from([12, 15, 23.976, 25, 29.97, 30, 50, 60])
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TRACKS = [field.name for field in dataclasses.fields(Motion) if field.name != "fps"]


@many
@given(sounds=talk, fps=rates, seed=st.integers(0, 2**32), style=st.sampled_from(get_args(Style)), mood=st.sampled_from(get_args(Mood)))
def test_any_speech_gives_a_sane_motion(utter: Utter, sounds: list, fps: float, seed: int, style: Style, mood: Mood) -> None:
    speech = utter(sounds)
    motion = make_motion(speech, fps=fps, seed=seed, moods=[mood], style=style)
    assert len(motion) == math.ceil(speech.duration * fps - 1e-6)
    for name in TRACKS:
        track = getattr(motion, name)
        assert len(track) == len(motion) and track.dtype == np.float32 and np.isfinite(track).all(), name
    low, high = motion.mouth.min(axis=0), motion.mouth.max(axis=0)
    assert (low >= [0, -1, 0, 0, 0, 0, 0, 0, 0]).all() and (high <= [14, 1, 1.1, 10, 1.5, 1.5, 1, 1, 1]).all()
    assert (np.abs(motion.pose).max(axis=0) <= [4, 6, 3]).all()
    assert (motion.blink >= 0).all() and (motion.blink <= 1).all()
    assert (np.abs(motion.gaze) <= [1.8, 0.9]).all() and (np.abs(motion.brow) <= 3).all() and (np.abs(motion.smile) <= 1).all()
    # Nothing jumps: the head turns less than 15 degrees a second.
    assert np.abs(np.diff(motion.pose, axis=0)).max(initial=0) * fps <= 15


@many
@given(sounds=talk, fps=rates)
def test_every_p_b_and_m_shuts_the_lips(utter: Utter, sounds: list, fps: float) -> None:
    speech = utter(sounds)
    motion = make_motion(speech, fps=fps, seed=0)
    for phone in speech.phones:
        if phone.symbol in "pbm" and phone.symbol:
            # The picture is ahead of the sound, and beside a pause the closure may be moved a little.
            near = motion.mouth[max(0, int((phone.start - 0.15) * fps) - 1) : int((phone.end + 0.12) * fps) + 2]
            shut = near[near[:, CLOSURE] >= 0.97]
            assert len(shut)
            assert (shut[:, [RAISE, DEPRESS, LABIODENTAL]] <= 0.05).all() and (shut[:, APERTURE] <= 0.3).all()


@many
@given(sounds=talk, fps=rates)
def test_the_mouth_rests_in_every_silence(utter: Utter, sounds: list, fps: float) -> None:
    speech = utter(sounds)
    motion = make_motion(speech, fps=fps, seed=0)
    for phone in speech.phones:
        if not phone.symbol and phone.end - phone.start >= 0.15:
            inside = motion.mouth[inner_frames(phone.start, phone.end, fps, margin=0.07)]
            # A closure before or after the pause has its frame in any case, even at 12 frames a second.
            assert (np.delete(inside, CLOSURE, axis=1) == 0).all()


@pytest.mark.parametrize("fps", [12, 25, 30, 60])
def test_silence_that_the_sounds_run_into_is_still(utter: Utter, fps: float) -> None:
    """Some voices give the last sound all of the silence that follows."""
    speech = utter([("", 0.2), ("h", 0.08), ("ɛ", 0.12), ("l", 0.1), ("oʊ", 0.3), ("", 0.7)])
    late = tuple(dataclasses.replace(p, end=p.end + 0.4) if p.symbol == "oʊ" else p for p in speech.phones[:-1])
    motion = make_motion(dataclasses.replace(speech, phones=late), fps=fps, seed=0)
    assert (motion.mouth[inner_frames(0.83, 1.5, fps)] == 0).all()
    assert motion.mouth[inner_frames(0.5, 0.75, fps), APERTURE].max() > 1.5


@pytest.mark.parametrize("fps", [12, 25, 60])
def test_fast_speech_still_shuts_on_each_bilabial(utter: Utter, fps: float) -> None:
    speech = utter([("", 0.2), *[("p", 0.04), ("a", 0.06), ("t", 0.04), ("ə", 0.05)] * 12, ("", 0.3)])
    motion = make_motion(speech, fps=fps, seed=0)
    for phone in speech.phones:
        if phone.symbol == "p":
            near = motion.mouth[max(0, int((phone.start - 0.06) * fps)) : int((phone.end + 0.02) * fps) + 1]
            assert near[:, CLOSURE].max() >= 0.97
    assert motion.mouth[:, APERTURE].max() > 2


def test_vowels_differ_as_they_do_on_a_face(utter: Utter) -> None:
    speech = utter([("", 0.3), *[(v, s) for v in ("ɑ", "iː", "uː") for s in (0.3,)], ("f", 0.2), ("a", 0.2), ("", 0.3)])
    mouth = make_motion(speech, fps=50, seed=0).mouth
    ah, ee, oo, ff = (mouth[int(t * 50)] for t in (0.42, 0.72, 1.03, 1.26))
    assert ah[APERTURE] > 1.7 * ee[APERTURE] > 0 and ah[3] > 2 * ee[3]
    assert oo[ROUND] > 0.8 and max(ah[ROUND], ee[ROUND]) < 0.3
    assert ee[1] > 0.5 > 0 > oo[1]
    assert ff[LABIODENTAL] > 0.9 and ff[APERTURE] < 2.2


def test_a_louder_voice_opens_the_mouth_further(utter: Utter) -> None:
    speech = utter([("", 0.2), *[("a", 0.15), ("t", 0.06)] * 8, ("", 0.2)], name="loud")
    samples, rate = soundfile.read(speech.wav)
    samples[: len(samples) // 2] *= 0.4
    soundfile.write(speech.wav, samples, rate, subtype="PCM_16")
    aperture = make_motion(speech, fps=25, seed=0).mouth[:, APERTURE]  # 51 frames
    assert aperture[28:].max() > 1.2 * aperture[:20].max()


def test_same_seed_same_motion_other_seed_other_motion(utter: Utter) -> None:
    speech = utter([("", 0.3), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 10, ("", 0.4)])
    one, two, other = (make_motion(speech, fps=25, seed=seed) for seed in (5, 5, 6))
    for name in TRACKS:
        assert (getattr(one, name) == getattr(two, name)).all()
    assert (one.mouth == other.mouth).all()
    assert all((getattr(one, name) != getattr(other, name)).any() for name in ("pose", "shift", "blink", "gaze", "breath"))


def test_the_blocks_of_the_sound_do_not_matter(utter: Utter) -> None:
    class Chopped(Speech):
        def blocks(self, seconds: float = 10.0):  # type: ignore[no-untyped-def]
            return super().blocks(0.0371)

    speech = utter([("", 0.3), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 10, ("", 0.4)], rate=22050)
    fields = {field.name: getattr(speech, field.name) for field in dataclasses.fields(speech)}
    whole, chopped = (make_motion(s, fps=25, seed=1) for s in (speech, Chopped(**fields)))
    for name in TRACKS:
        assert (getattr(whole, name) == getattr(chopped, name)).all(), name


def test_starts_and_ends_at_rest(utter: Utter) -> None:
    speech = utter([("a", 0.2), ("m", 0.1), ("oʊ", 0.3)] * 8)
    motion = make_motion(speech, fps=25, seed=3, moods=["excited"], style="lively")
    for row in (0, -1):
        assert np.abs(motion.pose[row]).max() < 0.1 and np.abs(motion.shift[row]).max() < 0.1
        assert np.abs(motion.gaze[row]).max() < 0.1 and motion.blink[row] < 0.05
        assert abs(motion.brow[row]) < 0.1 and abs(motion.smile[row]) < 0.05 and motion.breath[row] < 0.1
        assert motion.mouth[row, APERTURE] < 1.5


@pytest.mark.parametrize("seed", range(6))
def test_people_blink_10_to_25_times_a_minute_and_shut_their_eyes(utter: Utter, seed: int) -> None:
    speech = utter([*[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 5, ("", 0.5)] * 24, name="minute")
    blink = make_motion(speech, fps=25, seed=seed).blink
    peaks = np.flatnonzero((blink[1:-1] > blink[:-2]) & (blink[1:-1] >= blink[2:])) + 1
    assert 10 <= len(peaks) / speech.duration * 60 <= 25
    assert (blink[peaks] >= 0.99).all()
    assert np.diff(peaks).min() >= 1.0 * 25
    # Lids fall faster than they rise.
    assert (blink[peaks - 1] <= blink[peaks + 1] + 0.02).all()


def test_moods_show_and_blend(utter: Utter) -> None:
    sounds = [("", 0.2), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 7, ("", 0.2)]
    speech = utter(sounds * 2, lines=[(0.2, 3.0), (3.4, 6.2)])
    motion = make_motion(speech, fps=25, seed=0, moods=["happy", "concerned"])
    assert motion.smile[25:60].min() > 0.5 and motion.smile[100:140].max() < -0.2
    assert np.abs(np.diff(motion.smile)).max() < 0.15
    serious = make_motion(speech, fps=25, seed=0, moods=["serious"] * 2)
    excited = make_motion(speech, fps=25, seed=0, moods=["excited"] * 2)
    assert serious.brow.mean() < -0.3 and excited.brow.mean() > 0.3
    assert excited.pose.std() > serious.pose.std()
    calm = make_motion(speech, fps=25, seed=0, moods=["happy"] * 2, expression_strength=0)
    assert (calm.smile == 0).all()


def test_styles_differ_in_how_much_the_head_moves(utter: Utter) -> None:
    speech = utter([("", 0.2), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 30, ("", 0.2)])
    still, natural, lively = (make_motion(speech, fps=25, seed=0, style=style).pose.std() for style in ("still", "natural", "lively"))
    assert still < 0.4 * natural < natural < lively


def test_a_head_that_holds_still_speaks_and_looks_and_blinks_on(utter: Utter) -> None:
    speech = utter([("", 0.2), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 20, ("", 0.2)])
    moving, held = (make_motion(speech, fps=25, seed=0, head_motion=on) for on in (True, False))
    assert np.ptp(moving.pose, axis=0).min() > 1 and not held.pose.any() and not held.shift.any()
    assert np.array_equal(moving.mouth, held.mouth) and np.array_equal(moving.blink, held.blink) and np.array_equal(moving.brow, held.brow)
    assert held.gaze.std() > 0.1
    assert not listening_motion(5, fps=25, seed=0, head_motion=False).pose.any()


def test_a_mood_for_each_line(utter: Utter) -> None:
    with pytest.raises(BadInput, match="1 lines, but 2 moods"):
        make_motion(utter([("a", 0.5)]), fps=25, seed=0, moods=["happy", "happy"])


def test_without_phones_the_mouth_follows_the_sound(utter: Utter) -> None:
    speech = utter([("", 0.4), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 8, ("", 0.6), *[("ɛ", 0.2), ("l", 0.1)] * 5, ("", 0.4)])
    mouth = make_motion(dataclasses.replace(speech, phones=()), fps=25, seed=0).mouth
    for phone in speech.phones:
        if not phone.symbol:
            assert (mouth[inner_frames(phone.start, phone.end, 25, margin=0.07)] == 0).all()
    assert mouth[15:85, APERTURE].min() >= 0 and mouth[15:85, APERTURE].max() > 2


@pytest.mark.parametrize("seconds", [0.3, 2.0])
def test_silence_and_noise_do_not_break_it(utter: Utter, seconds: float) -> None:
    speech = dataclasses.replace(utter([("", seconds)]), phones=())
    assert (make_motion(speech, fps=25, seed=0).mouth == 0).all()
