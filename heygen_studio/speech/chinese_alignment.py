"""When the words and sounds of a Chinese text are spoken, from the times at which a recogniser heard words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from ..errors import BadInput
from .chinese import chinese_phones, read_chinese
from .speech import Phone, Word

#: Part of the text's syllables that must have been heard, in order.
MATCH = 0.5
#: A vowel sounds this much longer than a consonant.
_VOWEL = 2.0
_VOWELS = "aeiouyəɛɤɔʊɚɹɻ"


def align_chinese(text: str, heard: Iterable[Word]) -> tuple[Word, ...]:
    """The words of a known ``text`` with the times at which their syllables were heard; those in between are interpolated.

    Texts are compared by syllable without tone, so that homophones, figures and characters, and both scripts are the same.
    Raises `BadInput` if the text is not what is spoken.
    """
    times = [(syllable, start, end) for word in heard for syllable, start, end in _timed_syllables(word)]
    words = [(word, _syllables(word)) for word in chinese_phones(text)[0]]
    wanted = [syllable for _, syllables in words for syllable in syllables]
    blocks = SequenceMatcher(None, wanted, [syllable for syllable, _, _ in times], autojunk=False).get_matching_blocks()
    known = [(block.a + step, *times[block.b + step][1:]) for block in blocks for step in range(block.size)]
    if not wanted or len(known) < MATCH * len(wanted):
        raise BadInput(
            f"The given text is not what is spoken in the recording (only {len(known)} of its {len(wanted)} syllables were heard): "
            "give the words exactly as they are spoken, or leave the text out to have them recognised."
        )
    places, starts, ends = (np.array(column) for column in zip(*known, strict=True))
    every = np.arange(len(wanted))
    first, last = np.interp(every, places, starts), np.interp(every, places, ends)
    timed: list[Word] = []
    position = 0
    for word, syllables in words:
        if syllables:
            end = position + len(syllables)
            timed.append(Word(word, float(first[position]), float(last[end - 1])))
            position = end
    return tuple(timed)


def chinese_sounds(words: Iterable[Word], start: float, end: float) -> list[Phone]:
    """The sounds of Chinese words between ``start`` and ``end`` seconds: each word's time is shared out among its sounds."""
    phones: list[Phone] = []
    now = start
    for word in words:
        begin, finish = min(end, max(now, word.start)), min(end, max(now, word.end))
        if begin > now:
            phones.append(Phone("", now, begin))
        symbols = [sound.symbol for sound in chinese_phones(word.text)[1] if sound.symbol] or [""]
        weights = np.array([_VOWEL if symbol and symbol[0] in _VOWELS else 1.0 for symbol in symbols])
        edges = begin + (finish - begin) * np.concatenate([[0.0], np.cumsum(weights)]) / weights.sum()
        phones += [Phone(symbol, float(a), float(b)) for symbol, a, b in zip(symbols, edges, edges[1:], strict=False)]
        now = finish
    if end > now:
        phones.append(Phone("", now, end))
    return phones


def _timed_syllables(word: Word) -> list[tuple[str, float, float]]:
    syllables = _syllables(word.text)
    edges = np.linspace(word.start, word.end, len(syllables) + 1).tolist()
    return [(syllable, start, end) for syllable, (start, end) in zip(syllables, pairwise(edges), strict=True)]


def _syllables(word: str) -> list[str]:
    """Pinyin without tones; a Latin word counts as one syllable."""
    from pypinyin import lazy_pinyin

    parts = re.findall(r"[A-Za-z']+|[^A-Za-z\s]+", read_chinese(word))
    return [syllable for part in parts for syllable in ([part.lower()] if part[0].isascii() else lazy_pinyin(part, errors="ignore"))]
