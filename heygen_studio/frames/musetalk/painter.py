"""MuseTalk as a `MouthPainter`: its input and output as published in musetalk/models/vae.py and musetalk/utils/preprocessing.py of
TMElyralab/MuseTalk, but the latents are the means of their distributions, as in its training (musetalk/utils/utils.py), not samples."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...devices import Device, compiled
from ...portrait.headpose import OVAL
from ...portrait.portrait import Image
from ..repaint.crop import Square
from ..repaint.painter import Heard, Order
from ..repaint.sound import Sound
from .networks import load_autoencoder, load_sound_encoder, load_unet
from .sound import SoundFeatures

SIDE = 256

#: Between the latents of the autoencoder and those of the UNet.
SCALE = 0.18215

#: The bridge of the nose halfway down (point 29 of the 68-point convention): the middle of the crop.
NOSE_BRIDGE = (195, 5)
#: The crop ends this far below the chin, in parts of its height (published: 10 pixels of the video).
BELOW_CHIN = 10 / 256

#: Latents of reference faces that are kept: 16 KB each, and a portrait has one.
KEPT_LATENTS = 1024


class MuseTalkPainter:
    """A loaded MuseTalk."""

    side = SIDE
    batch = 8

    def __init__(self, device: Device, folder: Path, autoencoder: Path, whisper: Path) -> None:
        self._device = device
        self._unet: Any = compiled(load_unet(folder, device.dtype).to(device.name), device)
        self._vae: Any = load_autoencoder(autoencoder, device.dtype).to(device.name)
        self._whisper = load_sound_encoder(whisper, device.dtype).to(device.name)
        self._latents: OrderedDict[bytes, Tensor] = OrderedDict()
        self._turn = threading.Lock()

    def square(self, landmarks: npt.NDArray[Any]) -> Square:
        """The face, with the bridge of the nose in the middle between top and chin."""
        outline = landmarks[list(OVAL), :2]
        (left, _), (right, chin) = outline.min(axis=0), outline.max(axis=0)
        middle = float(landmarks[list(NOSE_BRIDGE), 1].mean())
        top = max(0.0, 2 * middle - chin)
        return Square(float(left), float(top), float(right), float(chin + BELOW_CHIN * (chin - top)))

    def listen(self, sound: Sound, fps: float) -> Callable[[float], Heard]:
        """[10·layers, d]; see `SoundFeatures`."""
        return SoundFeatures(sound, self._whisper, self._device)

    @torch.inference_mode()
    def paint(self, orders: Sequence[Order]) -> Sequence[Image]:
        """See `MouthPainter.paint`."""
        masked = np.stack([order.face for order in orders])
        masked[:, SIDE // 2 :] = 0
        latents = torch.cat([self._encoded(masked), self._references([order.reference for order in orders])], dim=1)
        heard = torch.from_numpy(np.stack([order.heard for order in orders])).to(self._device.name, self._device.dtype)
        now = torch.zeros((), dtype=torch.long, device=self._device.name)
        painted = self._vae.decode(self._unet(latents, now, encoder_hidden_states=heard).sample / SCALE).sample
        pixels = ((painted.float() / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
        return list(pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy())

    def _encoded(self, faces: npt.NDArray[np.uint8]) -> Tensor:
        """Latents [B, 4, 32, 32] of RGB faces: the mean of their distribution, so that the same face always has the same ones."""
        pixels = torch.from_numpy(faces).to(self._device.name)  # bytes travel; they become numbers on the device
        scaled = (pixels.permute(0, 3, 1, 2).float() / 127.5 - 1).to(self._device.dtype)  # in bfloat16 it would lose half a grey level
        latents: Tensor = self._vae.encode(scaled).latent_dist.mode() * SCALE
        return latents

    def _references(self, faces: Sequence[Image]) -> Tensor:
        """Latents of the reference faces; those that were seen before are not encoded again."""
        with self._turn:
            return self._remembered([hashlib.sha256(face.tobytes()).digest() for face in faces], faces)

    def _remembered(self, keys: Sequence[bytes], faces: Sequence[Image]) -> Tensor:
        new = {key: face for key, face in zip(keys, faces, strict=True) if key not in self._latents}
        if new:
            self._latents.update(zip(new, self._encoded(np.stack(list(new.values()))).split(1), strict=True))
        latents = torch.cat([self._latents[key] for key in keys])
        for key in keys:
            self._latents.move_to_end(key)
        while len(self._latents) > KEPT_LATENTS:
            self._latents.popitem(last=False)
        return latents
