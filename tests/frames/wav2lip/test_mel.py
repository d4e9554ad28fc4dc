"""The mel spectrum, step by step as it was published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from heygen_studio.frames.repaint.sound import RATE, Sound
from heygen_studio.frames.wav2lip.mel import mel, samples_of
from heygen_studio.frames.wav2lip.painter import Wav2LipPainter

from ..voiced import voiced_speech

TIMES = np.arange(RATE) / RATE
#: A buzz of 130 Hz that grows louder.
BUZZ = (sum(np.sin(2 * np.pi * 130 * n * TIMES) / n for n in range(1, 51)) * 0.2 * (0.2 + TIMES)).astype(np.float32)
#: (band, step) -> what the published code makes of it with librosa 0.11.
PUBLISHED = {(0, 20): -0.8702, (5, 24): 0.0405, (20, 31): -0.4058, (40, 33): -0.4109, (60, 60): -0.0977, (79, 70): -4.0, (30, 70): 0.3172}


@pytest.mark.parametrize("first", [16, 20, 55])
def test_any_window_equals_the_published_spectrum(first: int):
    start, stop = samples_of(first, 16)
    window = mel(BUZZ[start:stop])
    assert window.shape == (80, 16)
    for (band, step), value in PUBLISHED.items():
        if first <= step < first + 16:
            assert window[band, step - first] == pytest.approx(value, abs=1e-3)


def test_the_window_lies_around_its_frame_as_in_the_training(tmp_path: Path):
    """Frame 10 of 25 a second was trained on the sixteen steps from int(80 * 9 / 25) on, whatever the published inference does."""
    sound = Sound(voiced_speech(tmp_path, seconds=1.0, spoken=((0.0, 1.0),)))
    for fps in (25.0, 30.0):
        heard = Wav2LipPainter.listen(None, sound, fps)  # type: ignore[arg-type]
        np.testing.assert_array_equal(heard(0.4), mel(sound.read(*samples_of(28, 16))))
        assert (heard(0.0)[:, 0] == -4).all() and heard(0.0)[:, -1].max() > -2, "before the first frame there is silence"


def test_silence_is_the_floor():
    start, stop = samples_of(0, 16)
    assert (mel(np.zeros(stop - start, np.float32)) == -4).all()
