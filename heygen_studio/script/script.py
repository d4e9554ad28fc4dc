"""Script: what the digital human will say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Languages that can be spoken, by their codes. Scripts are written by language models in those of `WRITTEN`.
Language = Literal["en", "zh", "es", "fr", "de", "it", "pt", "pl", "tr", "ru", "nl", "cs", "ar", "hu", "ko", "ja", "hi"]
WRITTEN: tuple[Language, ...] = ("en", "zh")
#: Languages without spaces between their words.
UNSPACED: frozenset[Language] = frozenset({"zh", "ja"})
Mood = Literal["neutral", "warm", "happy", "serious", "concerned", "excited"]


@dataclass(frozen=True)
class Line:
    """One sentence of spoken prose, with a line break at its end if it ends a paragraph, and the mood in which it is said."""

    text: str
    mood: Mood = "neutral"


@dataclass(frozen=True)
class Attempt:
    """One draft of a language model, as it came and as it was judged.

    score: higher is better; words: spoken words after repair; faults: what kept it from being better, in words.
    """

    draft: str
    repaired: str
    words: int
    score: float
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """The finished script. ``attempts`` is empty when the user wrote the text.

    winner: index into ``attempts``; why: one sentence that says why it won;
    unbacked: sentences that state figures or names which the given facts do not contain.
    """

    lines: tuple[Line, ...]
    language: Language = "en"
    attempts: tuple[Attempt, ...] = ()
    winner: int = -1
    why: str = ""
    unbacked: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole script as one paragraph."""
        return ("" if self.language in UNSPACED else " ").join(line.text.strip() for line in self.lines)
