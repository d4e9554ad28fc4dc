"""Pitch: the melody of the voice."""

from __future__ import annotations

import numpy as np

from ..speech.speech import Samples, Speech
from .motion import Curve
from .windows import windows

#: Values a second: melody is slow.
PER_SECOND = 50
WINDOW_S = 0.040

#: Voices are searched between these, in Hz.
LOWEST, HIGHEST = 70.0, 400.0

#: The sound is thinned to about this rate first: the pitch needs no more, and it costs a third.
THINNED_RATE = 8000

#: A window is voiced where its autocorrelation at one period is this part of its power.
VOICED = 0.45


def semitones(speech: Speech) -> Curve:
    """Pitch above the voice's usual one (its median), in semitones; 0 where there is no voice. float64 [ticks at PER_SECOND].

    By the maximum of the autocorrelation of 40 ms windows.
    """
    found = [_pitch(batch, speech.rate) for batch in windows(speech, PER_SECOND, WINDOW_S)]
    hertz = np.concatenate(found) if found else np.zeros(0)
    voiced = hertz > 0
    if not voiced.any():
        return np.zeros(len(hertz))
    return np.where(voiced, 12 * np.log2(np.where(voiced, hertz, 1.0) / np.median(hertz[voiced])), 0.0)


def _pitch(batch: Samples, rate: int) -> Curve:
    """Hz of every window, 0 where it is not voiced."""
    step = max(1, rate // THINNED_RATE)
    size = batch.shape[1] // step
    thin = batch[:, : size * step].reshape(len(batch), size, step).mean(axis=2)
    thin = thin - thin.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(thin, 2 * size)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, 2 * size)[:, :size]
    first, last = max(1, int(rate / step / HIGHEST)), min(size - 1, int(rate / step / LOWEST) + 1)
    if last <= first:
        return np.zeros(len(batch))
    lag = first + correlation[:, first:last].argmax(axis=1)
    # The overlap of the window with itself shrinks with the lag.
    strength = correlation[np.arange(len(batch)), lag] * size / (size - lag)
    return np.where((strength > VOICED * correlation[:, 0]) & (correlation[:, 0] > 1e-5), rate / step / lag, 0.0)
