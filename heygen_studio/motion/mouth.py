"""Mouth: sounds with times -> the shape of the lips and the jaw in every frame.

Each viseme pulls the mouth towards its targets with a strength that fades with the distance in time; the shape is the weighted mean
(dominance blending after Cohen and Massaro, 1993, "Modeling coarticulation in synthetic visual speech"). Closures, silences and f/v are
then put through: a mouth that stays open on an m is the first thing that people see.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..speech.speech import Phone
from .motion import APERTURE, CLOSURE, DEPRESS, JAW, LABIODENTAL, RAISE, ROUND, SPREAD, Curve
from .pauses import Pause
from .visemes import CLOSED, SILENCE, dominance, is_vowel, targets, visemes_of
from .visemes import LABIODENTAL as TEETH_ON_LIP
from .windows import CLOCK

#: The mouth is seen this much before it is heard, in seconds.
LEAD_S = 0.035

#: How fast the pull of a viseme fades before and after it, in seconds: lips get round long before a w.
BEFORE_S, BEFORE_ROUND_S, AFTER_S = 0.060, 0.090, 0.050
ROUNDED = frozenset({"W", "UW", "OW"})

#: The pull is cut off where it has fallen to a thousandth: exp(-4^1.4).
REACH = 4.0

#: Smoothing in seconds of all that the lips do, and once more of what moves much flesh: their corners and the jaw. Of closures and f/v.
QUICK_S, SLOW_S, SLOW, BUMP_S = 0.014, 0.024, [SPREAD, ROUND, JAW], 0.006

#: The mouth is worked out in stretches of so many seconds, which bounds the memory, with so many ticks more at both ends for the smoothing;
#: what is further away than `FAR_S` has no influence.
STRETCH_S, MARGIN, FAR_S = 30, 40, 1.0

#: Cosine ramps of a closure and of f/v, and the shortest hold, in seconds.
CLOSURE_RAMP_S, TEETH_RAMP_S, SHORTEST_HOLD_S, LONGEST_HOLD_S = 0.042, 0.055, 0.024, 0.090

#: In a pause the mouth is at rest from `SHUT_S` after the sound has ended until `OPENS_S` before the next one; ramps in seconds.
SHUT_S, OPENS_S, SHUTTING_S, OPENING_S = 0.020, 0.070, 0.090, 0.100

#: The mouth also rests at both ends of the audio, as if this much of it were silent, so that videos can be cut together; seconds.
EDGE_S = 0.090

#: A sound whose time reaches further than this into a pause ends (or begins) there: networks let the last sound run into the silence.
SLACK_S = 0.060


#: Blending takes the tips off fast speech, and a mouth that follows it mumbles: lips and jaw open this much wider, but near this many mm no
#: further. `ROOF` is how late the bound is felt.
ARTICULATION, WIDEST_MM, ROOF = 1.5, 13.0, 4
#: Of that, rounded lips leave out this part: they stand close around a small opening.
ROUND_STAYS = 0.8

#: Between words a voice may mark a gap through which it goes on sounding; the mouth heeds it only if it is this quiet, against a vowel.
GAP_LOUDNESS = 0.12


@dataclass(frozen=True)
class Segment:
    """One viseme and its time in seconds of the audio."""

    viseme: str
    start: float
    end: float

    @property
    def centre(self) -> float:
        return (self.start + self.end) / 2

    @property
    def half(self) -> float:
        return (self.end - self.start) / 2


@dataclass(frozen=True)
class Bump:
    """A closure or an f/v: fully there ``hold`` seconds to both sides of ``centre``, gone ``ramp`` further out."""

    centre: float
    hold: float
    ramp: float

    @property
    def start(self) -> float:
        return self.centre - self.hold - self.ramp

    @property
    def end(self) -> float:
        return self.centre + self.hold + self.ramp


Timed = TypeVar("Timed", Segment, Bump, Pause)


def mouth(phones: Sequence[Phone], pauses: Sequence[Pause], level: Curve, usual: float, times: Curve) -> Curve:
    """The mouth at the given times.

    phones: in time order; pauses: the silences to rest in; level: loudness at every tick of the inner clock; usual: loudness of an
    ordinary vowel; times: centres of the frames, seconds. Returns float64 [len(times), 9], the columns of `Motion.mouth`.
    """
    segments = [s for s in trim(split(phones), pauses) if s.viseme != SILENCE or _mean(level, s) < GAP_LOUDNESS * usual]
    still = rests(pauses, len(level) / CLOCK)
    closures = [_bump(s, CLOSURE_RAMP_S, still) for s in segments if s.viseme == CLOSED]
    teeth = [_bump(s, TEETH_RAMP_S, still) for s in segments if s.viseme == TEETH_ON_LIP]

    frames = np.zeros((len(times), 9))
    for part in np.array_split(np.arange(len(times)), len(level) // (STRETCH_S * CLOCK) + 1):
        if len(part):
            seen = times[part] + LEAD_S
            clock = np.arange(int(seen[0] * CLOCK) - MARGIN, int(seen[-1] * CLOCK) + MARGIN + 2) / CLOCK
            shape = smooth(_blend(_near(segments, clock), level, usual, clock), QUICK_S)
            shape[:, SLOW] = smooth(shape[:, SLOW], SLOW_S)
            shape[:, LABIODENTAL] = smooth(heights(_near(teeth, clock), clock)[:, None], BUMP_S)[:, 0]
            opened = gate(clock, _near(still, clock))
            shape *= opened[:, None]
            shape[:, CLOSURE] = smooth(heights(_near(closures, clock), clock)[:, None], BUMP_S)[:, 0] * (opened > 0)
            put_through(shape)
            frames[part] = np.stack([np.interp(seen, clock, column) for column in shape.T], axis=1)
    force_closures(frames, closures, times)
    return frames + 0.0  # no negative zeros


def split(phones: Sequence[Phone]) -> list[Segment]:
    """One segment for each viseme; a diphthong shares its time among its parts."""
    segments = []
    for phone in phones:
        parts = visemes_of(phone.symbol)
        edges = np.linspace(phone.start, max(phone.start, phone.end), len(parts) + 1)
        segments += [Segment(v, float(a), float(b)) for v, a, b in zip(parts, edges, edges[1:], strict=False)]
    return segments


def trim(segments: Sequence[Segment], pauses: Sequence[Pause]) -> list[Segment]:
    """The segments without what reaches into the pauses. A closure that lies wholly in a pause moves to its nearer end."""
    starts = np.array([pause.start for pause in pauses])
    kept = []
    for segment in segments:
        # The pauses are in order and do not overlap: only the last one that starts before the segment's end can hold its end.
        start, end = segment.start, segment.end
        for index in range(max(0, int(np.searchsorted(starts, start)) - 1), int(np.searchsorted(starts, end))):
            first, last = pauses[index].start + SLACK_S, pauses[index].end - SLACK_S
            if start < first < end:
                end = first
            elif first <= start < last:
                start = last
        if start < end or segment.start == segment.end:
            kept.append(Segment(segment.viseme, start, end))
        elif segment.viseme == CLOSED:
            pause = pauses[int(np.searchsorted(starts, segment.start, side="right")) - 1]
            edge = min((pause.start + SLACK_S, pause.end - SLACK_S), key=lambda time: abs(time - segment.centre))
            kept.append(Segment(CLOSED, edge, edge))
    return kept


def rests(pauses: Sequence[Pause], duration: float) -> tuple[Pause, ...]:
    """The times in which the mouth rests: the pauses and both ends of the audio."""
    return (Pause(-np.inf, EDGE_S), *pauses, Pause(duration - EDGE_S, np.inf))


def gate(clock: Curve, rests: Sequence[Pause]) -> Curve:
    """1 while speaking, exactly 0 while resting, with cosine ramps; at the given audio times."""
    opened = np.ones(len(clock))
    for rest in rests:
        shut, opens = _shut(rest)
        near = slice(*np.searchsorted(clock, [shut - SHUTTING_S, opens + OPENING_S]))
        time = clock[near]
        away = np.where(time < (shut + opens) / 2, (shut - time) / SHUTTING_S, (time - opens) / OPENING_S)
        opened[near] = np.minimum(opened[near], _ease(away))
    return opened


def smooth(track: Curve, seconds: float, per_second: int = CLOCK) -> Curve:
    """Gaussian smoothing along the first axis; seconds: standard deviation; per_second: rows a second."""
    sigma = seconds * per_second
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(track, ((reach, reach), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, kernel, mode="valid") for column in padded.T], axis=1)


def heights(bumps: Sequence[Bump], clock: Curve) -> Curve:
    """The highest of the bumps at every time."""
    height = np.zeros(len(clock))
    for bump in bumps:
        near = slice(*np.searchsorted(clock, [bump.start, bump.end]))
        height[near] = np.maximum(height[near], _ease((bump.hold + bump.ramp - np.abs(clock[near] - bump.centre)) / bump.ramp))
    return height


def put_through(shape: Curve) -> None:
    """Let f/v and closures rule the lips, in place."""
    teeth, shut = shape[:, LABIODENTAL], 1 - shape[:, CLOSURE]
    shape[:, APERTURE] += teeth * (1.7 - shape[:, APERTURE])
    shape[:, RAISE] += teeth * (1.0 - shape[:, RAISE])
    shape[:, DEPRESS] *= 1 - teeth
    shape[:, [APERTURE, RAISE, DEPRESS, LABIODENTAL]] *= shut[:, None]


def articulated(mouth: Curve) -> Curve:
    """The mouth, float64 [n, 9], of somebody who speaks clearly: apertures and jaw wider, rounded lips little, f/v and closures not."""
    aperture, opens = mouth[:, APERTURE], 1 - np.clip(ROUND_STAYS * mouth[:, ROUND] + mouth[:, LABIODENTAL], 0, 1)
    wider = ARTICULATION / (1 + (ARTICULATION * aperture / WIDEST_MM) ** ROOF) ** (1 / ROOF)
    clear = mouth.copy()
    clear[:, [APERTURE, JAW]] *= (1 + (wider - 1) * opens)[:, None]
    return clear


def force_closures(frames: Curve, closures: Sequence[Bump], times: Curve) -> None:
    """Shut the frame nearest to each closure, in place: at 12 frames a second a closure may fall between two frames."""
    if not len(times):
        return
    between = (times[1:] + times[:-1]) / 2
    for index in np.searchsorted(between, [bump.centre - LEAD_S for bump in closures]):
        frames[index, [APERTURE, RAISE, DEPRESS, LABIODENTAL]] = 0.0
        frames[index, CLOSURE] = 1.0


def _shut(rest: Pause) -> tuple[float, float]:
    """From when to when the mouth rests in a pause, in audio time (the picture is ahead of it by `LEAD_S`)."""
    return rest.start + SHUT_S + LEAD_S, rest.end - OPENS_S + LEAD_S


def _near(items: Sequence[Timed], clock: Curve) -> list[Timed]:
    """Those that can matter at the times of the clock."""
    return [item for item in items if item.start < clock[-1] + FAR_S and item.end > clock[0] - FAR_S]


def _start(rest: Pause) -> float:
    return rest.start


def _ease(x: Curve) -> Curve:
    """0 below 0, 1 above 1, a half cosine between."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0))


def _blend(segments: Sequence[Segment], level: Curve, usual: float, clock: Curve) -> Curve:
    """The dominance-weighted mean of the targets at every time; only the times that a segment reaches are touched."""
    weighted = np.zeros((len(clock), 9))
    weight = np.full((len(clock), 9), 1e-6)
    for segment in segments:
        before = BEFORE_ROUND_S if segment.viseme in ROUNDED else BEFORE_S
        plateau = 0.55 * segment.half
        near = slice(*np.searchsorted(clock, [segment.centre - plateau - REACH * before, segment.centre + plateau + REACH * AFTER_S]))
        away = clock[near] - segment.centre
        fade = np.maximum(0.0, np.abs(away) - plateau) / np.where(away < 0, before, AFTER_S)
        pull = np.exp(-(fade**1.4))[:, None] * dominance(segment.viseme)
        weighted[near] += pull * _heard(segment, level, usual)
        weight[near] += pull
    return np.asarray(weighted / weight)


def _heard(segment: Segment, level: Curve, usual: float) -> Curve:
    """The targets of the segment, opened as far as its loudness and length let a person open the mouth."""
    target = targets(segment.viseme)
    if segment.viseme in (SILENCE, CLOSED, TEETH_ON_LIP, "S", "TD"):
        return target
    gain = float(np.clip((_mean(level, segment) / usual) ** 0.5, 0.62, 1.18))
    if segment.half > 0.05:
        gain *= min(1.12, 1 + (segment.half - 0.05) * 1.5)
    elif segment.half < 0.035 and is_vowel(segment.viseme):
        gain *= 0.85
    target[[APERTURE, JAW]] *= gain
    return target


def _mean(level: Curve, segment: Segment) -> float:
    """The loudness of a segment."""
    first = min(max(0, int(segment.start * CLOCK)), len(level) - 1)
    return float(level[first : max(first + 1, int(segment.end * CLOCK))].mean())


def _bump(segment: Segment, ramp: float, rests: Sequence[Pause]) -> Bump:
    """The closure (or f/v) of a segment, moved out of the rests beside it."""
    hold = float(np.clip(0.78 * segment.half, SHORTEST_HOLD_S, LONGEST_HOLD_S))
    centre = segment.centre
    for rest in rests[max(0, bisect_left(rests, centre, key=_start) - 1) :][:2]:
        shut, opens = _shut(rest)
        if shut < centre + hold + ramp and opens > centre - hold - ramp:
            centre = shut - hold - ramp if centre < (shut + opens) / 2 else opens + hold + ramp
    return Bump(centre, hold, ramp)
