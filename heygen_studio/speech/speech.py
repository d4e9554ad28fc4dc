"""Speech: the script as sound, with the time of every phone and word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

Samples = npt.NDArray[np.float32]

#: The symbol of a sound of speech of which nobody has said which one it is: the mouth is heard in it.
UNNAMED = "?"


@dataclass(frozen=True)
class Phone:
    """One speech sound. symbol: IPA without stress marks, one sound each ("ʃ", "eɪ", "tʃ"), "" for silence, or `UNNAMED`
    for any number of sounds; start, end: seconds from the start of the audio."""

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Word:
    """One word as it is written in the script (with its punctuation), and when it is spoken (seconds)."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Utterance:
    """What a voice engine returns for one sentence. samples: float32 mono in [-1, 1]; rate: Hz."""

    samples: Samples
    rate: int
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Speech:
    """The whole speech. The samples stay on disk, so that memory does not grow with length.

    wav: 16-bit mono WAV; rate: Hz; duration: seconds; lines: (start, end) seconds of each line of the script;
    phones and words in time order. voice: full id of the voice, or "recording".
    """

    wav: Path
    rate: int
    duration: float
    phones: tuple[Phone, ...]
    words: tuple[Word, ...]
    lines: tuple[tuple[float, float], ...]
    voice: str

    def blocks(self, seconds: float = 10.0) -> Iterator[Samples]:
        """The samples in order, in blocks of float32 mono in [-1, 1]."""
        yield from soundfile.blocks(self.wav, blocksize=int(seconds * self.rate), dtype="float32")
