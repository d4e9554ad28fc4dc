"""Head: it sways slowly, more while speaking, and nods on what is stressed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .accents import Accent
from .drift import drift, within
from .expression import LookTracks
from .motion import Curve

#: The head never turns further from the portrait's pose, in degrees of pitch, yaw and roll.
LIMITS = (4.0, 6.0, 3.0)

#: And it never turns faster, in degrees a second: accents that follow closely would add up to a jerk.
FASTEST = 14.0

#: Widest sway in degrees and its time scale in seconds, for pitch, yaw and roll; then the finer movement of a speaking head.
SWAY = ((1.9, 1.9), (4.0, 2.1), (2.2, 2.3))
FINE = ((0.6, 0.8), (1.0, 0.9), (0.6, 0.9))


def pose(times: Curve, speaking: Curve, stressed: Sequence[Accent], look: LookTracks, liveliness: float, rng: np.random.Generator) -> Curve:
    """Degrees of pitch (down is positive), yaw and roll, float64 [len(times), 3].

    speaking: 0..1 at each frame; look: the mood; liveliness: factor on all movement.
    """
    vigour = liveliness * look.vigour
    *dice, beat_dice = rng.spawn(7)
    nods, turns = _beats(times, stressed, beat_dice)
    tracks = []
    for axis, (beats, mood) in enumerate(((nods, look.pitch), (turns, 0 * turns), (0.3 * turns, look.roll))):
        (sway, slow), (fine, fast) = SWAY[axis], FINE[axis]
        swaying = (0.6 + 0.4 * speaking) * sway * drift(times, slow, dice[2 * axis])
        moving = swaying + speaking * fine * drift(times, fast, dice[2 * axis + 1]) + beats
        tracks.append(within(vigour * moving + mood, LIMITS[axis]))
    return np.stack(tracks, axis=1)


def shift(times: Curve, liveliness: float, rng: np.random.Generator) -> Curve:
    """Movement of the head to the right and down in mm, float64 [len(times), 2]."""
    right, down = rng.spawn(2)
    return liveliness * np.stack([1.6 * drift(times, 2.4, right), 1.0 * drift(times, 2.0, down)], axis=1)


def unhurried(pose: Curve, fps: float) -> Curve:
    """The pose [n, 3] in degrees, nowhere faster than `FASTEST`: what is slowed down begins earlier and ends later alike."""
    return (_limited(pose, FASTEST / fps) + _limited(pose[::-1], FASTEST / fps)[::-1]) / 2


def _limited(pose: Curve, step: float) -> Curve:
    """Follows the pose by at most ``step`` a frame."""
    followed = pose.copy()
    for row in range(1, len(pose)):
        before = followed[row - 1]
        followed[row] = np.minimum(np.maximum(pose[row], before - step), before + step)
    return followed


def _beats(times: Curve, stressed: Sequence[Accent], rng: np.random.Generator) -> tuple[Curve, Curve]:
    """Nods (down and a little back up) and small turns on the accents, in degrees."""
    nods, turns = np.zeros(len(times)), np.zeros(len(times))
    for accent in stressed:
        strength = min(1.4, accent.strength)
        nod, turn = rng.uniform(0.6, 1.2) * strength, rng.normal(0, 0.45) * strength
        near = slice(*np.searchsorted(times, [accent.time - 0.7, accent.time + 1.2]))
        time = times[near] - accent.time
        nods[near] += nod * (_bell(time, 0.15) - 0.4 * _bell(time - 0.38, 0.20))
        turns[near] += turn * _bell(time - 0.05, 0.22)
    return nods, turns


def _bell(time: Curve, width: float) -> Curve:
    return np.exp(-0.5 * (time / width) ** 2)
