"""A request is validated at the border: one sentence that names the fault."""

from __future__ import annotations

from typing import Any

import pytest

from heygen_studio import BadInput, VideoRequest


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "nothing to say"),
        ({"prompt": "   "}, "nothing to say"),
        ({"prompt": "x" * 50_000}, "50,000 characters"),
        ({"text": "x" * 50_000}, "50,000 characters"),
        ({"prompt": "a", "text": "b"}, "both given"),
        ({"prompt": "a", "audio": "take.wav"}, "both given"),
        ({"prompt": "a", "width": 511}, "width is 511"),
        ({"prompt": "a", "height": 64}, "height is 64"),
        ({"prompt": "a", "fps": 500}, "fps is 500"),
        ({"prompt": "a", "speed": float("nan")}, "speed is nan"),
        ({"prompt": "a", "seconds": 0}, "seconds is 0"),
        ({"prompt": "a", "language": "xx"}, "language is 'xx'"),
        ({"text": "Привет, мир!"}, "for example “Привет”: name its language"),
        ({"lines": [{"text": "Добрый день"}], "language": "en"}, "for example “Добрый”"),
        ({"prompt": "a", "wdith": 512}, "no field 'wdith'"),
    ],
)
def test_a_bad_field_is_named_in_one_sentence(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as error:
        VideoRequest(**fields)
    sentence = str(error.value)
    assert said in sentence
    assert "\n" not in sentence and sentence.endswith(".")


def test_a_recording_may_come_with_its_text() -> None:
    assert VideoRequest(audio="take.wav", text="Hello.").audio is not None


def test_a_request_survives_json() -> None:
    request = VideoRequest(prompt="Hello", facts=("It opens at nine.",), fps=30, width=1280, height=720)
    assert VideoRequest.model_validate_json(request.model_dump_json()) == request
