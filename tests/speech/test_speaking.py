"""A script becomes one file with the times of everything in it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from heygen_studio.errors import BadInput, OutputError
from heygen_studio.progress import Cancel, Cancelled, Event
from heygen_studio.script.script import Line, Script
from heygen_studio.speech import Speech, find_voice, speak
from heygen_studio.speech.loudness import integrated_loudness, true_peak
from heygen_studio.speech.pieces import LONGEST, pieces

LINES = ("Welcome to the spring sale.", "Everything costs $39.95 until 9:30!\n", "😀", "Thank you, and goodbye.")
VOICE = find_voice("hibari:heart", language="en", commercial=True)


def script(*lines: str) -> Script:
    return Script(tuple(Line(line) for line in lines))


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Speech:
    return speak(script(*LINES), VOICE, folder=tmp_path_factory.mktemp("speech"))


def test_the_file_is_what_the_result_says(speech: Speech) -> None:
    info = soundfile.info(speech.wav)
    assert (info.subtype, info.channels, info.samplerate) == ("PCM_16", 1, speech.rate)
    assert info.duration == pytest.approx(speech.duration, abs=1e-6)
    assert speech.phones[0].start == 0 and speech.phones[-1].end == pytest.approx(speech.duration)
    assert [path.name for path in speech.wav.parent.iterdir()] == ["speech.wav"]
    assert speech.voice == "hibari:heart"


def test_loudness_and_peak(speech: Speech) -> None:
    assert integrated_loudness(speech.wav) == pytest.approx(-16, abs=0.5)
    assert true_peak(speech.wav) <= -1.0


def test_words_and_lines_are_those_of_the_script(speech: Speech) -> None:
    assert [word.text for word in speech.words] == " ".join(LINES).split()
    assert len(speech.lines) == len(LINES)
    for (_, end), (start, _) in zip(speech.lines, speech.lines[1:], strict=False):
        assert end <= start
    first, last = speech.lines[1]
    inside = [word.text for word in speech.words if first - 1e-6 <= word.start and word.end <= last + 1e-6]
    assert inside == LINES[1].split()


def test_pauses(speech: Speech) -> None:
    """A quarter of a second at both ends, a third between sentences, more after a paragraph; no two silences in a row."""
    first, last = speech.phones[0], speech.phones[-1]
    assert not first.symbol and 0.2 <= first.end <= 0.31
    assert not last.symbol and 0.2 <= last.end - last.start <= 0.33
    assert speech.lines[1][0] - speech.lines[0][1] == pytest.approx(0.35, abs=0.06)
    short = speak(script("One.", "Two.\n", "Three."), VOICE, folder=speech.wav.parent / "short").lines
    assert short[2][0] - short[1][1] > 1.7 * (short[1][0] - short[0][1])
    for before, after in zip(speech.phones, speech.phones[1:], strict=False):
        assert before.symbol or after.symbol
        assert before.end == pytest.approx(after.start, abs=1e-6)


def test_the_same_request_gives_the_same_bytes(speech: Speech, tmp_path: Path) -> None:
    again = speak(script(*LINES), VOICE, folder=tmp_path)
    assert again.wav.read_bytes() == speech.wav.read_bytes()
    other = speak(script(*LINES), VOICE, folder=tmp_path / "other", seed=7)
    assert other.wav.read_bytes() != speech.wav.read_bytes()


def test_progress_counts_the_lines(tmp_path: Path) -> None:
    events: list[Event] = []
    speak(script("One.", "Two."), VOICE, folder=tmp_path, on_event=events.append)
    assert [event.done for event in events if event.stage == "speech"] == [0, 1, 2]
    assert events[-1].fraction == 1.0


def test_cancel_stops_within_a_second_and_leaves_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    many = script(*(f"This is sentence number {number} of a long speech." for number in range(500)))
    threading.Timer(1.0, cancel.cancel).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        speak(many, VOICE, folder=tmp_path, cancel=cancel)
    assert time.monotonic() - started < 2.0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("speed", [0.4, 1.6, -1, float("nan")])
def test_a_speed_out_of_range_is_refused(tmp_path: Path, speed: float) -> None:
    with pytest.raises(BadInput, match=r"between 0\.5 and 1\.5"):
        speak(script("Hello."), VOICE, folder=tmp_path, speed=speed)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(OutputError, match="file"):
        speak(script("Hello."), VOICE, folder=blocked / "speech")


def test_a_very_long_sentence_without_punctuation_is_spoken_whole(tmp_path: Path) -> None:
    text = "and then we walked along the river until the lights of the town came up behind the hill " * 24
    speech = speak(script(text), VOICE, folder=tmp_path)
    assert [word.text for word in speech.words] == text.split()
    assert 2.0 < len(speech.words) / speech.duration < 4.5
    assert len(speech.lines) == 1


def test_one_letter_without_spaces_for_ever(tmp_path: Path) -> None:
    speech = speak(script("ha" * 1000), VOICE, folder=tmp_path)
    assert np.isfinite(integrated_loudness(speech.wav)) and speech.duration > 10


def test_pieces_lose_nothing_and_fit() -> None:
    text = "Dr. Lee came. He saw: " + "a long list, of many things, " * 40 + "“and” left! " + "word " * 200
    parts = pieces(text)
    assert " ".join(" ".join(parts).split()) == " ".join(text.split())
    assert max(map(len, parts)) <= LONGEST
    assert pieces("Short.") == ["Short."] and pieces("  ") == []
    assert pieces("中" * 100 + "。" + "文" * 200 + "，" + "字" * 100)[0].endswith("。")
