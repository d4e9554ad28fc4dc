"""Speech in which nobody speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from .audio_file import RATE
from .speech import Phone, Speech


def silent_speech(seconds: float, folder: Path) -> Speech:
    """Silence of so many seconds as `Speech`, with ``folder``/speech.wav."""
    wav = folder / "speech.wav"
    soundfile.write(wav, np.zeros(round(seconds * RATE), np.int16), RATE, subtype="PCM_16")
    return Speech(wav, RATE, seconds, (Phone("", 0.0, seconds),), (), (), "silence")
