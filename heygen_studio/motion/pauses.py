"""Pauses: the silences in which the mouth rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..speech.speech import Phone
from .windows import CLOCK

#: A shorter silence is part of speaking (the hold of a p, a t, a k): the mouth goes on moving.
SHORTEST_S = 0.150


@dataclass(frozen=True)
class Pause:
    """A silence, in seconds of the audio."""

    start: float
    end: float


def pauses(sounding: npt.NDArray[np.bool_], phones: Sequence[Phone]) -> tuple[Pause, ...]:
    """Every silence of at least 150 ms, in order.

    sounding: whether there is speech at a tick of the inner clock; phones: where they are known, the times without one are silence too,
    so that breath and noise between sentences do not move the mouth.
    """
    spoken = sounding.copy()
    if any(phone.symbol for phone in phones):
        covered = np.zeros_like(spoken)
        for phone in phones:
            if phone.symbol:
                covered[max(0, round(phone.start * CLOCK)) : max(0, round(phone.end * CLOCK))] = True
        spoken &= covered
    edges = np.flatnonzero(np.diff(np.concatenate([[True], spoken, [True]]).astype(np.int8)))
    found = (Pause(start / CLOCK, end / CLOCK) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return tuple(pause for pause in found if pause.end - pause.start >= SHORTEST_S - 1e-9)
