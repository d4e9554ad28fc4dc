"""The speech as networks hear it: 16 kHz, any piece of it at any time, digital silence wherever nobody speaks."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import numpy.typing as npt
import soundfile

from ...motion.loudness import audible, loudness
from ...motion.windows import CLOCK
from ...speech.resampling import resampled
from ...speech.speech import Samples, Speech

#: Samples a second.
RATE = 16_000
#: Seconds that are kept in memory.
KEPT = 40
#: The lips move this long before the sound, rest this long after it, and take this long between rest and speech. Seconds.
BEFORE, AFTER, RAMP = 0.08, 0.12, 0.08


class Sound:
    """Random access to a speech of any length in constant memory; outside of it there is silence."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._active = activity(audible(loudness(speech)))
        self._seconds: OrderedDict[int, Samples] = OrderedDict()

    def speaking(self, time: float) -> float:
        """0 where the lips rest, 1 where they speak, at ``time`` seconds."""
        at = round(time * CLOCK)
        return float(self._active[at]) if 0 <= at < len(self._active) else 0.0

    def read(self, start: int, stop: int) -> Samples:
        """Samples [start, stop) of the 16 kHz sound, float32; what lies between words and sentences is silence itself, not noise."""
        first, last = start // RATE, (stop - 1) // RATE
        pieces = np.concatenate([self._second(second) for second in range(first, last + 1)])
        samples = pieces[start - first * RATE : stop - first * RATE]
        return samples * self._open(start, stop)

    def _open(self, start: int, stop: int) -> Samples:
        """How much of each sample is heard, 0-1."""
        ticks = np.arange(start, stop) * (CLOCK / RATE)
        low, high = max(0, int(ticks[0])), min(len(self._active), int(ticks[-1]) + 2)
        if low >= high:
            return np.zeros(len(ticks), np.float32)
        return np.interp(ticks, np.arange(low, high), self._active[low:high], left=0, right=0).astype(np.float32)

    def _second(self, second: int) -> Samples:
        """One second of the sound at 16 kHz. Resampled with a second on either side, so that the pieces fit without a seam."""
        if second not in self._seconds:
            self._seconds[second] = self._resampled(second)
            while len(self._seconds) > KEPT:
                self._seconds.popitem(last=False)
        self._seconds.move_to_end(second)
        return self._seconds[second]

    def _resampled(self, second: int) -> Samples:
        rate = self._speech.rate
        around = np.zeros(3 * rate, np.float32)
        start, stop = (second - 1) * rate, (second + 2) * rate
        with soundfile.SoundFile(self._speech.wav) as wav:
            begin, end = max(start, 0), min(stop, wav.frames)
            if begin < end:
                wav.seek(begin)
                around[begin - start : end - start] = wav.read(end - begin, dtype="float32")
        return resampled(around, rate, RATE)[RATE : 2 * RATE]


def activity(sounding: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """float32 [ticks], 0 at rest .. 1 speaking: the lips are a little ahead of the sound and come to rest after it."""
    if not len(sounding):
        return np.zeros(0, np.float32)
    before, after, ramp = (round(seconds * CLOCK) for seconds in (BEFORE, AFTER, RAMP))
    ends = np.zeros(len(sounding) + before + after + 1)
    ticks = np.flatnonzero(sounding)
    np.add.at(ends, ticks, 1)  # each sounding tick t keeps the lips busy during [t - before, t + after]
    np.add.at(ends, ticks + before + after + 1, -1)
    busy = np.cumsum(ends)[before : before + len(sounding)] > 0
    padded = np.pad(busy.astype(np.float32), ramp, mode="edge")
    return np.convolve(padded, np.full(ramp, 1 / ramp, np.float32), mode="same")[ramp:-ramp].astype(np.float32)
