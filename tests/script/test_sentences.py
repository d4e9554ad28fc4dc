"""Splitting text into sentences, and the user's own text as a script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio import BadInput
from heygen_studio.script import detect_language, foreign_word, script_from_text, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith paid $3.50. He left.", ["Dr. Smith paid $3.50.", "He left."]),
        ("We meet at 9 a.m. in the U.S. Navy office. Come!", ["We meet at 9 a.m. in the U.S. Navy office.", "Come!"]),
        ("John F. Kennedy spoke. Room No. 5 is free.", ["John F. Kennedy spoke.", "Room No. 5 is free."]),
        ("I said no. You left.", ["I said no.", "You left."]),
        ("“Why?” she asked. Then silence...", ["“Why?” she asked.", "Then silence..."]),
        ("你好！今天好吗？“好。”他说。版本3.5来了", ["你好！", "今天好吗？", "“好。”", "他说。", "版本3.5来了"]),
        ("First line\nsecond line", ["First line", "second line"]),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text(alphabet=st.sampled_from("aB1 .,!?…。！？“”()\n\t的是Dr"), max_size=80))
def test_no_character_is_lost_or_changed(text: str) -> None:
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() and sentence for sentence in split_sentences(text))


def test_a_given_text_is_spoken_exactly() -> None:
    text = "Hello, [Bob] *there*! It costs $5 (five). #wow 😀\n\nSo be it"
    script = script_from_text(text, "en")
    assert re.sub(r"\s+", " ", text) == script.text
    assert len(script.lines) == 4 and script.attempts == ()


@pytest.mark.parametrize(("text", "part"), [("", "empty"), (" \n?! ", "empty"), ("word " * 10_000, "50,000")])
def test_a_text_that_cannot_be_spoken(text: str, part: str) -> None:
    with pytest.raises(BadInput, match=part):
        script_from_text(text, "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [("Hello there", "en"), ("你好世界", "zh"), ("我们的App很好用", "zh"), ("The word 茶 means tea", "en"), ("123", "en")],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Привет, мир!", "Привет"),
        ("こんにちは世界", "こんにちは世界"),
        ("OK: नमस्ते दुनिया", "नमस्ते"),
        ("Tchaikovsky (Чайковский) wrote the ballets that we hear tonight.", None),
        ("我们爱 Ünïcödé", None),
        ("π > 3", None),
        ("🎉 2026", None),
    ],
)
def test_letters_of_other_languages(text: str, word: str | None) -> None:
    assert foreign_word(text) == word
