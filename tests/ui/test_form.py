"""From controls to a request and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heygen_studio import BadInput, VideoRequest
from heygen_studio.script import Line
from heygen_studio.settings import settings
from heygen_studio.ui.desk import Desk
from heygen_studio.ui.examples import FOLDER, NAMES, request_of_example
from heygen_studio.ui.form import ASPECTS, FIRST_VOICE, SIZES, frame_size, hex_colour, request_of
from heygen_studio.ui.moods import shown
from heygen_studio.ui.reuse import values_of

VALUES: dict[str, Any] = values_of(VideoRequest(text="Hello."))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(replace(settings(), data=tmp_path))


def test_every_shape_and_size_is_one_that_can_be_rendered() -> None:
    for aspect in ASPECTS:
        for size in SIZES:
            width, height = frame_size(aspect, size)
            assert VideoRequest(text="Hello.", width=width, height=height).size == (width, height)
            assert min(width, height) == SIZES[size]


@pytest.mark.parametrize(
    "request_",
    [
        VideoRequest(text="Hello.", width=1280, height=720, style="lively", seed=7, captions=True, title="A greeting", commercial=True),
        VideoRequest(prompt="Greet the class", role="teacher", tone="calm", seconds=30, width=512, height=512, language="en"),
    ],
)
def test_an_old_request_fills_the_form_that_asks_for_it_again(request_: VideoRequest, desk: Desk) -> None:
    again = request_of({**VALUES, **values_of(request_)}, desk, "ann")
    assert again.model_dump(exclude={"voice"}) == request_.model_dump(exclude={"voice"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"mode": "text", "text": "  "}, "text"),
        ({"mode": "write", "text": "", "prompt": " "}, "prompt"),
        ({"mode": "record", "audio": None}, "audio"),
        ({"mode": "record", "audio": "/etc/hostname", "audio_consent": False}, "audio"),
    ],
)
def test_what_is_missing_is_said_with_its_field(changes: dict[str, Any], field: str, desk: Desk) -> None:
    with pytest.raises(BadInput) as error:
        request_of({**VALUES, **changes}, desk, "ann")
    assert error.value.field == field and ":" in str(error.value)


def test_a_chosen_mood_goes_with_its_sentence_wherever_that_moves(desk: Desk) -> None:
    moods = shown((Line("It is closed."), Line("Welcome.", "happy")))
    spoken = request_of({**VALUES, "text": "Welcome. We open at nine.", "moods": moods}, desk, "ann")
    assert [(line.text, line.mood) for line in spoken.lines] == [("Welcome.", "happy"), ("We open at nine.", "neutral")]
    assert values_of(spoken)["text"] == "Welcome. We open at nine." and values_of(spoken)["moods"][0]["mood"] == "happy"


def test_the_first_voice_gives_way_to_one_of_the_languages_own_and_a_chosen_one_does_not(desk: Desk) -> None:
    chinese = {**VALUES, "text": "你好，欢迎参观。"}
    assert request_of({**chinese, "voice": FIRST_VOICE}, desk, "ann").voice is None
    assert request_of({**chinese, "voice": "kokoro:zm_yunxi"}, desk, "ann").voice == "kokoro:zm_yunxi"
    assert request_of({**VALUES, "voice": FIRST_VOICE}, desk, "ann").voice == FIRST_VOICE


def test_every_example_is_there_and_asks_for_what_the_form_offers(desk: Desk) -> None:
    for name in NAMES:
        assert all((FOLDER / f"{name}.{kind}").is_file() for kind in ("mp4", "vtt", "jpg"))
        wanted = request_of_example(name)
        again = request_of({**VALUES, **values_of(wanted)}, desk, "ann")
        assert again.model_dump(exclude={"expression_strength"}) == wanted.model_dump(exclude={"expression_strength"})


def test_browsers_write_colours_in_many_ways() -> None:
    assert hex_colour("#1e90ff") == "#1e90ff"
    assert hex_colour("rgba(30.4, 144, 255, 1)") == "#1e90ff"


def test_a_draft_that_was_edited_is_spoken_and_not_written_anew(desk: Desk) -> None:
    edited = request_of({**VALUES, "mode": "write", "prompt": "Greet the class", "text": "Good morning, class."}, desk, "ann")
    assert edited.text == "Good morning, class." and not edited.prompt
