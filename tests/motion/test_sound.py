"""What the motion hears: windows, loudness, pauses, melody, accents."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import soundfile

from heygen_studio.motion.accents import accents
from heygen_studio.motion.loudness import audible, loudness, usual
from heygen_studio.motion.make import make_motion
from heygen_studio.motion.motion import APERTURE, CLOSURE
from heygen_studio.motion.pauses import pauses
from heygen_studio.motion.pitch import PER_SECOND, semitones
from heygen_studio.motion.windows import CLOCK, ticks, windows
from heygen_studio.speech.speech import UNNAMED, Speech
from tests.motion.conftest import RATE, Utter

#: Of an a: Hz, width in Hz, strength.
FORMANTS = ((730.0, 90.0, 1.0), (1090.0, 110.0, 0.7), (2440.0, 170.0, 0.3), (3400.0, 250.0, 0.2))


def overwritten(speech: Speech, samples: np.ndarray) -> Speech:
    soundfile.write(speech.wav, samples, speech.rate, subtype="PCM_16")
    return dataclasses.replace(speech, duration=len(samples) / speech.rate, phones=())


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
def test_windows_are_centred_on_their_ticks(utter: Utter, rate: int) -> None:
    speech = overwritten(utter([("a", 12.0)], rate=rate), np.arange(12 * rate) % 30000 / 32768)
    found = np.concatenate(list(windows(speech, CLOCK, 0.02)))
    assert len(found) == ticks(speech) == 12 * CLOCK
    half = round(0.02 * rate / 2)
    samples, _ = soundfile.read(speech.wav, dtype="float32")
    for tick in (0, 7, 1003, len(found) - 1):
        centre = tick * rate // CLOCK
        expected = np.concatenate([np.zeros(half), samples, np.zeros(half)])[centre : centre + 2 * half]
        assert np.array_equal(found[tick], expected.astype(np.float32))


def test_silence_is_found_under_the_noise_of_a_room(utter: Utter) -> None:
    speech = utter([("", 0.5), ("a", 1.0), ("", 0.4), ("a", 1.0), ("", 0.1), ("a", 1.0), ("", 0.5)])
    samples, _ = soundfile.read(speech.wav)
    noisy = overwritten(speech, samples + 0.002 * np.random.default_rng(0).standard_normal(len(samples)))
    found = pauses(audible(loudness(noisy)), ())
    assert [(round(p.start, 1), round(p.end, 1)) for p in found] == [(0.0, 0.5), (1.5, 1.9), (4.0, 4.5)]


def test_breath_between_the_sounds_is_a_pause(utter: Utter) -> None:
    speech = utter([("a", 1.0), ("h", 0.5), ("a", 1.0)])
    silent = [dataclasses.replace(phone, symbol="" if phone.symbol == "h" else phone.symbol) for phone in speech.phones]
    (pause,) = pauses(audible(loudness(speech)), silent)
    assert (pause.start, pause.end) == (1.0, 1.5)


@pytest.mark.parametrize("base", [90.0, 130.0, 240.0])
def test_the_melody_is_heard_in_any_voice(utter: Utter, base: float) -> None:
    rate = 24000
    at = np.arange(3 * rate) / rate
    hertz = base * 2 ** (np.where((at > 1) & (at < 2), 4.0, 0.0) / 12)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 9)) * 0.2
    found = semitones(overwritten(utter([("a", 3.0)], rate=rate), voice))
    assert abs(np.median(found[10:40]) - 0) < 0.5
    assert abs(np.median(found[PER_SECOND + 10 : 2 * PER_SECOND - 10]) - 4) < 0.7


def test_noise_has_no_melody(utter: Utter) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(24000)
    assert (semitones(overwritten(utter([("a", 1.0)], rate=24000), noise)) != 0).mean() < 0.1


def test_the_stressed_moment_is_an_accent(utter: Utter) -> None:
    speech = utter([("a", 3.0)])
    samples, rate = soundfile.read(speech.wav)
    at = np.arange(len(samples)) / rate
    swelling = 0.4 + 0.6 * (np.exp(-(((at - 0.8) / 0.12) ** 2)) + np.exp(-(((at - 2.1) / 0.12) ** 2)))
    speech = overwritten(speech, samples * swelling)
    level = loudness(speech)
    found = accents(level, usual(level), semitones(speech))
    assert [round(accent.time, 1) for accent in found if accent.strength > 0.9] == [0.8, 2.1]


def open_vowel(seconds: float, rate: int) -> np.ndarray:
    """The a of "father" in a man's voice: harmonics of 120 Hz, strong where the throat and the mouth resonate."""
    at = np.arange(round(seconds * rate)) / rate
    hertz = 120.0 * np.arange(1, 40)
    strength = sum(height / (1 + ((hertz - formant) / width) ** 2) for formant, width, height in FORMANTS) * 120 / hertz
    voice = np.sin(2 * np.pi * hertz[:, None] * at).T @ strength
    return 0.4 * voice / np.abs(voice).max()


def test_sounds_without_a_name_take_their_mouth_from_the_sound(utter: Utter) -> None:
    speech = utter([("", 0.3), ("s", 0.4), ("m", 0.3), ("a", 0.4), ("", 0.3)])
    samples, rate = soundfile.read(speech.wav)
    samples[int(0.3 * rate) : int(0.7 * rate)] = samples[int(1.0 * rate) : int(1.4 * rate)] = open_vowel(0.4, rate)  # no s, but an a
    soundfile.write(speech.wav, samples, rate, subtype="PCM_16")
    nameless = tuple(dataclasses.replace(phone, symbol=UNNAMED) if phone.symbol == "s" else phone for phone in speech.phones)
    known, blended = (make_motion(one, fps=50, seed=0).mouth for one in (speech, dataclasses.replace(speech, phones=nameless)))
    assert blended[20:28, APERTURE].mean() > known[20:28, APERTURE].mean() + 0.5
    shut = known[:, CLOSURE] == 1
    assert shut.any() and blended[shut, APERTURE].max() < 1e-6
    assert not blended[[0, -1]].any()


@pytest.mark.parametrize("brown", [0.0, 1.0])
def test_noise_alone_does_not_make_the_mouth_chatter(utter: Utter, brown: float) -> None:
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(8 * RATE))
    spectrum /= np.maximum(np.fft.rfftfreq(8 * RATE, 1 / RATE), 60) ** brown
    noise = np.fft.irfft(spectrum)
    mouth = make_motion(overwritten(utter([("a", 8.0)]), 0.2 * noise / np.abs(noise).max()), fps=25, seed=0).mouth
    assert np.abs(np.diff(mouth[:, APERTURE])).mean() < 0.3 and not (mouth[:, CLOSURE] == 1).any()
    assert mouth[25:-25, APERTURE].mean() < 0.5


def test_a_whisper_is_no_steady_noise(utter: Utter) -> None:
    hiss = 0.2 * np.random.default_rng(0).standard_normal(6 * RATE)
    syllables = np.repeat(np.tile([1.0, 0.1], 15), len(hiss) // 30)  # five a second
    mouth = make_motion(overwritten(utter([("a", 6.0)]), hiss * syllables), fps=25, seed=0).mouth
    assert mouth[25:-25, APERTURE].mean() > 1.0


def test_the_mouth_that_is_heard_does_not_depend_on_the_level_or_on_how_far_the_recording_goes_on(utter: Utter) -> None:
    speech = utter([("", 0.4), *[("m", 0.1), ("a", 0.2), ("s", 0.1)] * 60, ("", 0.4)])
    samples, _ = soundfile.read(speech.wav)
    loud, quiet = (make_motion(overwritten(speech, samples * gain), fps=25, seed=0).mouth for gain in (1.0, 0.1))
    assert np.abs(loud - quiet)[:, APERTURE].max() < 0.3
    long = make_motion(overwritten(speech, np.concatenate([samples] * 4)), fps=25, seed=0).mouth
    assert np.abs(loud - long[: len(loud)])[5:-5, APERTURE].max() < 0.3
