"""Whether one or several people speak in a short recording: a simple check by the timbre of its parts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .resampling import resampled
from .speech import Samples

#: Parts of the speech that are compared, in seconds.
_PART_S = 2.5
_RATE, _WINDOW, _HOP = 16000, 512, 160
#: Quieter frames, in parts of the usual level, say nothing about a voice.
_QUIET = 0.3

#: How much the means of the cepstral coefficients 1 to 19, and then their spreads, scatter from part to part of one voice.
_USUAL = (7.4, 6.3, 6.0, 4.9, 2.5, *(1.7,) * 5, *(1.5,) * 5, *(1.1,) * 4, 8.2, 2.7, 2.6, 3.7, *(1.7,) * 4, *(1.2,) * 5, *(0.7,) * 6)

#: Two groups of parts further apart than this are two voices. Measured on eleven synthetic voices with four sentences each: one voice 1.5
#: to 2.3, two of them 3.0 or more in nine of ten recordings.
_APART = 3.0


def count_voices(samples: Samples, speech: npt.NDArray[np.bool_], rate: int) -> int:
    """1, or 2 for more than one. speech: which samples are speech; a few seconds at least.

    Mel-frequency cepstra of the parts, clustered by average linkage into two groups.
    """
    from scipy.cluster.hierarchy import linkage

    parts = _timbres(resampled(samples[speech], rate, _RATE))
    if len(parts) < 2:
        return 1
    distances = linkage(parts / np.array(_USUAL) / np.sqrt(len(_USUAL)), "average")[:, 2]
    return 2 if distances[-1] > _APART else 1


def _timbres(samples: Samples) -> npt.NDArray[np.float64]:
    """Mean and spread of the cepstral coefficients in every part, [parts, 38]; independent of the level."""
    from librosa.feature import mfcc, rms

    level = float(np.sqrt(np.mean(np.square(samples)))) or 1.0
    cepstra = mfcc(y=samples / level * 0.05, sr=_RATE, n_mfcc=20, n_fft=_WINDOW, hop_length=_HOP)[1:]
    loud = rms(y=samples, frame_length=_WINDOW, hop_length=_HOP)[0][: cepstra.shape[1]] > _QUIET * level
    cepstra = cepstra[:, loud]
    count = max(1, round(cepstra.shape[1] * _HOP / _RATE / _PART_S))
    parts = [part for part in np.array_split(cepstra, count, axis=1) if part.shape[1]]
    return np.array([np.concatenate([part.mean(axis=1), part.std(axis=1)]) for part in parts])
