"""The languages that voices speak, beyond English and Chinese: their names, how they are written, and how much is spoken at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..script.script import Language


@dataclass(frozen=True)
class Tongue:
    """A language. name: in English; longest: characters that XTTS speaks at once."""

    name: str
    longest: int


#: Every language by its code. The limits are those of XTTS v2's own tokenizer, with something to spare.
TONGUES: dict[Language, Tongue] = {
    "en": Tongue("English", 240),
    "zh": Tongue("Chinese", 80),
    "es": Tongue("Spanish", 230),
    "fr": Tongue("French", 240),
    "de": Tongue("German", 240),
    "it": Tongue("Italian", 205),
    "pt": Tongue("Portuguese", 195),
    "pl": Tongue("Polish", 215),
    "tr": Tongue("Turkish", 215),
    "ru": Tongue("Russian", 175),
    "nl": Tongue("Dutch", 240),
    "cs": Tongue("Czech", 180),
    "ar": Tongue("Arabic", 160),
    "hu": Tongue("Hungarian", 215),
    "ko": Tongue("Korean", 90),
    "ja": Tongue("Japanese", 68),
    "hi": Tongue("Hindi", 145),
}

#: A Japanese phrase, roughly: kanji with the kana behind them, katakana, Latin letters and figures, or kana alone; then marks.
_PHRASE = re.compile(r"(?:[\u3400-\u9fff々]+[\u3040-\u309f]*|[\u30a0-\u30ffー]+[\u3040-\u309f]*|[A-Za-z0-9.,]+|[\u3040-\u309f]+|.)[\W]*")


def words_of(text: str, language: Language) -> tuple[str, ...]:
    """The written words of a text, each with its punctuation; in Japanese its phrases."""
    if language == "ja":
        return tuple(match[0].strip() for match in _PHRASE.finditer(text) if match[0].strip())
    return tuple(text.split())
