"""Expression: how a mood looks, and how one mood passes into the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..script.script import Mood
from .drift import smoothstep
from .motion import Curve

#: One mood passes into the next in this time, ending as the new line begins, in seconds.
BLEND_S = 0.75


class Look(NamedTuple):
    """How a mood shows. smile, brow, slant, lids: as in `Motion`; pitch, roll: degrees added to the head; vigour: factor on head and brow
    movement."""

    smile: float
    brow: float
    slant: float
    lids: float
    pitch: float
    roll: float
    vigour: float


LOOKS: dict[Mood, Look] = {
    "neutral": Look(smile=0.0, brow=0.0, slant=0.0, lids=0.0, pitch=0.0, roll=0.0, vigour=1.0),
    "warm": Look(smile=0.45, brow=0.5, slant=0.7, lids=0.15, pitch=0.3, roll=1.3, vigour=1.0),
    "happy": Look(smile=1.0, brow=0.5, slant=-0.2, lids=0.9, pitch=-0.6, roll=0.2, vigour=1.2),
    "serious": Look(smile=-0.5, brow=-1.2, slant=-2.0, lids=0.4, pitch=0.6, roll=0.0, vigour=0.75),
    "concerned": Look(smile=-0.8, brow=0.3, slant=3.2, lids=0.2, pitch=0.9, roll=1.4, vigour=0.8),
    "excited": Look(smile=0.7, brow=2.1, slant=0.0, lids=-0.8, pitch=-0.7, roll=0.0, vigour=1.35),
}


class LookTracks(NamedTuple):
    """The fields of `Look` at every frame, float64 [n] each."""

    smile: Curve
    brow: Curve
    slant: Curve
    lids: Curve
    pitch: Curve
    roll: Curve
    vigour: Curve


def expression(lines: Sequence[tuple[float, float]], moods: Sequence[Mood] | None, strength: float, times: Curve) -> LookTracks:
    """The looks of the moods, blended over time.

    lines: (start, end) seconds of each line; moods: one each, None for all neutral; strength: 0 nothing .. 1 as in `LOOKS`.
    """
    rest = np.array(LOOKS["neutral"])
    looks = [rest + strength * (np.array(LOOKS[mood]) - rest) for mood in moods or ()]
    tracks = np.repeat((looks[0] if looks else rest)[:, None], len(times), axis=1)
    for (start, _), before, after in zip(lines[1:], looks, looks[1:], strict=False):
        first, last = np.searchsorted(times, [start - BLEND_S, start])
        tracks[:, first:last] += np.outer(after - before, smoothstep((times[first:last] - start) / BLEND_S + 1))
        tracks[:, last:] += (after - before)[:, None]
    return LookTracks(*tracks)
