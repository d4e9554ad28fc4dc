"""Voices and the engines that speak with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from ..script.script import Language
from .pieces import LONGEST
from .speech import Utterance

Gender = Literal["female", "male", "unknown"]


@dataclass(frozen=True)
class Voice:
    """One voice of the catalogue.

    id: "engine:name", the full name by which it is asked for; commercial: whether paid work may use it;
    words_per_second: measured pace at speed 1 with the pauses between sentences (Chinese: characters per second);
    weights: names of the files it needs, see `heygen_studio.weights`;
    recording: of the person whose voice is cloned, and heard: the hash of its content; longest: characters that are spoken in one go.
    """

    id: str
    label: str
    language: Language
    gender: Gender
    engine: str
    licence: str
    commercial: bool
    words_per_second: float
    note: str = ""
    weights: tuple[str, ...] = ()
    recording: Path | None = None
    heard: str = ""
    longest: int = LONGEST

    @property
    def name(self) -> str:
        """The id without the engine."""
        return self.id.partition(":")[2]


class VoiceEngine(Protocol):
    """Speaks one sentence at a time. An engine is built as ``Engine(voice)`` and raises
    `heygen_studio.errors.EngineUnavailable` or `WeightsError` there if it cannot speak."""

    @property
    def rate(self) -> int:
        """Samples per second of everything this engine says."""

    def say(self, text: str, *, speed: float, seed: int) -> Utterance:
        """Speak one sentence as it is written (numbers and all), at most some 300 characters.

        speed: 1 is the voice's own pace, 2 twice as fast. The same text, speed and seed give the same samples.
        The words of the utterance are the words of ``text``; a text with nothing to say gives a short silence.
        """
