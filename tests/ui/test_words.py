"""The two languages of the interface say the same, and errors reach a Chinese reader in Chinese."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import heygen_studio.ui
from heygen_studio import BadInput
from heygen_studio.ui.words import safe, sentence, words

SOURCES = [path.read_text(encoding="utf-8") for path in Path(heygen_studio.ui.__file__).parent.glob("*.py")]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_values() -> None:
    english, chinese = words("en"), words("zh")
    assert english.keys() == chinese.keys()
    assert all(placeholders(english[name]) == placeholders(chinese[name]) for name in english if name != "batch.columns")


#: How a page asks for a word, and any short text in its source; both may have parts that are filled in.
ASKED = re.compile(r"""\b(?:t|both|say|card|page_head|_section)\([^"'\n]*?f?["']([\w.{}\[\]]+)["']""")
LITERAL = re.compile(r"""["']([\w.{}\[\]]+)["']""")


def test_every_word_that_a_page_asks_for_is_there_and_none_is_left_over() -> None:
    asked = {name for source in SOURCES for name in ASKED.findall(source)}
    assert {name for name in asked if "{" not in name and "." in name} <= words("en").keys()
    written = {name for source in SOURCES for name in LITERAL.findall(source)}
    patterns = [re.compile(re.sub(r"\\{.*?\\}", r"[\\w.]+", re.escape(name))) for name in written]

    def is_asked(name: str) -> bool:
        names = (name, *(name.removesuffix(end) for end in (".title", ".hint", ".info", ".example")))
        return any(pattern.fullmatch(part) for pattern in patterns for part in names)

    assert [name for name in words("en") if not is_asked(name)] == []


def test_errors_reach_a_chinese_reader_in_chinese() -> None:
    error = BadInput("No face was found in ann.jpg: give a photo of one person who looks into the camera, well lit and sharp.")
    assert sentence(error, "zh").startswith("ann.jpg 中没有找到人脸")
    assert sentence(error, "en") == str(error)
    assert "Nobody thought of this" in sentence(BadInput("Nobody thought of this."), "zh")


def test_a_visitor_is_told_of_their_own_quota_and_not_of_a_hash() -> None:
    error = BadInput("visitor-0123abc has 3 unfinished jobs, and 3 are allowed: wait until some are finished.")
    assert sentence(error, "en").startswith("You have 3 unfinished jobs")
    assert "visitor-" not in sentence(error, "zh")


def test_words_of_a_visitor_are_neither_html_nor_a_template_nor_a_translation() -> None:
    written = safe("<b onclick='x'>${alert(1)} {{this}} `a` \\ __i18n__{\"key\": 1}")
    assert not re.search(r"""[<>'"`$\\{}]|__i18n__""", written)
