"""The generator of Wav2Lip, with the names and shapes of its published state dict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..state_dict import load_strictly, read_state

#: Side of the square face, pixels; steps and bands of the sound window.
SIDE, STEPS, BANDS = 96, 16, 80

#: Channels of the first layer in the published network; all others are multiples of it.
WIDTH = 16


class Block(nn.Module):
    """Convolution, batch norm and ReLU; ``residual`` adds the input before the ReLU."""

    def __init__(self, convolution: nn.Module, channels: int, residual: bool = False) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(convolution, nn.BatchNorm2d(channels))
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


def down(inputs: int, outputs: int, kernel: int = 3, stride: Any = 1, padding: int = 1) -> Block:
    return Block(nn.Conv2d(inputs, outputs, kernel, stride, padding), outputs)


def up(inputs: int, outputs: int) -> Block:
    """Twice the size."""
    return Block(nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=1), outputs)


def same(channels: int, count: int) -> list[Block]:
    return [Block(nn.Conv2d(channels, channels, 3, 1, 1), channels, residual=True) for _ in range(count)]


class Wav2Lip(nn.Module):
    """Mouths from sound. ``width`` scales all channels; 16 is the published network (36 M parameters)."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        w = width
        self.face_encoder_blocks = nn.ModuleList(
            [
                nn.Sequential(down(6, w, 7, 1, 3)),  # 96²
                nn.Sequential(down(w, 2 * w, stride=2), *same(2 * w, 2)),  # 48²
                nn.Sequential(down(2 * w, 4 * w, stride=2), *same(4 * w, 3)),  # 24²
                nn.Sequential(down(4 * w, 8 * w, stride=2), *same(8 * w, 2)),  # 12²
                nn.Sequential(down(8 * w, 16 * w, stride=2), *same(16 * w, 2)),  # 6²
                nn.Sequential(down(16 * w, 32 * w, stride=2), *same(32 * w, 1)),  # 3²
                nn.Sequential(down(32 * w, 32 * w, padding=0), down(32 * w, 32 * w, 1, 1, 0)),  # 1²
            ]
        )
        self.audio_encoder = nn.Sequential(
            down(1, 2 * w), *same(2 * w, 2),
            down(2 * w, 4 * w, stride=(3, 1)), *same(4 * w, 2),
            down(4 * w, 8 * w, stride=3), *same(8 * w, 2),
            down(8 * w, 16 * w, stride=(3, 2)), *same(16 * w, 1),
            down(16 * w, 32 * w, padding=0), down(32 * w, 32 * w, 1, 1, 0),
        )  # fmt: skip
        self.face_decoder_blocks = nn.ModuleList(
            [
                nn.Sequential(down(32 * w, 32 * w, 1, 1, 0)),  # 1²
                nn.Sequential(Block(nn.ConvTranspose2d(64 * w, 32 * w, 3, 1, 0), 32 * w), *same(32 * w, 1)),  # 3²
                nn.Sequential(up(64 * w, 32 * w), *same(32 * w, 2)),  # 6²
                nn.Sequential(up(48 * w, 24 * w), *same(24 * w, 2)),  # 12²
                nn.Sequential(up(32 * w, 16 * w), *same(16 * w, 2)),  # 24²
                nn.Sequential(up(20 * w, 8 * w), *same(8 * w, 2)),  # 48²
                nn.Sequential(up(10 * w, 4 * w), *same(4 * w, 2)),  # 96²
            ]
        )
        self.output_block = nn.Sequential(down(5 * w, 2 * w), nn.Conv2d(2 * w, 3, 1), nn.Sigmoid())

    def forward(self, mel: Tensor, faces: Tensor) -> Tensor:
        """mel: [B, 1, 80, 16], -4..4; faces: [B, 6, 96, 96] BGR 0..1, the masked one before the reference -> [B, 3, 96, 96] BGR."""
        seen = []
        for block in self.face_encoder_blocks:
            faces = block(faces)
            seen.append(faces)
        x = self.audio_encoder(mel)
        for block in self.face_decoder_blocks:
            x = torch.cat([block(x), seen.pop()], dim=1)
        painted: Tensor = self.output_block(x)
        return painted


def load_wav2lip(checkpoint: Path, dtype: torch.dtype = torch.float32) -> Wav2Lip:
    """The network of a published checkpoint (or of a narrower one). Raises `WeightsError` if the file is not one."""
    state = {name.removeprefix("module."): value for name, value in read_state(checkpoint, inside="state_dict").items()}
    first = state.get("face_encoder_blocks.0.0.conv_block.0.weight")
    network = Wav2Lip(WIDTH if first is None else len(first))
    load_strictly(network, state, checkpoint, dtype)
    return network.eval()
