"""torchaudio's mel spectrogram, for machines on which torchaudio does not load: the same formula, parameters and buffers.

XTTS hears the voice that it clones through it. The names of the parts are those of torchaudio, because checkpoints hold the window
and the filters under them. Source: torchaudio.transforms.MelSpectrogram (centred, reflected edges, power spectrum, HTK mel scale).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


class MelSpectrogram(nn.Module):
    """float32 [..., time] -> [..., n_mels, frames]; the parameters mean what they mean in torchaudio."""

    def __init__(
        self,
        sample_rate: int = 16000,
        n_fft: int = 400,
        win_length: int | None = None,
        hop_length: int | None = None,
        f_min: float = 0.0,
        f_max: float | None = None,
        n_mels: int = 128,
        window_fn: Callable[..., Tensor] = torch.hann_window,
        power: float = 2.0,
        normalized: bool = False,
        norm: str | None = None,
    ) -> None:
        super().__init__()
        length = win_length or n_fft
        self.spectrogram = _Spectrogram(n_fft, hop_length or length // 2, window_fn(length), power, normalized)
        self.mel_scale = _MelScale(sample_rate, n_fft, n_mels, f_min, f_max or sample_rate / 2, norm)

    def forward(self, waveform: Tensor) -> Tensor:
        return self.mel_scale(self.spectrogram(waveform))


class _Spectrogram(nn.Module):
    window: Tensor

    def __init__(self, n_fft: int, hop: int, window: Tensor, power: float, normalized: bool) -> None:
        super().__init__()
        self._n_fft, self._hop, self._power, self._normalized = n_fft, hop, power, normalized
        self.register_buffer("window", window)

    def forward(self, waveform: Tensor) -> Tensor:
        flat = waveform.reshape(-1, waveform.shape[-1])
        size = len(self.window)
        spectrum = torch.stft(flat, self._n_fft, self._hop, size, self.window, center=True, pad_mode="reflect", return_complex=True)
        if self._normalized:
            spectrum = spectrum / self.window.square().sum().sqrt()
        return spectrum.abs().pow(self._power).reshape(*waveform.shape[:-1], *spectrum.shape[-2:])


class _MelScale(nn.Module):
    fb: Tensor

    def __init__(self, rate: int, n_fft: int, n_mels: int, f_min: float, f_max: float, norm: str | None) -> None:
        from librosa.filters import mel

        super().__init__()
        filters = mel(sr=rate, n_fft=n_fft, n_mels=n_mels, fmin=f_min, fmax=f_max, htk=True, norm=norm)  # type: ignore[arg-type]
        self.register_buffer("fb", torch.from_numpy(filters.T.copy()))

    def forward(self, spectrum: Tensor) -> Tensor:
        return (spectrum.transpose(-1, -2) @ self.fb).transpose(-1, -2)
