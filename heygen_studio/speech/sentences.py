"""Timed words grouped into sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .english_names import TITLES
from .speech import Word

#: A pause that ends a sentence where no punctuation does, in seconds.
PAUSE = 0.6
#: A sentence without punctuation and pauses is cut after so many words.
LONGEST = 40

_ENDINGS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
_CLOSING = "\"'”’)）」』》"


def sentences(words: Iterable[Word]) -> Iterator[list[Word]]:
    """The words, in order, in stretches that end with a sentence or in a pause."""
    sentence: list[Word] = []
    for word in words:
        if sentence and _ends(sentence, word):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _ends(sentence: list[Word], after: Word) -> bool:
    last = sentence[-1]
    text = last.text.rstrip(_CLOSING)
    stops = text.endswith(_ENDINGS) and text.rstrip(".") not in TITLES
    return stops or after.start - last.end > PAUSE or len(sentence) >= LONGEST
