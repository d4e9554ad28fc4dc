"""A short sound to go with the frames of `moving`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile


@pytest.fixture
def make_wav(tmp_path: Path) -> Callable[..., Path]:
    """Noise with a full-scale click at every whole second, so that any shift shows."""

    def make(seconds: float, rate: int = 22_050) -> Path:
        samples = np.random.default_rng(3).normal(0, 0.05, round(seconds * rate)).astype(np.float32)
        for second in range(int(seconds)):
            samples[second * rate : second * rate + rate // 500] = 0.9
        path = tmp_path / f"speech-{seconds}-{rate}.wav"
        soundfile.write(path, samples, rate, subtype="PCM_16")
        return path

    return make
