"""Several speeches as one sound, each as long as its frames: no drift, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

from ..progress import Cancel
from ..stages import new_file
from .speech import Phone, Samples, Speech, Word

#: Seconds in which a sound that is cut off fades out, so that it does not click.
FADE_S = 0.02


def join_speech(parts: Sequence[tuple[Speech, int]], fps: Fraction, target: Path, cancel: Cancel) -> None:
    """Write the speeches one after the other into ``target``: 16-bit mono, at the highest of their rates.

    parts: each with the number of its frames at ``fps``; silence follows one that is shorter, one that is longer is cut off. The
    n-th begins at the sample that is nearest to its first frame. Memory does not grow with the length. Raises `Cancelled`.
    """
    rate = max(speech.rate for speech, _ in parts)
    with new_file(target) as part, soundfile.SoundFile(part, "w", rate, 1, subtype="PCM_16", format="WAV") as out:
        frame = 0
        for speech, frames in parts:
            start, frame = round(frame / fps * rate), frame + frames
            _write(out, _at_rate(speech, rate), round(frame / fps * rate) - start, cancel)


def join_times(parts: Sequence[tuple[Speech, int]], fps: Fraction) -> Speech:
    """The phones, words and lines of the speeches (see `join_speech`) at their times in the whole; what is cut off has none.

    ``wav`` is the name of a file beside wherever this is kept.
    """
    phones: list[Phone] = []
    words: list[Word] = []
    lines: list[tuple[float, float]] = []
    frame = 0
    for speech, frames in parts:
        start, lasts = float(frame / fps), float(frames / fps)
        phones += [replace(p, start=start + p.start, end=start + min(p.end, lasts)) for p in speech.phones if p.start < lasts]
        words += [replace(w, start=start + w.start, end=start + min(w.end, lasts)) for w in speech.words if w.start < lasts]
        lines += [(start + first, start + min(last, lasts)) for first, last in speech.lines if first < lasts]
        frame += frames
    rate = max(speech.rate for speech, _ in parts)
    return Speech(Path("speech.wav"), rate, float(frame / fps), tuple(phones), tuple(words), tuple(lines), parts[0][0].voice)


def _write(out: soundfile.SoundFile, blocks: Iterator[Samples], samples: int, cancel: Cancel) -> None:
    """Write exactly so many samples."""
    left = samples
    for block in blocks:
        cancel.check()
        if len(block) > left:
            block = _faded(block[:left], round(FADE_S * out.samplerate))
        out.write(block)
        left -= len(block)
        if not left:
            return
    out.write(np.zeros(left, np.float32))


def _faded(block: Samples, samples: int) -> Samples:
    count = min(samples, len(block))
    faded = block.copy()
    faded[len(block) - count :] *= np.linspace(1, 0, count, dtype=np.float32)
    return faded


def _at_rate(speech: Speech, rate: int) -> Iterator[Samples]:
    if speech.rate == rate:
        yield from speech.blocks()
        return
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    for block in speech.blocks():
        frame = av.AudioFrame.from_ndarray(block[None, :], format="flt", layout="mono")
        frame.sample_rate = speech.rate
        yield from (out.to_ndarray()[0] for out in resampler.resample(frame))
    yield from (out.to_ndarray()[0] for out in resampler.resample(None))
