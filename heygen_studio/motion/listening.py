"""Listening: a face that says nothing, in a loop without an end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..errors import BadInput
from ..script.script import Mood
from .breath import HEIGHT_MM, one_breath
from .drift import looped_drift, within
from .expression import LOOKS, Look
from .eyes import blink, gaze
from .head import LIMITS
from .make import LIVELINESS, REST_S, Style, at_rest
from .motion import Curve, Motion, Track

#: A shorter loop has no room for a nod, a blink and a breath.
SHORTEST_S = 3.0

#: Sway in degrees and its time scale in seconds, for pitch, yaw and roll; shift in mm (right, down), and its time scale.
SWAY = ((1.1, 2.4), (2.4, 2.8), (1.5, 3.0))
SHIFT = ((0.8, 3.0), (0.5, 2.6))

#: Seconds from nod to nod and from breath to breath: as many as fit a whole number of times.
NOD_EVERY_S, BREATH_EVERY_S = 4.5, 4.0

#: A nod in degrees, its half width in seconds, and how much later and smaller the second one of a double nod is.
NOD, NOD_WIDTH_S, SECOND_AFTER_S, SECOND = (1.0, 2.2), 0.17, 0.55, 0.6

#: Millimetres that the brows drift, and that they rise on a nod.
BROW_DRIFT_MM, BROW_NOD_MM = 0.25, 0.6


def listening_motion(
    seconds: float,
    *,
    fps: float,
    seed: int,
    mood: Mood = "neutral",
    expression_strength: float = 1.0,
    style: Style = "natural",
    head_motion: bool = True,
) -> Motion:
    """What the face does while somebody else speaks: it breathes, blinks, looks about, sways and nods a little; the lips stay shut.

    It has the whole number of frames that is nearest to ``seconds``, and after the last one the first follows with no
    jump of any track, in its value or its speed: no blink, nod or breath lies across that seam. At the seam a neutral face is in the
    portrait's pose, where the motion of a speech begins and ends too: the loop can be cut together with speeches.
    fps, seed, expression_strength, style and head_motion: as for `make_motion`; mood: of the whole loop. Raises `BadInput` below 3 seconds.
    """
    if seconds < SHORTEST_S:
        raise BadInput(f"A listening loop of {seconds:g} s is too short: choose {SHORTEST_S:g} s or more.")
    count = round(seconds * fps)
    length = count / fps
    times = (np.arange(count) + 0.5) / fps
    rest = np.array(LOOKS["neutral"])
    look = Look(*(rest + expression_strength * (np.array(LOOKS[mood]) - rest)))
    lively = LIVELINESS[style]
    sway_dice, nod_dice, shift_dice, blink_dice, gaze_dice, brow_dice, breath_dice = np.random.default_rng(seed).spawn(7)

    nods = _nods(times, length, nod_dice)
    swaying = [size * looped_drift(times, slow, length, dice) for (size, slow), dice in zip(SWAY, sway_dice.spawn(3), strict=True)]
    swaying[0] += nods
    moods = (look.pitch, 0.0, look.roll)
    head = [within(lively * look.vigour * sway + m, limit) for sway, m, limit in zip(swaying, moods, LIMITS, strict=True)]
    pose = np.stack(head, axis=1) * head_motion
    moved = [size * looped_drift(times, slow, length, dice) for (size, slow), dice in zip(SHIFT, shift_dice.spawn(2), strict=True)]
    raised = BROW_DRIFT_MM * looped_drift(times, 1.4, length, brow_dice) + BROW_NOD_MM * np.clip(nods, 0, None) / NOD[1]
    return Motion(
        fps=fps,
        mouth=np.zeros((count, 9), np.float32),
        pose=_frames(pose),
        shift=_frames(lively * np.stack(moved, axis=1) * head_motion),
        blink=_frames(blink(times, (), blink_dice)),
        gaze=_frames(gaze(times, pose, gaze_dice) * at_rest(times, length)[:, None]),
        brow=_frames(lively * look.vigour * raised + look.brow),
        slant=np.full(count, look.slant, np.float32),
        lids=np.full(count, look.lids, np.float32),
        breath=_frames(_breaths(times, length, breath_dice)),
        smile=np.full(count, look.smile, np.float32),
    )


def _nods(times: Curve, length: float, rng: np.random.Generator) -> Curve:
    """Degrees down: single and double nods, each in its own part of the loop and none near the seam."""
    down = np.zeros(len(times))
    parts = np.linspace(REST_S, length - REST_S - SECOND_AFTER_S, max(1, round(length / NOD_EVERY_S)) + 1)
    for begin, end in pairwise(parts):
        moment, size, double = rng.uniform(begin, end), rng.uniform(*NOD), rng.random() < 0.5
        down += size * _bell(times - moment)
        if double:
            down += SECOND * size * _bell(times - moment - SECOND_AFTER_S)
    return down


def _bell(time: Curve) -> Curve:
    return np.exp(-0.5 * (time / NOD_WIDTH_S) ** 2)


def _breaths(times: Curve, length: float, rng: np.random.Generator) -> Curve:
    """Millimetres the shoulders are raised: whole breaths of unequal length and depth."""
    parts = rng.uniform(0.85, 1.15, max(1, round(length / BREATH_EVERY_S)))
    edges = length * np.concatenate([[0.0], np.cumsum(parts) / parts.sum()])
    raised = np.zeros(len(times))
    for begin, end in pairwise(edges):
        inside = slice(*np.searchsorted(times, [begin, end]))
        raised[inside] = HEIGHT_MM * rng.uniform(0.75, 1.15) * one_breath(times[inside] - begin, end - begin)
    return raised


def _frames(track: Curve) -> Track:
    return track.astype(np.float32)
