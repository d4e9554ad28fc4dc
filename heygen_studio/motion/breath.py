"""Breath: the shoulders rise quickly in a pause and sink slowly while speaking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .drift import smoothstep
from .motion import Curve
from .pauses import Pause

#: Millimetres of an ordinary breath, seconds from one to the next, and how long the shoulders rise.
HEIGHT_MM, CYCLE_S, RISE_S = 1.3, (3.2, 4.8), 0.9

#: A breath waits for, or comes early to, a pause this near, in seconds.
PAUSE_NEAR_S = 0.9


def breath(times: Curve, pauses: Sequence[Pause], rng: np.random.Generator) -> Curve:
    """Millimetres the shoulders are raised at every frame, float64 [n], 0 or more."""
    raised = np.zeros(len(times))
    begin = rng.uniform(0.3, 1.2)
    while len(times) and begin < times[-1]:
        cycle, height = rng.uniform(*CYCLE_S), HEIGHT_MM * rng.uniform(0.75, 1.15)
        following = begin + cycle
        near = [pause.start for pause in pauses if abs(pause.start - following) < PAUSE_NEAR_S]
        following = min(near, key=lambda start: abs(start - following), default=following)
        frames = slice(*np.searchsorted(times, [begin, following]))
        raised[frames] = height * one_breath(times[frames] - begin, following - begin)
        begin = following
    return raised


def one_breath(time: Curve, length: float) -> Curve:
    """0..1: how far the shoulders are up at so many seconds of a breath of ``length`` seconds."""
    return np.minimum(smoothstep(time / RISE_S), smoothstep((length - time) / (length - RISE_S)))
