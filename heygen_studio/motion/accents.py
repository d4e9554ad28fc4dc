"""Accents: the stressed moments of the speech, at which people nod and raise their brows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .motion import Curve
from .mouth import smooth
from .pitch import PER_SECOND as PITCH_RATE
from .windows import CLOCK

#: An accent is the strongest moment this far to both sides, in seconds.
APART_S = 0.36

#: Weakest accent, against an ordinary vowel.
WEAKEST = 0.55


@dataclass(frozen=True)
class Accent:
    """time: seconds; strength: about 0.5 (weak) to 1.5 (strong)."""

    time: float
    strength: float


def accents(level: Curve, usual: float, semitones: Curve) -> tuple[Accent, ...]:
    """The moments where the voice is louder and higher than around it, in order.

    level: loudness at every tick of the inner clock; usual: loudness of an ordinary vowel; semitones: the melody.
    """
    if not len(level):
        return ()
    loud = smooth(level[:, None] / usual, 0.09)[:, 0]
    at = np.arange(len(level)) / CLOCK
    melody = np.interp(at, np.arange(len(semitones)) / PITCH_RATE, np.clip(semitones, -6, 8))
    stress = loud * (1 + 0.12 * np.clip(smooth(melody[:, None], 0.08)[:, 0], -2, 5))

    apart = int(APART_S * CLOCK)
    rises = np.flatnonzero((stress[1:-1] >= stress[:-2]) & (stress[1:-1] > stress[2:]) & (stress[1:-1] > WEAKEST)) + 1
    strongest = (peak for peak in rises if stress[peak] >= stress[max(0, peak - apart) : peak + apart + 1].max())
    return tuple(Accent(peak / CLOCK, float(min(1.5, stress[peak]))) for peak in strongest)
