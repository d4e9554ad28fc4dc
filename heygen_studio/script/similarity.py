"""How much two pieces of text say the same, by the words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache

from .script import Language
from .sentences import HAN

_FUNCTION_WORDS = """a an the this that these those it its they them their he she his her we us our you your i me my mine to of for
    in on at by with from into about as and or but so if then than too very just also is are was were be been
    being am do does did done has have had having will would can could should may might must shall let lets
    get gets there here what which who whom whose when where why how all any some more most much many not no
    nor only own same such each every both few other"""
_FUNCTION_CHARACTERS = frozenset("的了是在和与也都就而及或吗呢吧啊我你您他她它们这那个一不有会能要让把被对到从为以之其")


@lru_cache(maxsize=4096)
def content(text: str, language: Language) -> frozenset[str]:
    """Stems of the words that carry meaning: first six letters of a word in English, pairs of characters in Chinese."""
    latin = {stem(word) for word in re.findall(r"[^\W\d_][\w'’]*", text.lower()) if not HAN.match(word)}
    numbers = set(re.findall(r"\d+", text))
    words = {word for word in latin | numbers if word not in _FUNCTION_WORDS.split()}
    if language == "zh":
        runs = re.findall(r"[\u3400-\u9fff]+", text)
        words |= {run[i : i + 2] for run in runs for i in range(len(run) - 1) if not set(run[i : i + 2]) & _FUNCTION_CHARACTERS}
    return frozenset(words)


def stem(word: str) -> str:
    """A crude stem, enough to see that "watering" and "water" are one word."""
    word = re.sub(r"['’]\w*$", "", word)
    for ending in ("ing", "ies", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:6].rstrip("e")


def coverage(wanted: str, text: str, language: Language) -> float:
    """Part of the meaningful words of ``wanted`` that ``text`` has, 0 to 1 (1 if ``wanted`` has none)."""
    words = content(wanted, language)
    return len(words & content(text, language)) / len(words) if words else 1.0


def alike(a: str, b: str, language: Language) -> bool:
    """Whether one sentence repeats the other, word for word or nearly."""
    if re.sub(r"\W+", "", a).casefold() == re.sub(r"\W+", "", b).casefold():
        return True
    first, second = content(a, language), content(b, language)
    shorter = min(len(first), len(second))
    return shorter >= 3 and len(first & second) >= 0.75 * len(first | second)


#: Part of the shorter sentence's meaningful words that the other must have to say the same.
_HELD = 0.65
#: Run of words (characters in Chinese) that two sentences may not share.
_SAME_RUN: dict[Language, int] = {"en": 6, "zh": 9}


def repeats(a: str, b: str, language: Language, *, topic: str = "") -> bool:
    """Whether one sentence says hardly more than the other: it has most of its meaningful words, or a long run of its words.

    topic: its characters are in every other sentence of a long Chinese text and do not count.
    """
    if alike(a, b, language) or not _runs(a, language).isdisjoint(_runs(b, language)):
        return True
    units = _characters if topic else content
    first, second, common = (units(text, language) for text in (a, b, topic))
    shorter = min(len(first - common), len(second - common))
    return len((first & second) - common) >= max(3, _HELD * shorter)


@lru_cache(maxsize=4096)
def _characters(text: str, language: Language) -> frozenset[str]:
    """Chinese characters that carry meaning: they show a sentence said again in another order, as pairs do not."""
    return frozenset(re.findall(r"[\u3400-\u9fff]", text)) - _FUNCTION_CHARACTERS - frozenset("中里后将会上下出还可以得地等")


@lru_cache(maxsize=4096)
def _runs(text: str, language: Language) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"[\u3400-\u9fff]|[a-z0-9]+" if language == "zh" else r"[\w'’]+", text.lower())
    length = _SAME_RUN[language]
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
