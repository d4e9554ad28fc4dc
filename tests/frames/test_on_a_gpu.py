"""The networks on a device of their own: nothing is mixed with tensors of the CPU, and the pictures are the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from heygen_studio.devices import Device
from heygen_studio.frames.musetalk.painter import MuseTalkPainter
from heygen_studio.frames.repaint.painter import MouthPainter, Order
from heygen_studio.frames.repaint.sound import Sound
from heygen_studio.frames.wav2lip.painter import Wav2LipPainter
from tests.pretended_gpu import pretended_gpu

from .voiced import voiced_speech

SETS = {
    MuseTalkPainter: ("TMElyralab/MuseTalk/musetalkV15", "stabilityai/sd-vae-ft-mse", "openai/whisper-tiny"),
    Wav2LipPainter: ("numz/wav2lip_studio/Wav2lip/wav2lip_gan.pth",),
}


def painted(painter: MouthPainter, sound: Sound) -> np.ndarray:
    """Two mouths, painted one after the other from the same reference."""
    faces = np.random.default_rng(0).integers(0, 256, (3, painter.side, painter.side, 3), np.uint8)
    heard = painter.listen(sound, 25.0)(0.3)
    return np.stack([painter.paint([Order(face, faces[2], heard)])[0] for face in faces[:2]]).astype(int)


@pytest.mark.parametrize("kind", SETS, ids=lambda kind: kind.__name__)
def test_a_network_paints_the_same_on_a_gpu(kind: type, tiny_weights: Path, tmp_path: Path):
    files = [tiny_weights / name for name in SETS[kind]]
    sound = Sound(voiced_speech(tmp_path, seconds=0.6, spoken=((0.0, 0.6),)))
    expected = painted(kind(Device("cpu", torch.bfloat16), *files), sound)
    with pretended_gpu():
        assert np.abs(painted(kind(Device("cuda", torch.bfloat16), *files), sound) - expected).max() <= 1


def test_the_pretended_gpu_refuses_what_a_real_one_refuses():
    with pretended_gpu():
        there, here = torch.ones(2, device="cuda"), torch.ones(2)
        assert there.device.type == "cuda" and (there.to("cpu") + here).tolist() == [2, 2]
        with pytest.raises(RuntimeError, match="same device"):
            there + here
        with pytest.raises(TypeError, match="to numpy"):
            there.numpy()
        layer = torch.nn.Linear(2, 2).to("cuda")
        with pytest.raises(RuntimeError, match="same device"):
            layer(here)
        assert layer(there).device.type == "cuda"
