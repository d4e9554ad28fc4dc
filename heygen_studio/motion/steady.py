"""Steady noise is no speech: a fan, rain or hiss moves no lips."""

from __future__ import annotations

import numpy as np

from .drift import smoothstep
from .motion import Curve
from .mouth import smooth
from .pitch import PER_SECOND
from .windows import CLOCK

#: Level and voice are watched through a window of this standard deviation; what is shorter than a syllable is joined first. Seconds.
WATCHED_S, SYLLABLE_S = 0.4, 0.03

#: Decibels (standard deviation) by which steady noise moves at most, and speech at least.
STEADY_DB, MOVING_DB = 1.2, 2.0

#: A sound that does not move is a voice all the same (a held vowel, singing) if it has a pitch for more than the second part of the time;
#: coloured noise seems to have one for up to the first part.
HUM, HELD = 0.2, 0.3


def speech_share(level: Curve, melody: Curve) -> Curve:
    """0 in steady noise .. 1 in speech, whispered or sung too; float64, one value for each of ``level``.

    level: loudness at every tick of `CLOCK`; melody: `pitch.semitones` of the same sound, 0 where there is no voice.
    """
    if not len(level):
        return np.zeros(0)
    decibels = 20 * np.log10(smooth(level[:, None], SYLLABLE_S) + 1e-6)
    moves = np.sqrt(smooth((decibels - smooth(decibels, WATCHED_S)) ** 2, WATCHED_S))[:, 0]
    voiced = smooth((melody != 0).astype(float)[:, None], WATCHED_S, PER_SECOND)[:, 0]
    voiced = np.interp(np.arange(len(level)) / CLOCK, np.arange(len(voiced)) / PER_SECOND, voiced)
    return np.maximum(smoothstep((moves - STEADY_DB) / (MOVING_DB - STEADY_DB)), smoothstep((voiced - HUM) / (HELD - HUM)))
