"""A speech for renderers that hear: two voiced stretches with a pause between them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from heygen_studio.speech.speech import Speech

RATE = 24_000

#: Seconds in which somebody speaks.
SPOKEN = ((0.2, 0.7), (1.3, 1.8))


def voiced_speech(folder: Path, seconds: float = 2.0, spoken: tuple[tuple[float, float], ...] = SPOKEN) -> Speech:
    """A buzz of 120 Hz with vowel-like overtones while somebody speaks, faint noise in between; zeros if nobody ever does."""
    times = np.arange(round(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * n * times) / n for n in range(1, 30)) * (1 + 0.5 * np.sin(2 * np.pi * 4 * times))
    speaking = np.zeros(len(times))
    for start, end in spoken:
        speaking[(times >= start) & (times < end)] = 1
    samples = 0.15 * buzz * speaking + np.random.default_rng(0).normal(0, 1e-4 if spoken else 0, len(times))
    wav = folder / "speech.wav"
    soundfile.write(wav, samples, RATE, subtype="PCM_16")
    return Speech(wav, RATE, seconds, (), (), ((0.0, seconds),), "recording")
