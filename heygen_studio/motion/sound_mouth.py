"""The mouth from the sound alone, for a recording whose sounds nobody has named.

A linear map from the spectrum (how its shape differs from the speaker's mean, now and around) and the loudness to the shape of the
lips, fitted to the motion that known phones give (`benchmarks/sound_mouth.py` fits and scores it). It mumbles where phones articulate,
but it opens when the voice opens, in any language.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..speech.speech import Phone, Samples, Speech
from .loudness import audible, usual
from .motion import APERTURE, CLOSURE, DEPRESS, JAW, RAISE, ROUND, SPREAD, Curve
from .mouth import LEAD_S, gate, rests, smooth
from .pauses import Pause
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

#: Part of what is heard in the mouth of guessed phones.
SHARE = 0.4

#: Rows: `features`, in their order; columns: `COLUMNS`.
MAP = np.array(
    [
        [0.110, 0.006, -0.007, 0.048, 0.011, 0.008],
        [0.019, 0.005, -0.018, 0.055, -0.034, -0.035],
        [-0.208, 0.030, -0.034, -0.160, 0.061, 0.050],
        [-0.183, 0.029, -0.035, -0.037, 0.011, -0.007],
        [-0.054, -0.025, -0.006, 0.015, 0.054, -0.010],
        [-0.433, -0.009, -0.040, -0.080, -0.012, -0.084],
        [0.482, 0.020, -0.009, 0.368, 0.000, -0.020],
        [-0.097, 0.007, -0.022, 0.094, -0.112, -0.035],
        [0.296, -0.038, 0.119, -0.037, -0.165, 0.166],
        [0.195, 0.016, -0.008, 0.110, 0.039, 0.017],
        [-0.090, -0.130, 0.137, 0.148, -0.079, -0.106],
        [-0.075, -0.110, 0.223, -0.265, -0.063, -0.034],
        [-0.498, 0.212, -0.143, -0.452, 0.024, 0.079],
        [-0.873, 0.145, -0.165, -0.452, 0.058, -0.000],
        [-0.256, -0.027, 0.004, -0.110, -0.058, 0.041],
        [-0.310, -0.108, 0.072, 0.237, -0.051, -0.181],
        [1.004, 0.228, -0.307, 0.291, 0.173, 0.194],
        [1.094, -0.169, 0.299, 0.560, -0.153, -0.056],
        [0.159, 0.003, 0.002, 0.047, 0.015, 0.014],
        [0.060, -0.014, 0.014, -0.005, -0.010, 0.008],
        [-0.003, 0.007, -0.012, 0.075, -0.014, 0.014],
        [-0.188, -0.012, 0.017, -0.063, 0.021, -0.009],
        [-0.308, 0.015, 0.007, 0.005, -0.026, -0.001],
        [-0.474, -0.042, 0.010, -0.161, -0.041, -0.040],
        [0.611, 0.057, -0.029, 0.011, 0.057, 0.089],
        [-0.288, -0.014, -0.010, -0.307, -0.006, -0.024],
        [-0.918, 0.073, 0.013, -0.464, -0.111, 0.020],
        [2.349, 0.231, -0.022, 1.627, 0.540, 0.248],
    ]
)


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

    mouth, heard: float64 [len(times), 9], of `mouth` and of `sound_mouth`. Lips that the phones close stay closed.
    """
    seen = times + LEAD_S
    share = np.zeros((len(times), 1))
    for phone in phones:
        if phone.guessed:
            share[slice(*np.searchsorted(seen, [phone.start, phone.end]))] = SHARE
    blended = mouth.copy()
    blended[:, COLUMNS] += share * (heard - mouth)[:, COLUMNS]
    blended[:, [APERTURE, RAISE, DEPRESS]] *= 1 - np.where(share > 0, mouth[:, [CLOSURE]], 0.0)
    return blended


def features(speech: Speech, level: Curve) -> Curve:
    """What the map sees, float64 [ticks at PER_SECOND, 28]: the cepstral coefficients and the loudness, each a little smoothed, much
    smoothed, and as a slope; then 1."""
    cepstrum = np.concatenate([_cepstrum(batch, speech.rate) for batch in windows(speech, PER_SECOND, WINDOW_S)])
    places = np.minimum(np.arange(len(cepstrum)) * CLOCK // PER_SECOND, len(level) - 1)
    speaking = audible(level)[places]
    if speaking.any():
        cepstrum -= cepstrum[speaking].mean(axis=0)
    heard = np.hstack([cepstrum, np.sqrt(np.minimum(level[places] / usual(level), 2.0))[:, None]])
    step = round(0.03 * PER_SECOND)
    around = np.pad(smooth(heard, 0.04, PER_SECOND), ((step, step), (0, 0)), mode="edge")
    slope = around[: -2 * step] - around[2 * step :]
    return np.hstack([smooth(heard, 0.02, PER_SECOND), smooth(heard, 0.07, PER_SECOND), slope, np.ones((len(heard), 1))])


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
