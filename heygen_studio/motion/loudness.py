"""Loudness: how strong the sound is at every tick, and where it is silent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..speech.speech import Speech
from .motion import Curve
from .windows import CLOCK, windows

#: Length of the analysis window in seconds.
WINDOW_S = 0.025

#: Sound this much weaker than the loud parts of the speech is silence, in decibels: not less than the first, not more than the second;
#: in between, what stands out of the noise of the recording by the third.
QUIET_DB, NOISY_DB, ABOVE_NOISE_DB = -38.0, -24.0, 9.0


def loudness(speech: Speech) -> Curve:
    """Root mean square of the sound at every tick of `CLOCK`, float64 [ticks]."""
    found = []
    weight: Curve | None = None
    for batch in windows(speech, CLOCK, WINDOW_S):
        if weight is None:
            weight = np.hanning(batch.shape[1] + 2)[1:-1].astype(np.float32)
            weight /= weight.sum()
        found.append(np.sqrt(np.einsum("ij,ij,j->i", batch, batch, weight)))
    return np.concatenate(found).astype(np.float64) if found else np.zeros(0)


def usual(level: Curve) -> float:
    """The loudness of an ordinary vowel of this speech: the 75th percentile of what is not silence; above 0."""
    peak = float(level.max(initial=0.0))
    loud = level[level > 0.1 * peak]
    return max(float(np.percentile(loud, 75)) if len(loud) else 0.0, 1e-4)


def audible(level: Curve) -> npt.NDArray[np.bool_]:
    """Whether there is speech at a tick, bool [ticks]; the limit adapts to the noise of the recording."""
    reference = usual(level)
    noise = max(float(np.percentile(level, 10)) if len(level) else 0.0, 1e-7)
    limit_db = np.clip(20 * np.log10(noise / reference) + ABOVE_NOISE_DB, QUIET_DB, NOISY_DB)
    return np.asarray(level > reference * 10 ** (limit_db / 20))
