"""What is said in a recording and when: Whisper base (through faster-whisper) for the words, and the sounds for the mouth.

The sounds come from what is known of the language: in English from forced alignment of the recognised words; in any other language, and
where the words do not fit the sound (singing, several people at once), only their time is known, and they stay `UNNAMED`. Those of Chinese
are left to `chinese_aligner`.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput
from ..progress import Cancel, OnEvent, ignore, interruptible
from ..settings import settings, worker_threads
from ..weights import WEIGHTS, fetch
from .alignment import Aligner
from .resampling import resampled
from .sentences import sentences
from .speech import UNNAMED, Phone, Samples, Word
from .windows import Windows

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

#: Whisper hears at most 30 s at once; a window ends in a pause between these lengths, in seconds.
SHORTEST_WINDOW = 18.0
LONGEST_WINDOW = 28.0
#: What Whisper hears, in Hz.
RATE = 16000

#: A first sentence in the wanted style: with it Whisper punctuates, and writes Mandarin in simplified characters.
_PROMPT = {"en": "Hello, everyone. Today, I'd like to tell you something.", "zh": "以下是普通话的句子，用简体中文书写。"}
#: Whisper's times are early by this much in English and Chinese, measured against the known times of synthetic voices, in seconds.
_EARLY = 0.06
#: How far they may be off, in seconds.
_SLACK = 0.2


@dataclass(frozen=True)
class Recognition:
    """words and phones in time order, in seconds of the recording (no phones in Chinese, see `chinese_aligner`);
    language: as Whisper names it ("en", "zh", "es")."""

    words: tuple[Word, ...]
    phones: tuple[Phone, ...]
    language: str


class Recogniser:
    """Holds Whisper base (1 s to load) and what finds the sounds. Serves one thread at a time.

    Raises `WeightsError` if the weights cannot be had, `Cancelled`.
    """

    def __init__(self, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> None:
        self._cancel = cancel or Cancel()
        files = [fetch(name, on_event=on_event, cancel=self._cancel) for name in WEIGHTS if name.startswith("whisper-base")]
        self._whisper = interruptible(lambda: _load(files), self._cancel)
        self._aligner = Aligner()

    def recognise(self, blocks: Iterable[Samples], rate: int, language: str | None = None) -> Recognition:
        """The words and sounds of a recording that comes in blocks of float32 mono of any length.

        language: Whisper's code, or None to have it recognised from the first words. Raises `BadInput` if nobody speaks.
        """
        words: list[Word] = []
        phones: list[Phone] = []
        windows = Windows(blocks, rate, SHORTEST_WINDOW, LONGEST_WINDOW)
        while (window := windows.next()) is not None:
            end = windows.start + len(window) / rate
            heard, spoken = self._hear(window, rate, windows.start, language)
            if heard:
                language = spoken
                heard, sounds = self._sounds(window, rate, windows.start, heard, language)
                words += heard
                phones += sounds
            else:
                phones.append(Phone("", windows.start, end))
            windows.drop(end)
        if language is None or not words:
            raise BadInput("No speech was found in the recording.")
        return Recognition(tuple(_in_turn(words)), tuple(phones), language)

    def _hear(self, window: Samples, rate: int, start: float, language: str | None) -> tuple[list[Word], str]:
        """The words of a window, and its language."""
        sound = resampled(window, rate, RATE)

        def transcribe() -> tuple[list[Segment], str]:
            segments, info = self._whisper.transcribe(
                sound,
                language=language,
                beam_size=5,
                word_timestamps=True,
                condition_on_previous_text=False,
                vad_filter=True,
                initial_prompt=_PROMPT.get(language or ""),
            )
            return list(segments), info.language

        segments, spoken = interruptible(transcribe, self._cancel)
        if language is None and spoken in _PROMPT:  # heard once more, now that its prompt is known
            return self._hear(window, rate, start, spoken)
        return list(_written_words(segments, start + _EARLY, start + len(window) / rate)), spoken

    def _sounds(self, window: Samples, rate: int, start: float, words: list[Word], language: str) -> tuple[list[Word], list[Phone]]:
        """The words of a window with the best times there are, and the sounds."""
        end = start + len(window) / rate
        if language == "zh":
            return words, []
        timed: list[Word] = []
        phones: list[Phone] = []
        spoken = list(sentences(words))
        cuts = [_quietest(window, rate, start, before[-1].end, after[0].start) for before, after in pairwise(spoken)]
        for sentence, first, last in zip(spoken, [start, *cuts], [*cuts, end], strict=True):
            part = window[round((first - start) * rate) : round((last - start) * rate)]
            found, sounds = self._aligned(part, rate, first, sentence) if language == "en" else (sentence, None)
            timed += found
            phones += sounds or _unnamed(sentence, first, last)
        return timed, phones

    def _aligned(self, part: Samples, rate: int, start: float, sentence: list[Word]) -> tuple[list[Word], list[Phone] | None]:
        """The English sentence aligned; as it is, and no sounds, where its words do not fit the sound."""
        try:
            phones, words = self._aligner.align([part], rate, " ".join(word.text for word in sentence), self._cancel)
        except BadInput:
            return sentence, None
        return [Word(word.text, start + word.start, start + word.end) for word in words], [
            Phone(phone.symbol, start + phone.start, start + phone.end) for phone in phones
        ]


def _unnamed(words: list[Word], start: float, end: float) -> list[Phone]:
    """A stretch of the recording in which these words are spoken, and nothing else."""
    first, last = max(start, words[0].start - _SLACK), min(end, words[-1].end + _SLACK)
    parts = Phone("", start, first), Phone(UNNAMED, first, last), Phone("", last, end)
    return [part for part in parts if part.end > part.start]


def _written_words(segments: list[Segment], start: float, end: float) -> Iterator[Word]:
    """Whisper's pieces joined to words: in a language with spaces, a piece without one (".95" after " $39") goes on with a word; so do
    the figures of a number in any language. start: added to the times; end: no word ends later."""
    pieces = [piece for segment in segments for piece in segment.words or []]
    spaced = sum(piece.word.startswith(" ") for piece in pieces) > len(pieces) / 2
    words: list[Word] = []
    for piece in pieces:
        text, first, last = piece.word.strip(), *(min(end, start + float(time)) for time in (piece.start, piece.end))
        glued = not piece.word.startswith(" ") and (spaced or _goes_on(words[-1].text if words else "", text))
        if words and (glued or not text):
            words[-1] = Word(words[-1].text + text, words[-1].start, last)
        elif text:
            words.append(Word(text, first, last))
    return iter(words)


def _goes_on(before: str, text: str) -> bool:
    """Whether ``text`` goes on with the number at the end of ``before``."""
    return re.search(r"\d[.,:/-]?$", before) is not None and re.match(r"[\d.,:/%-]*\d|%", text) is not None


def _in_turn(words: list[Word]) -> Iterator[Word]:
    """The words, none of which begins before the one before it has ended."""
    now = 0.0
    for word in words:
        start = max(now, word.start)
        now = max(start, word.end)
        yield Word(word.text, start, now)


def _quietest(window: Samples, rate: int, start: float, before: float, after: float) -> float:
    """The quietest moment around the gap between two words, in seconds; Whisper's times are some 0.2 s off."""
    first, width = max(0, int((before - _SLACK - start) * rate)), int(0.05 * rate)
    energy = np.cumsum(np.square(window[first : int((after + _SLACK - start) * rate)], dtype=np.float64))
    if len(energy) <= width:
        return before
    return start + (first + int(np.argmin(energy[width:] - energy[:-width])) + width // 2) / rate


def _load(files: list[Path]) -> WhisperModel:
    """Whisper from verified files, which CTranslate2 wants side by side in one folder."""
    from faster_whisper import WhisperModel

    settings().cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings().cache, prefix=".whisper-") as folder:
        for file in files:
            _place(file, Path(folder) / file.name)
        return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=worker_threads())


def _place(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(file, target)
