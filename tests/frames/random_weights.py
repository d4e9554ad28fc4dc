"""Weight sets of the true architectures with random numbers, tiny or full-size, laid out as HEYGEN_STUDIO_WEIGHTS wants them.

Only the numbers differ from production: the files have the published names, formats and key names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import WhisperConfig, WhisperForConditionalGeneration

from heygen_studio.frames.musetalk.networks import RENAMED
from heygen_studio.frames.wav2lip.network import Wav2Lip

#: Blocks of the published UNet.
DOWN = ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D")
UP = ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")

#: musetalk.json as published.
MUSETALK: dict[str, Any] = {
    "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0.dev0", "act_fn": "silu", "attention_head_dim": 8,
    "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": False, "cross_attention_dim": 384,
    "down_block_types": list(DOWN), "downsample_padding": 1, "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 8,
    "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
    "up_block_types": list(UP),
}  # fmt: skip
#: config.json of sd-vae-ft-mse.
AUTOENCODER: dict[str, Any] = {
    "_class_name": "AutoencoderKL", "_diffusers_version": "0.4.2", "act_fn": "silu", "block_out_channels": [128, 256, 512, 512],
    "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
    "out_channels": 3, "sample_size": 256, "up_block_types": ["UpDecoderBlock2D"] * 4,
}  # fmt: skip
#: config.json of whisper-tiny.
WHISPER: dict[str, Any] = json.loads((Path(__file__).parent / "musetalk" / "whisper_tiny_config.json").read_text(encoding="utf-8"))

#: What is smaller in the tiny set.
TINY_MUSETALK = {**MUSETALK, "block_out_channels": [8, 8, 16, 16], "cross_attention_dim": 16, "norm_num_groups": 4, "layers_per_block": 1}
TINY_AUTOENCODER = {**AUTOENCODER, "block_out_channels": [4, 4, 8, 8], "norm_num_groups": 2, "layers_per_block": 1}
TINY_WHISPER = {
    **WHISPER, "d_model": 16, "encoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_layers": 1,
    "decoder_attention_heads": 2, "decoder_ffn_dim": 16, "vocab_size": 64, "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 0,
    "decoder_start_token_id": 0,
}  # fmt: skip


def write_tiny_weights(root: Path) -> Path:
    """Write tiny sets of both renderers into ``root`` and return it: 3 MB."""
    write_wav2lip(root, width=2)
    write_musetalk(root, TINY_MUSETALK, TINY_AUTOENCODER, TINY_WHISPER)
    return root


def write_wav2lip(root: Path, width: int = 16) -> None:
    """As the training script left it: names of a parallel module, the optimiser beside them. 16 is the published width."""
    torch.manual_seed(0)
    path = root / "numz" / "wav2lip_studio" / "Wav2lip" / "wav2lip_gan.pth"
    path.parent.mkdir(parents=True)
    network = Wav2Lip(width)
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    optimizer = torch.optim.Adam(network.parameters()).state_dict()
    torch.save({"state_dict": state, "optimizer": optimizer, "global_step": 1, "global_epoch": 1}, path)


def write_musetalk(
    root: Path, unet: dict[str, Any] = MUSETALK, autoencoder: dict[str, Any] = AUTOENCODER, whisper: dict[str, Any] = WHISPER
) -> None:
    """All three networks; full-size they take 4 GB."""
    torch.manual_seed(0)
    _write_unet(root / "TMElyralab" / "MuseTalk" / "musetalkV15", unet)
    _write_autoencoder(root / "stabilityai" / "sd-vae-ft-mse", autoencoder)
    _write_whisper(root / "openai" / "whisper-tiny", whisper)


def _write_unet(folder: Path, config: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    (folder / "musetalk.json").write_text(json.dumps(config))
    torch.save(UNet2DConditionModel.from_config(config).state_dict(), folder / "unet.pth")


def _write_autoencoder(folder: Path, config: dict[str, Any]) -> None:
    """With the names that the attention had when it was published."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    state = AutoencoderKL.from_config(config).state_dict()
    for old, new in RENAMED.items():
        state = {name.replace(f"attentions.0.{new}.", f"attentions.0.{old}."): value for name, value in state.items()}
    safetensors.torch.save_file(state, folder / "diffusion_pytorch_model.safetensors")


def _write_whisper(folder: Path, config: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "preprocessor_config.json").write_text("{}")
    state = WhisperForConditionalGeneration(WhisperConfig(**config)).state_dict()
    state = {name: value.clone() for name, value in state.items() if name != "proj_out.weight"}  # tied to the embedding
    safetensors.torch.save_file(state, folder / "model.safetensors")
