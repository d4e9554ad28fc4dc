"""The mouth from the sound alone, for a recording whose sounds nobody has named, in any language.

A small network hears it (`sound_net`). Of the closures of the lips and of f/v it is seldom quite sure, and a mean of shut and open would be
a mumble: where it rather hears one than not, it is done in full.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..speech.speech import UNNAMED, Phone, Speech
from .motion import CLOSURE, LABIODENTAL, Curve
from .mouth import (
    CLOSURE_RAMP_S,
    LEAD_S,
    LONGEST_HOLD_S,
    SHORTEST_HOLD_S,
    TEETH_RAMP_S,
    Bump,
    force_closures,
    gate,
    heights,
    put_through,
    rests,
    smooth,
)
from .pauses import Pause
from .sound_features import PER_SECOND, features
from .sound_net import listen
from .steady import speech_share
from .windows import CLOCK, ticks

#: The bounds of the columns of `Motion.mouth`.
LEAST = (0.0, -0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
MOST = (12.0, 0.9, 1.1, 9.0, 1.0, 1.1, 1.0, 1.0, 1.0)

#: A closure and an f/v are done where they are heard this much, of 1; less, and neighbours that are not theirs are shut as well.
CLOSURE_HEARD, TEETH_HEARD = 0.6, 0.55

#: The mouth passes from what is known to what is heard within about this time, in seconds.
PASSING_S = 0.04


def sound_mouth(speech: Speech, level: Curve, melody: Curve, pauses: Sequence[Pause], times: Curve) -> Curve:
    """The mouth at the given times, float64 [len(times), 9], the columns of `Motion.mouth`.

    level: loudness at every tick of the inner clock; melody: see `pitch.semitones`; pauses: the silences to rest in; times: centres of the
    frames, seconds.
    """
    clock = np.arange(ticks(speech, PER_SECOND)) / PER_SECOND
    opened = gate(clock, rests(pauses, len(level) / CLOCK))
    if len(level):
        opened *= np.interp(clock, np.arange(len(level)) / CLOCK, speech_share(level, melody))
    shape = np.clip(listen(features(speech, level)), LEAST, MOST) * opened[:, None]
    closures = _bumps(shape[:, CLOSURE], CLOSURE_HEARD, CLOSURE_RAMP_S)
    teeth = _bumps(shape[:, LABIODENTAL], TEETH_HEARD, TEETH_RAMP_S)
    shape[:, CLOSURE] = heights(closures, clock) * (opened > 0)
    shape[:, LABIODENTAL] = heights(teeth, clock) * opened
    put_through(shape)
    mouth = np.stack([np.interp(times + LEAD_S, clock, column) for column in shape.T], axis=1)
    force_closures(mouth, closures, times)
    return mouth


def with_sound(mouth: Curve, phones: Sequence[Phone], heard: Curve, times: Curve, fps: float) -> Curve:
    """The mouth of the phones, and where these are `UNNAMED`, the mouth that is heard; both float64 [len(times), 9].

    Lips that a named phone closes stay closed.
    """
    seen = times + LEAD_S
    share = np.zeros((len(times), 1))
    for phone in phones:
        if phone.symbol == UNNAMED:
            share[slice(*np.searchsorted(seen, [phone.start, phone.end]))] = 1.0
    share = smooth(share, PASSING_S, round(fps)) * (1 - mouth[:, [CLOSURE]])
    return np.asarray(mouth + share * (heard - mouth))


def _bumps(track: Curve, least: float, ramp: float) -> list[Bump]:
    """One bump for each time in which the track, float64 [ticks at PER_SECOND] of 0..1, is at least so high.

    ramp: of the bumps, seconds; at half their height they are as wide as that time.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], track >= least, [False]]).astype(np.int8))) / PER_SECOND
    holds = np.clip((edges[1::2] - edges[::2] - ramp) / 2, SHORTEST_HOLD_S, LONGEST_HOLD_S)
    centres = (edges[1::2] + edges[::2] - 1 / PER_SECOND) / 2
    return [Bump(centre, hold, ramp) for centre, hold in zip(centres.tolist(), holds.tolist(), strict=True)]
