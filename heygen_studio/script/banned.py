"""Banned words: find them in any case, inflection or punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

#: Characters that may be put between the letters of a word to hide it ("ch-eap", "c*h*e*a*p").
_JOINT = r"[^\w\s]*_*[^\w\s]*"
#: What may stand between the words of a phrase.
_GAP = r"[\W_]+"
_ENDINGS = r"(?:['’]?s|es|['’]|ed|er|ers|est|ing|ings|ly|y|able|ness|ment|ments|en)?"
_HAN = re.compile(r"[\u3400-\u9fff]")


def banned_in(text: str, banned_words: Iterable[str]) -> list[str]:
    """The banned words or phrases that ``text`` contains, in the order given.

    Case, width and accents do not matter, nor does punctuation inside a word; an English word is found with the
    usual endings (cheap: cheaper, cheapest, cheaply), a Chinese one anywhere, even across punctuation.
    """
    folded = _fold(text)
    return [word for word in banned_words if word.strip() and _pattern(_fold(word)).search(folded)]


def _fold(text: str) -> str:
    """Case-folded text without accents, width variants and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", decomposed) if unicodedata.category(c) not in ("Mn", "Cf"))


@lru_cache(maxsize=256)
def _pattern(folded: str) -> re.Pattern[str]:
    if _HAN.search(folded):
        return re.compile(r"[\W_]*".join(re.escape(c) for c in folded if c.isalnum()))
    words = re.findall(r"[^\W_]+", folded)
    if not words:
        return re.compile(re.escape(folded.strip()))
    *first, last = words
    phrase = _GAP.join([*map(_spread, first), _stem(last)])
    return re.compile(rf"(?<![^\W_]){phrase}(?![^\W_])")


def _spread(word: str) -> str:
    return _JOINT.join(map(re.escape, word))


def _stem(word: str) -> str:
    """The word with its endings: silent e (amaze, amazing), y (happy, happier), doubled consonant (ban, banned)."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return _spread(word) + r"(?:['’]?s)?"
    if word.endswith("e"):
        return (
            _spread(word[:-1])
            + _JOINT
            + r"(?:e"
            + _JOINT
            + r"(?:d|r|rs|st|n|ly|ness|ment|ments|['’]?s|['’])?|ing|ings|ed|er|ers|est|y|able|ation)"
        )
    if word.endswith("y"):
        return _spread(word[:-1]) + _JOINT + r"(?:y" + _JOINT + _ENDINGS + r"|ies|ied|ier|iest|ily|iness)"
    return _spread(word) + _JOINT + rf"{word[-1]}?" + _ENDINGS
