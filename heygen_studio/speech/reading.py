"""Written text as the sounds that a voice has to make, with the written word that each belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ..script.script import Language
from .english import read_english
from .phones import Sound, misaki_sounds

if TYPE_CHECKING:
    from hibari.g2p import G2P


@dataclass(frozen=True)
class Reading:
    """words: as written; spoken: the same in plain words; sounds: in misaki letters, with " " and punctuation between."""

    words: tuple[str, ...]
    spoken: str
    sounds: tuple[Sound, ...]

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say."""
        return not any(sound.symbol for sound in self.sounds)


def read(text: str, language: Language, *, british: bool = False) -> Reading:
    """Read one sentence."""
    return _chinese(text) if language == "zh" else _english(text, british)


def _chinese(text: str) -> Reading:
    from .chinese import chinese_phones, read_chinese

    words, sounds = chinese_phones(text)
    return Reading(words, read_chinese(text), sounds)


def _english(text: str, british: bool) -> Reading:
    """Pronunciation: the misaki dictionaries and rules as ported in hibari."""
    traced = read_english(text)
    g2p = _g2p(british)
    sounds: list[Sound] = []
    position = 0
    for token in g2p.phonemize_tokens(g2p.tokenize(traced.text)):
        word = traced.owner[min(position, len(traced.owner) - 1)]
        sounds += misaki_sounds(token.phonemes or "", word)
        if token.whitespace:
            sounds.append(Sound(" ", "", word))
        position += len(token.text) + len(token.whitespace)
    return Reading(traced.words, traced.text, tuple(sounds))


@lru_cache(maxsize=2)
def _g2p(british: bool) -> G2P:
    from hibari.g2p import G2P

    return G2P(british=british)
