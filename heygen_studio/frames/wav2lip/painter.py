"""Wav2Lip as a `MouthPainter`: its input and output as published in inference.py of Rudrabha/Wav2Lip, but for the time of the sound.

There the window begins with the frame, so that the lips are 40 ms ahead. In its training (`get_segmented_mels` in wav2lip_train.py, and
the author in the issues 45 and 312) the window lies around the frame: it begins one frame, of 25 a second, before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ...devices import Device, compiled
from ...portrait.headpose import OVAL
from ...portrait.portrait import Image
from ..repaint.crop import Square
from ..repaint.painter import Heard, Order
from ..repaint.sound import Sound
from .mel import STEPS_PER_SECOND, mel, samples_of
from .network import SIDE, STEPS, load_wav2lip

#: The sound window begins so many seconds before its frame.
BEFORE = 1 / 25

#: The box ends this far below the chin, in pixels of the network (published: 10 pixels of the video).
BELOW_CHIN = 10 * SIDE / 256


class Wav2LipPainter:
    """A loaded Wav2Lip."""

    side = SIDE
    batch = 32

    def __init__(self, device: Device, checkpoint: Path) -> None:
        self._device = device
        self._network = compiled(load_wav2lip(checkpoint, device.dtype).to(device.name), device)

    def square(self, landmarks: npt.NDArray[Any]) -> Square:
        """The face from the hair to a little below the chin."""
        outline = landmarks[list(OVAL), :2]
        (left, top), (right, bottom) = outline.min(axis=0), outline.max(axis=0)
        return Square(float(left), float(top), float(right), float(bottom + (bottom - top) * BELOW_CHIN / SIDE))

    def listen(self, sound: Sound, fps: float) -> Callable[[float], Heard]:
        """[80, 16]: the 0.2 s of sound around the frame's time."""

        def heard(time: float) -> Heard:
            return mel(sound.read(*samples_of(math.floor((time - BEFORE) * STEPS_PER_SECOND + 1e-6), STEPS)))

        return heard

    @torch.inference_mode()
    def paint(self, orders: Sequence[Order]) -> Sequence[Image]:
        """See `MouthPainter.paint`."""
        references = np.stack([order.reference for order in orders])
        masked = np.stack([order.face for order in orders])
        masked[:, SIDE // 2 :] = 0
        faces = torch.from_numpy(np.concatenate([masked[..., ::-1], references[..., ::-1]], axis=3)).to(self._device.name)
        faces = (faces.permute(0, 3, 1, 2).float() / 255).to(self._device.dtype)
        sounds = torch.from_numpy(np.stack([order.heard for order in orders]))[:, None].to(self._device.name, self._device.dtype)
        painted = (self._network(sounds, faces).float() * 255).round().clamp(0, 255).to(torch.uint8)
        return list(painted.flip(1).permute(0, 2, 3, 1).contiguous().cpu().numpy())
