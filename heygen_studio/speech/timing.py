"""From what a network says about durations to the phones and words of an utterance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from .phones import Sound
from .speech import Phone, Samples, Utterance, Word

#: Start and end of each sound in seconds, shape (sounds, 2).
Spans = npt.NDArray[np.float64]

#: Resolution of the energy curve.
_FRAME_S = 0.005
#: Quieter than the loud parts by this factor (-40 dB) counts as silence; and so does anything below the floor (-72 dBFS).
_QUIET = 0.01
_FLOOR = 0.00025
#: A hush this long is a pause: at punctuation, and between two words (where the closure of a stop is shorter).
_PAUSE_S = 0.05
_PAUSE_IN_PHRASE_S = 0.13
#: No phone is shorter.
_SHORTEST_S = 0.01
#: What stays of the silence before and after the sentence.
_MARGIN_S = (0.03, 0.06)
_NOTHING_S = 0.2


def silent_utterance(words: Sequence[str], rate: int) -> Utterance:
    """A short silence for a sentence in which there is nothing to say."""
    return Utterance(
        np.zeros(int(_NOTHING_S * rate), np.float32),
        rate,
        (Phone("", 0.0, _NOTHING_S),),
        tuple(Word(word, 0.0, _NOTHING_S) for word in words),
    )


def utterance(samples: Samples, rate: int, words: Sequence[str], sounds: Sequence[Sound], spans: Spans) -> Utterance:
    """Phones and words from the network's own durations, corrected where the energy of the sound knows better.

    Silence before, after and between the phones becomes phones with the symbol ""; the audio is cut to leave a small
    margin. Networks stretch the last sound into the silence and pauses into the sounds beside them: both are undone.
    """
    loud = _loud_frames(samples, rate)
    if not loud.any() or not any(sound.symbol for sound in sounds):
        return silent_utterance(words, rate)
    first, last = (float(edge) for edge in (np.flatnonzero(loud)[[0, -1]] + (0, 1)) * _FRAME_S)
    voiced = [index for index, sound in enumerate(sounds) if sound.symbol]
    times = _without_pauses(sounds, spans, voiced, loud, first, last)

    cut = int(max(0.0, first - _MARGIN_S[0]) * rate)
    end = min(len(samples), int((last + _MARGIN_S[1]) * rate))
    kept = _faded(samples[cut:end], rate)
    times -= cut / rate
    phones = tuple(_phones(sounds, voiced, times, len(kept) / rate))
    return Utterance(kept, rate, phones, tuple(_words(words, sounds, voiced, times)))


def even_spans(sounds: Sequence[Sound], samples: Samples, rate: int) -> Spans:
    """Spans for a network that tells no durations: all sounds equally long from the first loud moment to the last."""
    loud = np.flatnonzero(_loud_frames(samples, rate)) * _FRAME_S
    first, last = (float(loud[0]), float(loud[-1])) if len(loud) else (0.0, len(samples) / rate)
    edges = np.linspace(first, last, len(sounds) + 1)
    return np.stack([edges[:-1], edges[1:]], axis=1)


def loud_spans(sounds: Sequence[Sound], samples: Samples, rate: int) -> Spans:
    """As `even_spans`, but pauses take no part: all sounds are given equally much of the time in which there is sound."""
    loud = _loud_frames(samples, rate)
    if not loud.any():
        return even_spans(sounds, samples, rate)
    heard = np.concatenate([[0.0], np.cumsum(loud)])
    edges = np.interp(np.linspace(0, heard[-1], len(sounds) + 1), heard, np.arange(len(heard)) * _FRAME_S)
    return np.stack([edges[:-1], edges[1:]], axis=1)


def in_parts(
    sounds: Sequence[Sound], limit: int, speak: Callable[[Sequence[Sound]], tuple[Samples, Spans]], rate: int
) -> tuple[Samples, Spans]:
    """Speak sounds that may have more letters than a network takes at once (``limit``), part by part."""
    waves: list[Samples] = []
    spans: list[Spans] = []
    offset = 0.0
    for part in _parts(sounds, limit):
        wave, times = speak(part)
        waves.append(wave)
        spans.append(times + offset)
        offset += len(wave) / rate
    return np.concatenate(waves), np.concatenate(spans)


def _parts(sounds: Sequence[Sound], limit: int) -> Iterator[Sequence[Sound]]:
    """Cut at the last pause before the limit, at the best at punctuation; where there is none, at the limit."""
    start = 0
    while start < len(sounds):
        end, letters = start, 0
        while end < len(sounds) and letters + len(sounds[end].letters) <= limit:
            letters += len(sounds[end].letters)
            end += 1
        if end < len(sounds):
            pauses = [index for index in range(start + 1, end) if not sounds[index].symbol]
            strong = [index for index in pauses if sounds[index].letters.strip()]
            end = next((cuts[-1] + 1 for cuts in (strong, pauses) if cuts), max(end, start + 1))
        yield sounds[start:end]
        start = end


def _loud_frames(samples: Samples, rate: int) -> npt.NDArray[np.bool_]:
    """One boolean per 5 ms: is there sound?"""
    edges = np.arange(0.0, len(samples) / rate, _FRAME_S) * rate
    if not len(edges):
        return np.zeros(0, bool)
    starts = edges.astype(int)
    energy = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    level = np.sqrt(energy / np.diff(starts, append=len(samples)))
    return level > max(_FLOOR, _QUIET * float(np.quantile(level, 0.95)))


def _without_pauses(
    sounds: Sequence[Sound], spans: Spans, voiced: list[int], loud: npt.NDArray[np.bool_], first: float, last: float
) -> Spans:
    """The spans of the voiced sounds: real silences cut out, nothing before or after the sound, and gaps between words closed.

    In a gap without a silence the next word is already heard (measured against forced alignment): it gets the gap.
    """
    times = np.clip(spans[voiced], first, last)
    times[0, 0], times[-1, 1] = first, last
    for here in range(len(voiced) - 1):
        left, right = times[here], times[here + 1]
        between = sounds[voiced[here] + 1 : voiced[here + 1]]
        least = _PAUSE_S if any(sound.letters.strip() for sound in between) else _PAUSE_IN_PHRASE_S
        silence = _longest_hush(loud, left.mean(), right.mean(), least) if between else None
        left[1], right[0] = silence or (left[1], left[1])
    return _ordered(times)


def _longest_hush(loud: npt.NDArray[np.bool_], start: float, end: float, least: float) -> tuple[float, float] | None:
    """The longest silence of at least ``least`` seconds that begins and ends within the window."""
    best: tuple[float, float] | None = None
    position = low = round(start / _FRAME_S)
    for is_loud, run in groupby(loud[low : round(end / _FRAME_S)]):
        length = len(list(run))
        if not is_loud and length * _FRAME_S >= max(least, best[1] - best[0] if best else 0.0):
            best = (position * _FRAME_S, (position + length) * _FRAME_S)
        position += length
    return best


def _ordered(times: Spans) -> Spans:
    """Edges in order, and no sound shorter than 10 ms as far as the whole leaves room for that."""
    edges = times.ravel()
    least = np.tile([_SHORTEST_S, 0.0], len(times))[:-1]
    room = float(edges[-1] - edges[0])
    least *= min(1.0, room / max(float(least.sum()), 1e-9))
    floor = np.concatenate([[0.0], np.cumsum(least)])
    edges = np.maximum.accumulate(np.clip(edges, times[0, 0], times[-1, 1]) - floor) + floor
    ceiling = edges[-1] if edges[-1] <= times[-1, 1] else times[-1, 1]
    edges = np.minimum(edges, ceiling - (floor[-1] - floor))
    return edges.reshape(-1, 2)


def _phones(sounds: Sequence[Sound], voiced: list[int], times: Spans, duration: float) -> Iterator[Phone]:
    at = 0.0
    for index, (start, end) in zip(voiced, times.tolist(), strict=True):
        if start > at + 1e-6:
            yield Phone("", at, start)
        yield Phone(sounds[index].symbol, start, end)
        at = end
    if duration > at + 1e-6:
        yield Phone("", at, duration)


def _words(words: Sequence[str], sounds: Sequence[Sound], voiced: list[int], times: Spans) -> Iterator[Word]:
    """From the first to the last sound of each word; a word without a sound stands at the end of the one before it."""
    at = float(times[0, 0])
    for number, text in enumerate(words):
        own = [row for row, index in enumerate(voiced) if sounds[index].word == number]
        start, end = (float(times[own[0], 0]), float(times[own[-1], 1])) if own else (at, at)
        yield Word(text, start, end)
        at = end


def _faded(samples: Samples, rate: int) -> Samples:
    """A copy whose edges fade over 5 ms, so that a cut does not click."""
    faded = samples.astype(np.float32, copy=True)
    length = min(int(0.005 * rate), len(faded) // 2)
    ramp = np.linspace(0.0, 1.0, length, dtype=np.float32)
    faded[:length] *= ramp
    faded[len(faded) - length :] *= ramp[::-1]
    return faded


def letter_spans(durations: npt.NDArray[np.float32], letters: Sequence[int], unit: float, lag: float) -> Spans:
    """Spans of sounds from the durations of their letters.

    durations: of the opening mark, every letter and the closing mark, in multiples of ``unit`` seconds; letters: how many
    letters each sound has; lag: how many seconds late the network's durations are.
    """
    edges = np.concatenate([[0.0], np.cumsum(durations, dtype=np.float64)]) * unit - lag
    last = 1 + np.cumsum(letters)
    return np.stack([edges[last - np.asarray(letters)], edges[last]], axis=1)
