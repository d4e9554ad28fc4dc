"""The mouth from the sound alone, for a recording whose sounds nobody has named.

A map from the spectrum (how its shape differs from the speaker's mean, now and around) and the loudness to the shape of the lips, linear
but for the products of what is heard now, and fitted to the motion that known phones give in seven languages (`benchmarks/sound_mouth.py`
fits and scores it). It mumbles where phones articulate, but it opens when the voice opens, in any language.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..speech.speech import Phone, Samples, Speech
from .loudness import audible, usual
from .motion import APERTURE, CLOSURE, DEPRESS, JAW, RAISE, ROUND, SPREAD, Curve
from .mouth import LEAD_S, gate, rests, smooth
from .pauses import Pause
from .sound_map import MAP
from .windows import CLOCK, ticks, windows

#: Length of the analysis window in seconds, and windows a second.
WINDOW_S, PER_SECOND = 0.032, 100

#: Triangular bands of equal width on the mel scale between these frequencies in Hz, and cosine coefficients that are kept of them.
BANDS, LOWEST, HIGHEST, COEFFICIENTS = 22, 80.0, 7600.0, 8

#: Power that a band has at least.
FLOOR = 1e-4

#: The columns of the mouth that are heard, and the bounds of each.
COLUMNS = (APERTURE, SPREAD, ROUND, JAW, RAISE, DEPRESS)
BOUNDS = ((0.0, 12.0), (-0.8, 0.9), (0.0, 1.1), (0.0, 9.0), (0.0, 1.0), (0.0, 1.1))

#: Part of what is heard in the mouth of guessed phones. Lips that these close stay closed where the aperture that is heard is below the
#: first of these, mm, and open where it is above the second.
SHARE, CLOSES_BELOW, OPENS_ABOVE = 0.5, 2.5, 4.5


def sound_mouth(speech: Speech, level: Curve, pauses: Sequence[Pause], times: Curve) -> Curve:
    """The mouth at the given times, float64 [len(times), 9], the columns of `Motion.mouth`; tongue, f/v and closure stay 0.

    level: loudness at every tick of the inner clock; pauses: the silences to rest in; times: centres of the frames, seconds.
    """
    clock = np.arange(ticks(speech, PER_SECOND)) / PER_SECOND
    opened = gate(clock, rests(pauses, len(level) / CLOCK))
    shape = np.clip(features(speech, level) @ MAP, *np.transpose(BOUNDS)) * opened[:, None]
    mouth = np.zeros((len(times), 9))
    for column, track in zip(COLUMNS, shape.T, strict=True):
        mouth[:, column] = np.interp(times + LEAD_S, clock, track)
    return mouth


def with_sound(mouth: Curve, phones: Sequence[Phone], heard: Curve, times: Curve) -> Curve:
    """The mouth of the phones, and where these are only guessed, partly what is heard: each is wrong at other moments.

    mouth, heard: float64 [len(times), 9], of `mouth` and of `sound_mouth`. Lips that the phones close stay closed, unless they are heard
    wide open.
    """
    seen = times + LEAD_S
    share = np.zeros((len(times), 1))
    for phone in phones:
        if phone.guessed:
            share[slice(*np.searchsorted(seen, [phone.start, phone.end]))] = SHARE
    blended = mouth.copy()
    blended[:, COLUMNS] += share * (heard - mouth)[:, COLUMNS]
    doubt = np.clip((heard[:, [APERTURE]] - CLOSES_BELOW) / (OPENS_ABOVE - CLOSES_BELOW), 0.0, 1.0)
    blended[:, [CLOSURE]] *= np.where(share > 0, 1 - doubt, 1.0)
    blended[:, [APERTURE, RAISE, DEPRESS]] *= 1 - np.where(share > 0, blended[:, [CLOSURE]], 0.0)
    return blended


def features(speech: Speech, level: Curve) -> Curve:
    """What the map sees, float64 [ticks at PER_SECOND, 73]: the cepstral coefficients and the loudness, each a little smoothed, much
    smoothed, and as a slope; 1; the products of every two that are a little smoothed."""
    cepstrum = np.concatenate([_cepstrum(batch, speech.rate) for batch in windows(speech, PER_SECOND, WINDOW_S)])
    places = np.minimum(np.arange(len(cepstrum)) * CLOCK // PER_SECOND, len(level) - 1)
    speaking = audible(level)[places]
    if speaking.any():
        cepstrum -= cepstrum[speaking].mean(axis=0)
    heard = np.hstack([cepstrum, np.sqrt(np.minimum(level[places] / usual(level), 2.0))[:, None]])
    step = round(0.03 * PER_SECOND)
    around = np.pad(smooth(heard, 0.04, PER_SECOND), ((step, step), (0, 0)), mode="edge")
    slope = around[: -2 * step] - around[2 * step :]
    now = smooth(heard, 0.02, PER_SECOND)
    one, other = np.triu_indices(now.shape[1])
    return np.hstack([now, smooth(heard, 0.07, PER_SECOND), slope, np.ones((len(heard), 1)), now[:, one] * now[:, other]])


def _cepstrum(batch: Samples, rate: int) -> Curve:
    """The coefficients of the log power of the mel bands of every window, float64 [windows, COEFFICIENTS]."""
    size = batch.shape[1]
    power = np.abs(np.fft.rfft(batch * np.hanning(size).astype(np.float32))) ** 2
    mels = np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2)
    place = _mel(np.fft.rfftfreq(size, 1 / rate))[:, None]
    triangles = np.clip(1 - np.abs(place - mels[1:-1]) / (mels[1] - mels[0]), 0.0, 1.0)
    angles = np.pi / BANDS * np.outer(np.arange(BANDS) + 0.5, np.arange(COEFFICIENTS))
    return np.asarray(np.log(power @ triangles + FLOOR) @ np.cos(angles) * (2 / BANDS))


def _mel(hertz: Curve | float) -> Curve:
    return np.asarray(2595 * np.log10(1 + np.asarray(hertz) / 700))
