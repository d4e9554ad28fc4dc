"""When every word and sound of a known English text is spoken in a recording: forced alignment by pocketsphinx.

The recording is walked through in windows of some seconds that end in a pause. In each window a grammar that can only say the next
words of the text, and may stop after any of them, finds which words are there; a second pass aligns their phones. Memory and time per
second of sound do not depend on the length of the recording.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..errors import BadInput
from ..progress import Cancel, interruptible
from .english import read_english
from .phones import misaki_sounds
from .resampling import resampled
from .speech import Phone, Samples, Word
from .windows import Windows

if TYPE_CHECKING:
    from hibari.g2p import G2P
    from pocketsphinx import Decoder

#: What the acoustic model hears, in Hz, and the length of one of its frames in seconds.
RATE = 16000
FRAME = 0.01
#: A window is cut at the quietest place between these two lengths, in seconds.
SHORTEST_WINDOW = 15.0
LONGEST_WINDOW = 30.0
#: Nobody speaks more words a second.
FASTEST = 7.0
#: Mean score of a frame below which the words are not what is spoken. Measured: the right words -8 to -14 in clean sound, down to -35 with
#: noise 5 dB below the voice or in a hall; other words -45 to -84, if they can be fitted at all.
MISMATCH = -40.0
#: One window may be worse than this (laughter, a cough), not two.
WINDOW_MISMATCH = -45.0
#: Wide enough for noise and echoes; pocketsphinx's own lose the words there.
BEAMS = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80}
#: So many seconds as loud as _LOUD times the words may follow them.
MOST_UNSAID = 3.0
_LOUD = 0.3

IPA = {
    "AA": "ɑ", "AE": "æ", "AH": "ə", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d", "DH": "ð", "EH": "ɛ", "ER": "ɚ",
    "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ",
    "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w",
    "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
ARPABET = {ipa: arpabet for arpabet, ipa in IPA.items()} | {"ʌ": "AH", "ɾ": "T", "əʊ": "OW", "ɜ": "ER", "ʔ": "T", "ɒ": "AA"}


def align(samples: Samples, rate: int, text: str) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
    """The phones and the words of an English ``text`` that is spoken in ``samples``.

    samples: float32 mono in [-1, 1]; rate: Hz. The phones cover the whole recording, with "" for silence; the words are those that
    white space separates in ``text``, with their punctuation ("$39.95" is one word); one that says nothing (a dash) is left out.
    Words that no dictionary knows are pronounced by hibari's G2P. Times are multiples of 10 ms.

    Raises `BadInput` if the text is not what is spoken.
    """
    return Aligner().align([samples], rate, text, Cancel())


@dataclass(frozen=True)
class _Spoken:
    """A word to be found. name: its entry in the pronouncing dictionary; written: index of the written word it belongs to."""

    name: str
    written: int


@dataclass(frozen=True)
class _Found:
    """A word that was found: its (ARPABET, start, end) in seconds, and the sum of the scores of its frames."""

    phones: tuple[tuple[str, float, float], ...]
    score: float

    @property
    def start(self) -> float:
        return self.phones[0][1]

    @property
    def end(self) -> float:
        return self.phones[-1][2]


class Aligner:
    """Holds the acoustic model (0.1 s to load) and the pronunciations. Serves one thread at a time."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder: Decoder = Decoder(lm=None, bestpath=False, loglevel="FATAL", **BEAMS)

    def align(self, blocks: Iterable[Samples], rate: int, text: str, cancel: Cancel) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
        """As `align`, for a recording that comes in blocks of any length; `Cancelled` is raised between windows."""
        traced = read_english(text)
        spoken = list(self._spoken(traced.text, traced.owner))
        if not spoken:
            raise BadInput("The given text has no words that could be found in the recording.")
        found: list[_Found] = []
        duration = level = unsaid = 0.0
        bad = 0
        windows = Windows(blocks, rate, SHORTEST_WINDOW, LONGEST_WINDOW)
        while (window := windows.next()) is not None:
            cancel.check()
            start, duration = windows.start, windows.start + len(window) / rate
            rest = [word.name for word in spoken[len(found) :]]
            here = interruptible(partial(self._find, window, rate, rest, start, windows.at_end), cancel) if rest else []
            bad += here is not None and _score(here) < WINDOW_MISMATCH
            if here is None or bad > 1:
                raise _mismatch(start, duration)
            if here and not windows.at_end:
                here = _settled(here)
            found += here
            until = here[-1].end if here else start
            level = _level(window[: round((until - start) * rate)]) or level
            if len(found) == len(spoken):
                unsaid += _loud_seconds(window[round((until - start) * rate) :], rate, level)
            windows.drop(until if here and not windows.at_end and len(found) < len(spoken) else duration)
        if len(found) < len(spoken):
            missing = traced.words[spoken[len(found)].written]
            raise BadInput(f"The recording ends before the given text does, at the word {missing!r}.")
        if _score(found) < MISMATCH:
            raise _mismatch(0.0, duration)
        if unsaid > MOST_UNSAID:
            end = found[-1].end
            raise BadInput(f"The recording goes on after the given text has ended at {end:.1f} s: give all the words that are spoken.")
        return _phones(spoken, found, duration), _words(traced.words, spoken, found)

    def _spoken(self, text: str, owner: list[int]) -> Iterator[_Spoken]:
        for match in re.finditer(r"[A-Za-z]+(?:'[A-Za-z]+)*", text):
            name = match[0].lower()
            if self._decoder.lookup_word(name) is None:
                phones = [ARPABET[sound.symbol] for sound in misaki_sounds(_pronounce(name), 0) if sound.symbol in ARPABET]
                if not phones:
                    continue
                self._decoder.add_word(name, " ".join(phones), True)
            yield _Spoken(name, owner[match.start()])

    def _find(self, window: Samples, rate: int, names: list[str], start: float, to_the_end: bool) -> list[_Found] | None:
        """The words that are spoken in the window, from the first of ``names`` on; all of them if ``to_the_end``.

        None if they cannot be there.
        """
        sound = pcm(window, rate)
        if not to_the_end:
            names = self._beginning(names[: math.ceil(FASTEST * len(window) / rate)], sound)
        if not names:
            return []
        decoder = self._decoder
        decoder.set_align_text(" ".join(names))
        decode(decoder, sound)
        if decoder.hyp() is None:
            return None
        decoder.set_alignment()  # from words to their phones
        decode(decoder, sound)
        return [
            _Found(tuple((p.name, start + p.start * FRAME, start + (p.start + p.duration) * FRAME) for p in word), word.score)
            for word in decoder.get_alignment()
            if word.name[0].isalpha()
        ]

    def _beginning(self, names: list[str], sound: bytes) -> list[str]:
        """As many of the first ``names`` as are spoken: a grammar of the words in their order that may stop after any of them."""
        last = len(names)
        words = [(index, index + 1, 1.0, name) for index, name in enumerate(names)]
        stops = [(index, last, 1.0) for index in range(last)]
        self._decoder.add_fsg("beginning", self._decoder.create_fsg("beginning", 0, last, [*words, *stops]))
        self._decoder.activate_search("beginning")
        decode(self._decoder, sound)
        if self._decoder.hyp() is None:
            return []
        return names[: sum(segment.word[0].isalpha() for segment in self._decoder.seg())]


def pcm(samples: Samples, rate: int) -> bytes:
    """16-bit little-endian samples at RATE."""
    return (np.clip(resampled(samples, rate, RATE), -1.0, 1.0) * 32767.0).astype("<i2").tobytes()


def decode(decoder: Decoder, sound: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()


def _settled(found: list[_Found]) -> list[_Found]:
    """The words of a window up to its last pause: those after it may go on in the next window.

    A window that speaks without a pause keeps all but its last two words.
    """
    gaps = [after.start - before.end for before, after in pairwise(found)]
    second_half = range(len(found) // 2, len(gaps))
    pauses = [index + 1 for index in second_half if gaps[index] >= 0.1]
    return found[: pauses[-1]] if pauses else found[:-2] or found


def _level(samples: Samples) -> float:
    """Root mean square, 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def _loud_seconds(samples: Samples, rate: int, level: float) -> float:
    """For how long the sound is about as loud as ``level``."""
    width = rate // 20
    pieces = np.resize(samples, (len(samples) // width, width))
    return float((np.sqrt(np.mean(np.square(pieces, dtype=np.float64), axis=1)) > _LOUD * level).sum() / 20)


def _score(found: list[_Found]) -> float:
    """Mean score of a frame of the words, 0 for none."""
    seconds = sum(word.end - word.start for word in found)
    return sum(word.score for word in found) * FRAME / seconds if seconds else 0.0


def _mismatch(start: float, end: float) -> BadInput:
    return BadInput(
        f"The given text is not what is spoken between {start:.0f} s and {end:.0f} s of the recording: "
        "give the words exactly as they are spoken, or leave the text out to have them recognised."
    )


@lru_cache(maxsize=1)
def _g2p() -> G2P:
    from hibari.g2p import G2P

    return G2P()


@lru_cache(maxsize=4096)
def _pronounce(name: str) -> str:
    """The word in the letters of the misaki G2P."""
    return str(_g2p()(name))


def _phones(spoken: list[_Spoken], found: list[_Found], duration: float) -> tuple[Phone, ...]:
    """All sounds in order, with the silences between them."""
    phones: list[Phone] = []
    now = 0.0
    for word, heard in zip(spoken, found, strict=True):
        full = _full_vowels(word.name, [arpabet for arpabet, _, _ in heard.phones])
        for index, (arpabet, start, end) in enumerate(heard.phones):
            if start > now + FRAME / 2:
                phones.append(Phone("", now, start))
            phones.append(Phone("ʌ" if index in full else IPA[arpabet], start, end))
            now = end
    if duration > now:
        phones.append(Phone("", now, duration))
    return tuple(phones)


def _full_vowels(name: str, arpabets: list[str]) -> set[int]:
    """Where AH, which ARPABET without stress writes for both, is the vowel of "cut" and not that of "about"."""
    vowels = [index for index, arpabet in enumerate(arpabets) if arpabet[0] in "AEIOU"]
    sounds = [sound.symbol for sound in misaki_sounds(_pronounce(name), 0)]
    pronounced = [symbol for symbol in sounds if ARPABET.get(symbol, "?")[0] in "AEIOU"]
    if len(vowels) != len(pronounced):
        return set()
    return {index for index, symbol in zip(vowels, pronounced, strict=True) if arpabets[index] == "AH" and symbol == "ʌ"}


def _words(written: tuple[str, ...], spoken: list[_Spoken], found: list[_Found]) -> tuple[Word, ...]:
    """The written words, each from the start of its first spoken word to the end of its last."""
    times: dict[int, tuple[float, float]] = {}
    for word, heard in zip(spoken, found, strict=True):
        start, _ = times.get(word.written, (heard.start, 0.0))
        times[word.written] = (start, heard.end)
    return tuple(Word(written[index], start, end) for index, (start, end) in times.items())
