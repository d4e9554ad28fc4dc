"""Sound as Wav2Lip hears it: 80 mel bands, 80 steps a second, as published in audio.py and hparams.py of Rudrabha/Wav2Lip."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from transformers.audio_utils import mel_filter_bank

from ...speech.speech import Samples
from ..repaint.sound import RATE

#: Samples of a window and between two steps; bands and their range, Hz.
WINDOW, HOP = 800, 200
BANDS, LOWEST, HIGHEST = 80, 55.0, 7600.0
#: What the networks were trained on: pre-emphasis, reference level and floor in decibels, and the range of the values.
EMPHASIS, REFERENCE_DB, FLOOR_DB, RANGE = 0.97, 20.0, -100.0, 4.0

STEPS_PER_SECOND = RATE / HOP

Mel = npt.NDArray[np.float32]


def samples_of(step: int, steps: int) -> tuple[int, int]:
    """The samples [start, stop) that `mel` needs for ``steps`` steps from ``step`` on: windows centred on them, and one before."""
    return step * HOP - WINDOW // 2 - 1, (step + steps - 1) * HOP + WINDOW // 2


def mel(samples: Samples) -> Mel:
    """Log mel spectrum [80, steps] in -4..4 of samples as `samples_of` names them."""
    emphasised = samples[1:] - EMPHASIS * samples[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::HOP]
    hann, bank = _tables()
    spectrum = np.abs(np.fft.rfft(windows * hann, axis=1))
    level = 20 * np.log10(np.maximum(1e-5, spectrum @ bank)) - REFERENCE_DB
    return np.asarray(np.clip(2 * RANGE * (level - FLOOR_DB) / -FLOOR_DB - RANGE, -RANGE, RANGE).T, np.float32)


@lru_cache(maxsize=1)
def _tables() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The periodic Hann window [800] and the filters [401, 80] (Slaney's, each of unit area)."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return hann, mel_filter_bank(WINDOW // 2 + 1, BANDS, LOWEST, HIGHEST, RATE, norm="slaney", mel_scale="slaney")
