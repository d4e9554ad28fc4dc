"""A recording is good enough for cloning, or a sentence says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from heygen_studio import BadInput
from heygen_studio.speech import find_voice
from heygen_studio.speech.cloning import check_reference, read_reference
from heygen_studio.speech.engines import load
from heygen_studio.speech.resampling import resampled
from heygen_studio.speech.speech import Samples

RATE = 44100
_SAID = (
    "The museum opens at nine every morning, and the first hour is always the quietest.",
    "Please keep your tickets ready, because the inspector will come through the train soon.",
)

Write = Callable[[Samples], Path]


def _take(voice: str) -> Samples:
    engine = load(find_voice(voice, language="en", commercial=False))
    spoken = [engine.say(text, speed=0.95, seed=number) for number, text in enumerate(_SAID)]
    parts = [resampled(one.samples, one.rate, RATE) for one in spoken]
    return np.concatenate([part for one in parts for part in (one, np.zeros(RATE // 3, np.float32))])


@pytest.fixture(scope="module")
def her() -> Samples:
    """Nine seconds of one voice, its peaks at 1."""
    take = _take("hibari:heart")
    return take / np.abs(take).max()


@pytest.fixture(scope="module")
def him() -> Samples:
    take = _take("coqui:joe")
    return take / np.abs(take).max()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(samples: Samples) -> Path:
        soundfile.write(tmp_path / "take.wav", samples, RATE)
        return tmp_path / "take.wav"

    return to_file


def fault(path: Path) -> str:
    with pytest.raises(BadInput) as error:
        read_reference(path)
    assert "take." in str(error.value) and "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("who", ["her", "him"])
def test_a_clean_recording_of_one_person_is_taken(who: str, write: Write, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    take: Samples = request.getfixturevalue(who) * 0.6
    reference = read_reference(write(take))
    assert reference.duration == pytest.approx(len(take) / RATE, abs=0.01)
    assert np.abs(reference.samples).max() == pytest.approx(0.6, abs=0.05), "as loud as it was"
    soundfile.write(tmp_path / "take.mp3", take, RATE)
    read_reference(tmp_path / "take.mp3")


def test_length(her: Samples, write: Write) -> None:
    short, long = write(her[: 5 * RATE] * 0.6), None
    with pytest.raises(BadInput, match=r"5\.0 s long.*6 to 30 s.*record more"):
        check_reference(short)
    long = write(np.tile(her * 0.6, 4))
    with pytest.raises(BadInput, match=r"6 to 30 s.*cut out the best part"):
        check_reference(long)


def test_faults_of_the_sound(her: Samples, him: Samples, write: Write) -> None:
    noise = np.random.default_rng(0).standard_normal(len(her)).astype(np.float32)
    level = float(np.sqrt(np.mean(her**2)))
    read_reference(write(her * 0.5 + noise * level * 0.5 * 10 ** (-20 / 20)))  # a room that can be heard is no fault
    assert "noisy" in fault(write(her * 0.5 + noise * level * 0.5 * 10 ** (-8 / 20)))
    read_reference(write(np.tanh(her * 2.5) * 0.8))  # compressed, as recorders do it
    assert "overdriven" in fault(write(np.clip(her * 10 ** (12 / 20), -1, 1)))
    assert "speaks for" in fault(write(noise * 0.1))
    assert "speaks for" in fault(write(np.concatenate([her[: 3 * RATE], np.zeros(6 * RATE, np.float32)]) * 0.6))
    half = len(her) // 2
    assert "More than one person" in fault(write(np.concatenate([her[:half], him[half:]]) * 0.6))
