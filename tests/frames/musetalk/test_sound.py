"""Windows of the sound as published: features of 30 s pieces in a row, padded, ten steps from floor(i·50/fps) on."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import WhisperFeatureExtractor

from heygen_studio.devices import Device
from heygen_studio.frames.musetalk.networks import load_sound_encoder
from heygen_studio.frames.musetalk.painter import MuseTalkPainter
from heygen_studio.frames.musetalk.sound import SoundFeatures, positions
from heygen_studio.frames.repaint.sound import RATE, Sound

from ..voiced import voiced_speech

FPS = 25.0


@pytest.fixture(scope="module")
def encoder(tiny_weights: Path) -> torch.nn.Module:
    return load_sound_encoder(tiny_weights / "openai" / "whisper-tiny")


@torch.inference_mode()
def published(sound: Sound, seconds: float, encoder: torch.nn.Module) -> list[np.ndarray]:
    pieces = []
    for second in range(0, math.ceil(seconds), 30):
        samples = sound.read(second * RATE, (second + 30) * RATE)
        mel = WhisperFeatureExtractor(feature_size=80)(samples, sampling_rate=RATE, return_tensors="pt").input_features
        pieces.append(torch.stack(encoder(mel, output_hidden_states=True).hidden_states, dim=2))
    features = torch.cat(pieces, dim=1)[0].numpy()
    left, right = 2 * math.ceil(50 / FPS), 6 * math.ceil(50 / FPS)
    padded = np.concatenate([np.zeros_like(features[:left]), features, np.zeros_like(features[:right])])
    starts = [math.floor(frame * 50 / FPS) for frame in range(math.floor(seconds * FPS))]
    return [padded[start : start + 10].reshape(50, -1) for start in starts]


def test_windows_are_those_of_the_published_code_also_across_pieces(tmp_path: Path, encoder: torch.nn.Module):
    sound = Sound(voiced_speech(tmp_path, seconds=31.0, spoken=((0.1, 0.6), (29.5, 30.6))))
    features = SoundFeatures(sound, encoder, Device("cpu", torch.float32))
    expected = published(sound, 31.0, encoder)
    for frame in (0, 1, 2, 10, 747, 749, 751, 770):
        window = features(frame / FPS)
        assert window.shape == (50, 16)
        np.testing.assert_allclose(window - positions(50, 16), expected[frame], atol=1e-5)


def test_a_moment_sounds_the_same_in_videos_of_any_rate(tmp_path: Path, tiny_weights: Path):
    """The network was trained on windows that begin 80 ms before the frame, whatever the published inference does."""
    sets = ("TMElyralab/MuseTalk/musetalkV15", "stabilityai/sd-vae-ft-mse", "openai/whisper-tiny")
    painter = MuseTalkPainter(Device("cpu", torch.float32), *(tiny_weights / name for name in sets))
    sound = Sound(voiced_speech(tmp_path, seconds=1.0, spoken=((0.1, 0.9),)))
    expected = painter.listen(sound, FPS)(0.48)
    for fps in (24.0, 50.0, 60.0):
        np.testing.assert_array_equal(painter.listen(sound, fps)(0.48), expected)


def test_positions_are_sines_and_cosines():
    encoding = positions(50, 384)
    assert encoding[0, :4].tolist() == [0, 1, 0, 1]
    assert encoding[3, 2] == pytest.approx(math.sin(3 * 10_000 ** (-2 / 384)), abs=1e-6)
