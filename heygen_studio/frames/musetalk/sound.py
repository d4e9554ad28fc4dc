"""Sound as MuseTalk hears it: what every layer of a Whisper encoder makes of the moments around a frame.

As it was trained: `process_audio_features` in musetalk/utils/utils.py of TMElyralab/MuseTalk takes the ten steps from 80 ms before
the frame on, and zeros before the sound. Its inference (`get_whisper_chunk` in audio_processor.py) does the same at 25 frames a
second only: at 24 its windows begin 40 ms too early, and at 50 and more 40 ms too late.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import WhisperFeatureExtractor

from ...devices import Device
from ..repaint.sound import RATE, Sound

#: Seconds the encoder hears at once, its steps a second, and the steps around one frame: all of them, and those before it.
SEGMENT_S, STEPS_PER_SECOND, STEPS, BEFORE = 30, 50, 10, 4
#: Segments that are kept: windows across a border need two.
KEPT = 2

Features = npt.NDArray[np.float32]


class SoundFeatures:
    """Windows [10·layers, d] of any moment of a sound, in constant memory."""

    def __init__(self, sound: Sound, encoder: torch.nn.Module, device: Device) -> None:
        self._sound, self._encoder, self._device = sound, encoder, device
        self._extract = WhisperFeatureExtractor(feature_size=80)
        self._segments: OrderedDict[int, Features] = OrderedDict()

    def __call__(self, time: float) -> Features:
        """float32 [10·layers, d] of the frame at ``time`` seconds, step by step, with the position of each added."""
        start = math.floor(time * STEPS_PER_SECOND + 1e-6) - BEFORE
        window = np.stack([self._step(step) for step in range(start, start + STEPS)])
        flat = window.reshape(-1, window.shape[-1])
        return flat + positions(*flat.shape)

    def _step(self, step: int) -> Features:
        """[layers, d]; zeros before the sound begins."""
        per_segment = SEGMENT_S * STEPS_PER_SECOND
        number, within = divmod(step, per_segment)
        features = self._segment(max(number, 0))
        return features[within] if number >= 0 else np.zeros_like(features[0])

    def _segment(self, number: int) -> Features:
        """[1500, layers, d] of 30 seconds."""
        if number not in self._segments:
            self._segments[number] = self._encoded(self._sound.read(number * SEGMENT_S * RATE, (number + 1) * SEGMENT_S * RATE))
            while len(self._segments) > KEPT:
                self._segments.popitem(last=False)
        self._segments.move_to_end(number)
        return self._segments[number]

    @torch.inference_mode()
    def _encoded(self, samples: npt.NDArray[np.float32]) -> Features:
        mel = torch.from_numpy(self._extract(samples, sampling_rate=RATE, return_tensors="np").input_features)
        heard: Any = self._encoder(mel.to(self._device.name, self._device.dtype), output_hidden_states=True)
        return np.asarray(torch.stack(heard.hidden_states, dim=2)[0].float().cpu().numpy())


def positions(count: int, size: int) -> Features:
    """Sinusoidal position encoding [count, size] (Vaswani et al. 2017, section 3.5)."""
    rate = np.exp(np.arange(0, size, 2) * (-math.log(10_000.0) / size))
    angle = np.arange(count)[:, None] * rate
    encoding = np.zeros((count, size), np.float32)
    encoding[:, 0::2], encoding[:, 1::2] = np.sin(angle), np.cos(angle)
    return encoding
