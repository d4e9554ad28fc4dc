"""The three networks of MuseTalk from their published files: UNet, image autoencoder, sound encoder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from ...errors import WeightsError
from ..state_dict import load_strictly, read_state

T = TypeVar("T")

#: The autoencoder was published before diffusers renamed these parts of its attention.
RENAMED = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


def load_unet(folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    """The UNet of a folder with ``musetalk.json`` and ``unet.pth``. Raises `WeightsError`."""
    return _loaded(UNet2DConditionModel, folder / "musetalk.json", folder / "unet.pth", dtype)


def load_autoencoder(folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    """The VAE of a folder as diffusers names its files. Raises as `load_unet` does."""
    return _loaded(AutoencoderKL, folder / "config.json", folder / "diffusion_pytorch_model.safetensors", dtype)


def load_sound_encoder(folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    """The encoder of a Whisper folder as transformers names its files. Raises `WeightsError`."""
    path, prefix = folder / "model.safetensors", "model.encoder."
    state = {name.removeprefix(prefix): value for name, value in read_state(path).items() if name.startswith(prefix)}
    with torch.device("meta"):
        encoder = WhisperEncoder(WhisperConfig(**_read_config(folder / "config.json")))
    load_strictly(encoder, state, path, dtype)
    return encoder.eval()


def _loaded(network: Any, config: Path, weights: Path, dtype: torch.dtype) -> torch.nn.Module:
    with torch.device("meta"):
        model = network.from_config(_read_config(config))
    load_strictly(model, named_as_today(read_state(weights)), weights, dtype)
    return model.eval()


def named_as_today(state: Mapping[str, T]) -> dict[str, T]:
    """What belongs to each name of a published autoencoder, by the names that diffusers has for it now."""

    def renamed(name: str) -> str:
        parts = name.split(".")
        if len(parts) > 2 and parts[-3] == "0" and "attentions" in parts and parts[-2] in RENAMED:
            parts[-2] = RENAMED[parts[-2]]
        return ".".join(parts)

    return {renamed(name): value for name, value in state.items()}


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"The model's settings {path} cannot be read (missing or damaged): fetch them again.") from error
    if not isinstance(config, dict):
        raise WeightsError(f"The model's settings {path} are no table of names and values: fetch them again.")
    return config
