"""Windows: short overlapping pieces of the sound, at a steady rate, without holding the whole of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ..speech.speech import Samples, Speech

#: The inner clock of the motion stage, in ticks a second: fine enough for a 24 ms closure of the lips.
CLOCK = 200

#: Windows handed out at once at most, which bounds the memory.
BATCH = 1000


def ticks(speech: Speech, per_second: int = CLOCK) -> int:
    """Number of windows that `windows` yields for the speech."""
    return math.ceil(speech.duration * per_second - 1e-6)


def windows(speech: Speech, per_second: int, seconds: float) -> Iterator[Samples]:
    """Windows of the sound centred on the ticks 0, 1/per_second, 2/per_second ... as float32 [up to BATCH, size].

    seconds: length of a window. Outside the sound there are zeros. The values do not depend on how the sound is cut into blocks.
    """
    half = max(1, round(seconds * speech.rate / 2))
    total = ticks(speech, per_second)
    held = np.zeros(half, np.float32)
    held_from = -half
    tick = 0
    silence = itertools.repeat(np.zeros(half, np.float32))
    blocks = itertools.chain(speech.blocks(), silence)
    while tick < total:
        last = min(tick + BATCH, total)
        needed = _sample(last - 1, speech.rate, per_second) + half - held_from
        while len(held) < needed:
            held = np.concatenate([held, next(blocks)])
        starts = [_sample(at, speech.rate, per_second) - half - held_from for at in range(tick, last)]
        yield np.lib.stride_tricks.sliding_window_view(held, 2 * half)[starts]
        tick = last
        drop = min(_sample(tick, speech.rate, per_second) - half - held_from, len(held))
        held, held_from = held[drop:], held_from + drop


def _sample(tick: int, rate: int, per_second: int) -> int:
    """The sample at a tick."""
    return tick * rate // per_second
