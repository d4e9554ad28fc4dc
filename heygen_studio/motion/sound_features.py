"""What the mouth is heard from: the spectrum of the sound, freed of its level and of the colour of voice, room and microphone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..speech.speech import Samples, Speech
from .loudness import audible, usual
from .motion import Curve, Track
from .windows import CLOCK, windows

#: Length of the analysis window in seconds, and windows a second.
WINDOW_S, PER_SECOND = 0.025, 100

#: Triangular bands of equal width on the mel scale between these frequencies in Hz.
BANDS, LOWEST, HIGHEST = 36, 60.0, 7600.0

#: Power that a band has at least, against its mean over all bands while somebody speaks (-45 dB): what is weaker is noise.
FLOOR = 3e-5

#: Natural logarithms of power that count as 1.
UNIT = 3.0


def features(speech: Speech, level: Curve) -> Track:
    """What the network sees, float32 [ticks at PER_SECOND, BANDS + 1]: how much more power than usual each band has, and the loudness.

    level: loudness at every tick of the inner clock.
    """
    power = np.concatenate([_bands(batch, speech.rate) for batch in windows(speech, PER_SECOND, WINDOW_S)])
    places = np.minimum(np.arange(len(power)) * CLOCK // PER_SECOND, len(level) - 1)
    speaking = audible(level)[places]
    if not speaking.any():
        speaking[:] = True
    power /= power[speaking].mean() + 1e-12
    shape = np.log(power + np.float32(FLOOR))
    shape -= shape[speaking].mean(axis=0)
    loud = np.sqrt(np.minimum(level[places] / usual(level), 2.0))
    return np.hstack([shape / np.float32(UNIT), loud[:, None].astype(np.float32)])


def _bands(batch: Samples, rate: int) -> Track:
    """The power of the bands in every window, float32 [windows, BANDS]."""
    taper, length, triangles = _analysis(batch.shape[1], rate)
    return np.asarray(np.abs(np.fft.rfft(batch * taper, length)).astype(np.float32) ** 2 @ triangles)


@lru_cache(maxsize=4)
def _analysis(size: int, rate: int) -> tuple[Track, int, Track]:
    """For windows of so many samples: their taper, the length of the Fourier transform, and the weight of its bins in the bands."""
    length = 2 ** int(np.ceil(np.log2(max(size, 1024))))
    edges = np.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2)
    place = _mel(np.fft.rfftfreq(length, 1 / rate))[:, None]
    triangles = np.clip(1 - np.abs(place - edges[1:-1]) / (edges[1] - edges[0]), 0.0, 1.0)
    return np.hanning(size).astype(np.float32), length, triangles.astype(np.float32)


def _mel(hertz: Curve | float) -> Curve:
    return np.asarray(2595 * np.log10(1 + np.asarray(hertz) / 700))
