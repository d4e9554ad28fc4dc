"""When every sound of Chinese words is spoken in a recording: forced alignment with the nearest English sounds.

pocketsphinx knows only English, but a Chinese b, a or sh is near enough to one of its own to be found where it must come. On synthetic
voices, whose sounds have known times, the aperture of the mouth correlates by .91 with the true one; by .85 if the sounds only share
the times of a recogniser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ..progress import Cancel, interruptible
from .alignment import ARPABET, BEAMS, FRAME, decode, pcm
from .chinese import chinese_phones
from .chinese_alignment import chinese_sounds
from .phones import Sound
from .sentences import sentences
from .speech import Phone, Samples, Speech, Word

if TYPE_CHECKING:
    from pocketsphinx import Decoder

#: The nearest English sounds, where the sound is none of English; aspirated ones have their ʰ.
_NEAREST = {
    "p": "B", "t": "D", "k": "G", "pʰ": "P", "tʰ": "T", "kʰ": "K", "x": "HH", "tɕ": "JH", "tɕʰ": "CH", "ɕ": "SH", "tʂ": "JH", "tʂʰ": "CH",
    "ʂ": "SH", "ɻ": "R", "ts": "D Z", "tsʰ": "T S", "a": "AA", "y": "IY", "e": "EY", "o": "AO", "ɤ": "AH", "ɹ̩": "IH", "ɻ̩": "ER", "ɥ": "Y",
}  # fmt: skip
_NEUTRAL = "AH"
#: The recogniser's times are this good; sounds that are found elsewhere (half the words further away) were not found. Seconds.
_TRUSTED_S = 0.25
#: A sentence reaches this far past the recogniser's times, in seconds.
_AROUND_S = 0.3


class ChineseAligner:
    """Holds the acoustic model (0.1 s to load). Serves one thread at a time."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._decoder: Decoder = Decoder(lm=None, bestpath=False, loglevel="FATAL", **BEAMS)

    def align(self, speech: Speech, words: Sequence[Word], cancel: Cancel) -> tuple[tuple[Phone, ...], tuple[Word, ...]]:
        """The sounds of the speech and its words, timed by them. words: in order, with the times of a recogniser.

        Where the sounds are not found (music, several people at once), a sentence keeps its times, which its sounds share.
        Raises `Cancelled` between sentences.
        """
        phones: list[Phone] = []
        timed: list[Word] = []
        spoken = list(sentences(words))
        cuts = [_quietest(speech, before[-1].end, after[0].start) for before, after in pairwise(spoken)]
        edges = np.maximum.accumulate([0.0, *cuts, speech.duration]).tolist()
        for sentence, (first, last) in zip(spoken, pairwise(edges), strict=True):
            start = min(last, max(first, sentence[0].start - _AROUND_S))
            end = max(start, min(last, sentence[-1].end + _AROUND_S))
            cancel.check()
            found = interruptible(partial(self._find, _read(speech, start, end), speech.rate, start, sentence), cancel)
            sounds = chinese_sounds(sentence, start, end) if found is None else found
            phones += [*_silence(first, start), *sounds, *_silence(end, last)]
            timed += sentence if found is None else _by_sounds(sentence, sounds)
        return tuple(phones), tuple(timed)

    def _find(self, samples: Samples, rate: int, start: float, sentence: Sequence[Word]) -> list[Phone] | None:
        """All sounds and silences of the sentence; None if they are not there."""
        spelled = [_spelled(word.text) for word in sentence]
        names = ["zh" + "".join(arpabet for _, arpabets in sounds for arpabet in arpabets) for sounds in spelled if sounds]
        for name, sounds in zip(names, filter(None, spelled), strict=True):
            if self._decoder.lookup_word(name) is None:
                self._decoder.add_word(name, " ".join(arpabet for _, arpabets in sounds for arpabet in arpabets), True)
        sound = pcm(samples, rate) if len(samples) else b""
        if not names or not sound:
            return None
        self._decoder.set_align_text(" ".join(names))
        decode(self._decoder, sound)
        if self._decoder.hyp() is None:
            return None
        self._decoder.set_alignment()  # from words to their phones
        decode(self._decoder, sound)
        aligned = [part for word in self._decoder.get_alignment() if word.name.startswith("zh") for part in word]
        times = iter([(part.start * FRAME, (part.start + part.duration) * FRAME) for part in aligned])
        phones: list[Phone] = []
        away: list[float] = []
        for word, sounds in zip(sentence, spelled, strict=True):
            for place, (symbol, arpabets) in enumerate(sounds):
                parts = [next(times) for _ in arpabets]
                begin, end = start + parts[0][0], start + parts[-1][1]
                phones += [*_silence(phones[-1].end if phones else start, begin), Phone(symbol, begin, end)]
                away += [abs(begin - word.start)] if place == 0 else []
        phones += _silence(phones[-1].end, start + len(samples) / rate)
        return phones if np.median(away) < _TRUSTED_S else None


def _spelled(word: str) -> list[tuple[str, list[str]]]:
    """The sounds of a word, each with the sounds of the acoustic model."""
    return [(sound.symbol, _arpabets(sound).split()) for sound in chinese_phones(word)[1] if sound.symbol]


def _arpabets(sound: Sound) -> str:
    symbol = sound.symbol + ("ʰ" if "ʰ" in sound.letters else "")
    return _NEAREST.get(symbol) or ARPABET.get(sound.symbol, _NEUTRAL)


def _by_sounds(sentence: Sequence[Word], phones: Sequence[Phone]) -> Iterator[Word]:
    """The words from their first sound to their last; a word without a sound stands at the end of the one before it."""
    sounds = iter([phone for phone in phones if phone.symbol])
    now = phones[0].start
    for word in sentence:
        own = [next(sounds) for _ in _spelled(word.text)]
        start, now = (own[0].start, own[-1].end) if own else (now, now)
        yield Word(word.text, start, now)


def _silence(start: float, end: float) -> list[Phone]:
    return [Phone("", start, end)] if end - start > 1e-6 else []


def _read(speech: Speech, start: float, end: float) -> Samples:
    first, last = (round(time * speech.rate) for time in (start, end))
    samples, _ = soundfile.read(speech.wav, start=max(0, first), stop=max(first, last), dtype="float32")
    return np.asarray(samples)


def _quietest(speech: Speech, before: float, after: float) -> float:
    """The quietest moment of the gap between two words, in seconds."""
    first, width = max(0.0, before - 0.1), int(0.05 * speech.rate)
    energy = np.cumsum(np.square(_read(speech, first, after + 0.1), dtype=np.float64))
    if len(energy) <= width:
        return before
    return first + (int(np.argmin(energy[width:] - energy[:-width])) + width // 2) / speech.rate
