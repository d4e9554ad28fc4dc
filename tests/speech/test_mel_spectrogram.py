"""The stand-in for torchaudio's mel spectrogram computes what librosa computes by the same formula."""

from __future__ import annotations

import numpy as np
import pytest

from heygen_studio.speech.mel_spectrogram import MelSpectrogram


@pytest.mark.parametrize("norm", [None, "slaney"])
def test_it_is_the_known_formula(norm: str | None) -> None:
    import librosa
    import torch

    sound = np.random.default_rng(0).standard_normal((2, 22050)).astype(np.float32)
    ours = MelSpectrogram(22050, n_fft=2048, win_length=1024, hop_length=256, f_min=0, f_max=8000, n_mels=80, norm=norm)
    spectrum = {"sr": 22050, "n_fft": 2048, "win_length": 1024, "hop_length": 256, "pad_mode": "reflect"}
    theirs = librosa.feature.melspectrogram(y=sound, **spectrum, fmin=0, fmax=8000, n_mels=80, htk=True, norm=norm)
    assert np.allclose(ours(torch.from_numpy(sound)).numpy(), theirs, rtol=1e-3, atol=1e-3 * theirs.max())


def test_its_buffers_have_the_names_and_shapes_of_checkpoints() -> None:
    import torch

    heard = MelSpectrogram(16000, n_fft=512, win_length=400, hop_length=160, n_mels=64, window_fn=torch.hamming_window)
    assert {name: tuple(value.shape) for name, value in heard.state_dict().items()} == {
        "spectrogram.window": (400,),
        "mel_scale.fb": (257, 64),
    }
