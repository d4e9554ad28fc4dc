"""What is known before a video is made: its first seconds, its script, its length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_films import SMALL, prepared_folder

from heygen_studio import BadInput, Event, Line, Scene, Studio, Video, VideoRequest
from heygen_studio.video.probe import probe, read_audio, read_frames

LONG = "Good morning, everyone, and welcome to our film. We are very glad that you came. " * 6


def test_the_preview_is_the_beginning_of_the_video(tmp_path: Path) -> None:
    studio = Studio(prepared_folder(tmp_path))
    request = VideoRequest(text=LONG[:160], **SMALL)
    preview, whole = studio.preview(request, seconds=2), studio.render(request)
    info = probe(preview.path)
    assert (info.frames, info.duration) == (50, pytest.approx(2, abs=0.01))
    assert whole.duration > 3.5
    for one, other, _ in zip(read_frames(preview.path), read_frames(whole.path), range(30), strict=False):
        assert np.abs(one.astype(int) - other).mean() < 1.5
    (heard, rate), (full, _) = read_audio(preview.path), read_audio(whole.path)
    assert np.corrcoef(heard[: rate * 3 // 2], full[: rate * 3 // 2])[0, 1] > 0.95
    assert preview.srt.read_text(encoding="utf-8").startswith("1\n00:00:00,")


def test_of_a_long_text_only_the_beginning_is_spoken_and_nothing_enters_the_library(tmp_path: Path) -> None:
    studio = Studio(prepared_folder(tmp_path))
    video = studio.preview(VideoRequest(text=LONG, **SMALL))
    assert video.duration == 3
    speech = next(studio.settings.stages.glob("speech/*/speech.wav"))
    assert soundfile.info(speech).duration < 9
    assert not studio.settings.library.exists() or not list(studio.settings.library.iterdir())


@pytest.mark.slow  # loads the speech recogniser
def test_of_a_recording_and_of_scenes(rendered: Video, tmp_path: Path) -> None:
    studio = Studio(prepared_folder(tmp_path))
    first = Scene(audio=rendered.wav, avatar="astronaut")
    video = studio.preview(VideoRequest(scenes=(first, Scene(text="Bye.")), width=256, height=256), seconds=1)
    assert video.duration == 1
    heard, rate = read_audio(video.path)
    full, full_rate = soundfile.read(rendered.wav)
    wanted = np.interp(np.arange(len(heard)) / rate, np.arange(len(full)) / full_rate, full)
    assert np.corrcoef(heard, wanted)[0, 1] > 0.9


def test_a_short_text_is_shown_whole(tmp_path: Path) -> None:
    video = Studio(prepared_folder(tmp_path)).preview(VideoRequest(text="Hi.", **SMALL), seconds=3)
    assert 0.5 < video.duration < 2


@pytest.mark.parametrize("seconds", [0, -1, 0.01, 61, float("nan"), float("inf")])
def test_a_preview_has_a_length(seconds: float) -> None:
    with pytest.raises(BadInput, match=r"ask for 0.2 to 60 s"):
        Studio().preview(VideoRequest(text="Hi.", **SMALL), seconds=seconds)


def test_a_prompt_must_be_written_first() -> None:
    with pytest.raises(BadInput, match="script written first"):
        Studio().preview(VideoRequest(prompt="Say hello"))


def test_lines_are_spoken_in_their_moods(tmp_path: Path) -> None:
    studio = Studio(prepared_folder(tmp_path))
    lines = (Line("We lost the match.", "concerned"), Line("We will win the next one.", "excited"))
    script = studio.write_script(VideoRequest(lines=lines))
    assert script.lines == lines
    video = studio.render(VideoRequest(lines=lines, **SMALL))
    flat = studio.render(VideoRequest(lines=tuple(Line(line.text) for line in lines), **SMALL))
    with np.load(video.folder / "motion.npz") as moved, np.load(flat.folder / "motion.npz") as neutral:
        half = len(moved["smile"]) // 2
        difference = moved["smile"] - neutral["smile"]
        assert difference[:half].mean() < -0.05 < 0.05 < difference[half:].mean()


def test_the_script_of_a_text_is_its_sentences() -> None:
    events: list[Event] = []
    script = Studio().write_script(VideoRequest(text="One. Two!\n\nThree?"), on_event=events.append)
    assert [line.text for line in script.lines] == ["One.", "Two!\n", "Three?"]
    with pytest.raises(BadInput, match="script of their own"):
        Studio().write_script(VideoRequest(listen=True))


@pytest.mark.parametrize(
    "text",
    [
        "I am glad you are here. We will go up to the top of the hill and look at the sea.",
        "Photosynthesis transforms sunlight into chemical energy, and carbon dioxide becomes carbohydrate.",
        "Call 555-0199 before 9:30.",
    ],
)
def test_the_estimate_is_near_the_speech(tmp_path: Path, text: str) -> None:
    from heygen_studio.speech import find_voice, speak

    request, studio = VideoRequest(text=text, voice="hibari:heart", speed=1.2), Studio()
    voice = find_voice("hibari:heart", language="en", commercial=False)
    spoken = speak(studio.write_script(request), voice, folder=tmp_path, speed=1.2).duration
    assert studio.estimate(request) == pytest.approx(spoken, rel=0.25)


def test_estimates_of_what_is_not_text(rendered: Video) -> None:
    studio = Studio()
    assert studio.estimate(VideoRequest(prompt="Say hello", seconds=12)) == 12
    assert studio.estimate(VideoRequest(audio=rendered.wav)) == pytest.approx(rendered.duration, abs=0.05)
    both = (Scene(audio=rendered.wav), Scene(silence=2))
    assert studio.estimate(VideoRequest(scenes=both)) == pytest.approx(rendered.duration + 2, abs=0.05)
    assert studio.estimate(VideoRequest(text="长城很长。" * 10)) == pytest.approx(40 / 4, rel=0.4)
