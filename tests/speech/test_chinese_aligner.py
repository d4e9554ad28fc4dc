"""The mouth of a Chinese recording moves with its sounds."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from heygen_studio.motion import make_motion
from heygen_studio.motion.motion import APERTURE, CLOSURE, JAW, ROUND
from heygen_studio.progress import Cancel
from heygen_studio.script.script import Line, Script
from heygen_studio.speech import Speech, find_voice, speak
from heygen_studio.speech.chinese_aligner import ChineseAligner
from heygen_studio.speech.recording import speech_from_recording
from heygen_studio.speech.speech import Word

LINES = ("早上好，欢迎来到我们的公司。", "天气很好，我们去公园吧。")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    voice = find_voice("kokoro:zm_yunxi", language="zh", commercial=False)
    return speak(Script(tuple(map(Line, LINES)), "zh"), voice, folder=tmp_path_factory.mktemp("spoken"))


def agreement(known: Speech, found: Speech) -> np.ndarray:
    """Correlation of the mouth's aperture, jaw, rounding and closure."""
    one, other = (make_motion(replace(speech, lines=()), fps=50, seed=0).mouth for speech in (known, found))
    count = min(len(one), len(other))
    return np.array([np.corrcoef(one[:count, column], other[:count, column])[0, 1] for column in (APERTURE, JAW, ROUND, CLOSURE)])


@pytest.mark.slow  # Kokoro needs npm and 90 MB
@pytest.mark.parametrize("text", [None, "".join(LINES)])
def test_a_chinese_recording_has_the_mouth_of_its_sounds(spoken: Speech, tmp_path: Path, text: str | None) -> None:
    heard, script = speech_from_recording(spoken.wav, text=text, language=None, folder=tmp_path)
    assert (agreement(spoken, heard) > (0.85, 0.8, 0.85, 0.75)).all()
    assert script.language == "zh" and "我们" in script.text
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(heard.phones))
    assert heard.phones[0].start == 0 and heard.phones[-1].end == pytest.approx(heard.duration)
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(heard.words))


@pytest.mark.slow
def test_times_that_are_off_are_put_right(spoken: Speech) -> None:
    off = [Word(word.text, max(0.0, word.start - 0.1), word.end - 0.1) for word in spoken.words]
    words = ChineseAligner().align(spoken, off, Cancel())[1]
    assert [word.text for word in words] == [word.text for word in spoken.words]
    errors = [abs(word.start - known.start) for word, known in zip(words, spoken.words, strict=True)]
    assert np.median(errors) < 0.03


def test_where_the_sounds_are_not_found_the_times_stay(spoken: Speech, tmp_path: Path) -> None:
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, np.random.default_rng(0).normal(0, 0.1, 24000 * 4), 24000)
    words = [Word("早上", 0.5, 0.9), Word("好", 0.9, 1.2), Word("欢迎。", 2.9, 3.3)]
    phones, kept = ChineseAligner().align(Speech(noise, 24000, 4.0, (), (), (), "recording"), words, Cancel())
    assert phones[-1].end == 4.0 and all(before.end == pytest.approx(after.start) for before, after in pairwise(phones))
    assert kept == tuple(words)
