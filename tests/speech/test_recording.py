"""A face can be driven by a recording, with its text or without."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hibari import Hibari

from heygen_studio.errors import BadInput
from heygen_studio.progress import Cancel, Cancelled, Event
from heygen_studio.speech.recording import speech_from_recording

SENTENCES = ("Hello there, and welcome to our company.", "The sale ends on 14 March, and it costs $20.")


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    voice = Hibari()
    path = tmp_path_factory.mktemp("take") / "take.flac"
    soundfile.write(path, np.concatenate([voice(sentence, seed=0) for sentence in SENTENCES]), 24000)
    return path


def test_a_recording_with_its_text(take: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    speech, script = speech_from_recording(take, text=" ".join(SENTENCES), language=None, folder=tmp_path, on_event=events.append)
    assert [line.text for line in script.lines] == list(SENTENCES)
    assert script.language == "en"
    assert speech.voice == "recording"
    assert speech.wav == tmp_path / "speech.wav"
    assert speech.duration == pytest.approx(soundfile.info(take).duration, abs=1e-3)
    assert speech.duration == soundfile.info(speech.wav).duration
    assert [word.text for word in speech.words] == " ".join(SENTENCES).split()
    assert len(speech.lines) == 2 and speech.lines[0][1] < speech.lines[1][0]
    assert speech.phones[-1].end == pytest.approx(speech.duration)
    assert {event.stage for event in events} == {"speech"} and events[-1].fraction == 1.0


def test_a_recording_without_its_text(take: Path, tmp_path: Path) -> None:
    speech, script = speech_from_recording(take, text=None, language=None, folder=tmp_path)
    assert script.lines[0].text == SENTENCES[0]
    assert len(script.lines) == len(speech.lines) == 2
    assert script.lines[1].text.startswith("The sale ends on")


def test_another_text_is_refused(take: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not what is spoken"):
        speech_from_recording(take, text="Plants turn sunlight into food for themselves. " * 2, language="en", folder=tmp_path)
    with pytest.raises(BadInput, match="empty"):
        speech_from_recording(take, text="  ", language="en", folder=tmp_path)


def test_cancel_leaves_nothing(take: Path, tmp_path: Path) -> None:
    cancel = Cancel()

    def stop(event: Event) -> None:
        cancel.cancel()

    with pytest.raises(Cancelled):
        speech_from_recording(take, text=None, language=None, folder=tmp_path, on_event=stop, cancel=cancel)
    assert list(tmp_path.iterdir()) == []
