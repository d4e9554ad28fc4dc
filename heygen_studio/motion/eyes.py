"""Eyes: blinks and the small jumps of the gaze."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .drift import smoothstep, within
from .motion import Curve
from .pauses import Pause

#: A blink shuts fast and opens slowly, in seconds: shutting, shut, opening.
SHUTTING_S, SHUT_S, OPENING_S = 0.095, 0.030, 0.175

#: Gaps between blinks are gamma-distributed with this shape and mean, and clipped, in seconds: about 16 blinks a minute.
GAP_SHAPE, GAP_MEAN_S, SHORTEST_GAP_S, LONGEST_GAP_S = 4.0, 3.6, 1.6, 6.0

#: A blink waits for, or comes early to, a pause this near, in seconds.
PAUSE_NEAR_S = 0.55

#: The gaze jumps after this many seconds, within this time.
FIXATION_S, SACCADE_S = (0.5, 2.0), 0.045

#: The iris moves this far in mm for a degree of the head, against it: the eyes keep looking at the viewer.
MM_PER_DEGREE = 0.15

#: Furthest gaze in mm, right and down.
LIMITS = (1.8, 0.9)


def blink(times: Curve, pauses: Sequence[Pause], rng: np.random.Generator) -> Curve:
    """0 open .. 1 shut at every frame, float64 [n]; each blink has a frame that is fully shut. times: centres of the frames."""
    shut = np.zeros(len(times))
    if len(times) < 2:
        return shut
    step = times[1] - times[0]
    end = times[-1] - OPENING_S - SHUT_S
    time = rng.uniform(0.9, 2.4)
    while time < end:
        moment = _nearest_pause(time, pauses)
        moment = times[round((moment - times[0]) / step)] if SHUTTING_S < moment < end else time
        near = slice(*np.searchsorted(times, [moment - 0.2, moment + 0.3]))
        shut[near] = np.maximum(shut[near], _lid(times[near] - moment))
        gap = rng.gamma(GAP_SHAPE, GAP_MEAN_S / GAP_SHAPE)
        time = moment + float(np.clip(gap, SHORTEST_GAP_S, LONGEST_GAP_S))
    return shut


def gaze(times: Curve, pose: Curve, rng: np.random.Generator) -> Curve:
    """Where the irises look, mm right and down, float64 [n, 2]: at the viewer, with small jumps away and back."""
    jumps = np.zeros((len(times), 2))
    moment, here = 0.0, np.zeros(2)
    while len(times) and moment < times[-1]:
        away = rng.random() < 0.45
        there = rng.normal(0, (0.75, 0.3)) if away else rng.normal(0, (0.15, 0.10))
        following = moment + rng.uniform(*FIXATION_S)
        frames = slice(*np.searchsorted(times, [moment, following]))
        jumps[frames] = here + (there - here) * smoothstep((times[frames] - moment) / SACCADE_S)[:, None]
        moment, here = following, there
    held = jumps - MM_PER_DEGREE * pose[:, [1, 0]]
    return np.stack([within(held[:, 0], LIMITS[0]), within(held[:, 1], LIMITS[1])], axis=1)


def _nearest_pause(time: float, pauses: Sequence[Pause]) -> float:
    """A moment just inside the nearest pause, if there is one about this time; else the time itself."""
    starts = [pause.start + 0.08 for pause in pauses if abs(pause.start + 0.08 - time) < PAUSE_NEAR_S]
    return min(starts, key=lambda start: abs(start - time), default=time)


def _lid(time: Curve) -> Curve:
    """How far the lid is down at a time before or after the middle of the blink."""
    falling = smoothstep((time + SHUT_S / 2 + SHUTTING_S) / SHUTTING_S)
    rising = smoothstep((SHUT_S / 2 + OPENING_S - time) / OPENING_S)
    return np.minimum(falling, rising)
