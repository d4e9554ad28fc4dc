"""The published architecture with its names and shapes, on the meta device; forwards through a tiny set of the same kind."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from transformers import WhisperConfig
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from heygen_studio.devices import Device
from heygen_studio.errors import WeightsError
from heygen_studio.frames.musetalk.networks import load_autoencoder, load_sound_encoder, load_unet, named_as_today
from heygen_studio.frames.musetalk.painter import SIDE, MuseTalkPainter
from heygen_studio.frames.repaint.painter import Order
from heygen_studio.weights import WEIGHTS, Hub
from tests.layouts import layout_of, read_layout

from ..random_weights import AUTOENCODER, MUSETALK, WHISPER

HERE = Path(__file__).parent


def folders(root: Path) -> tuple[Path, Path, Path]:
    return root / "TMElyralab/MuseTalk/musetalkV15", root / "stabilityai/sd-vae-ft-mse", root / "openai/whisper-tiny"


def painter(root: Path, dtype: torch.dtype = torch.float32) -> MuseTalkPainter:
    return MuseTalkPainter(Device("cpu", dtype), *folders(root))


def orders(count: int) -> list[Order]:
    dice = np.random.default_rng(0)
    faces = dice.integers(0, 256, (count + 1, SIDE, SIDE, 3), np.uint8)
    return [Order(face, faces[-1], dice.normal(size=(50, 16)).astype(np.float32)) for face in faces[:-1]]


@pytest.mark.parametrize(("weight", "settings"), [("musetalk", MUSETALK), ("sd-vae-ft-mse", AUTOENCODER), ("whisper-tiny", WHISPER)])
def test_the_networks_are_built_from_the_published_settings_byte_for_byte(weight: str, settings: dict[str, Any]):
    source = WEIGHTS[weight].source
    assert isinstance(source, Hub)
    published = next(file.sha256 for file in source.files if file.path.endswith(("config.json", "musetalk.json")))
    assert hashlib.sha256(f"{json.dumps(settings, indent=2)}\n".encode()).hexdigest() == published


def test_names_shapes_and_sizes_are_the_published_ones():
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(MUSETALK)
        autoencoder = AutoencoderKL.from_config(AUTOENCODER)
        encoder = WhisperEncoder(WhisperConfig(**WHISPER))
    assert layout_of(unet.state_dict()) == read_layout(HERE / "musetalk_unet_layout.txt")
    assert layout_of(autoencoder.state_dict()) == named_as_today(read_layout(HERE / "autoencoder_layout.txt"))
    assert layout_of(encoder.state_dict()) == read_layout(HERE / "whisper_encoder_layout.txt")
    sizes = [sum(weight.numel() for weight in network.parameters()) for network in (unet, autoencoder, encoder)]
    assert sizes == [849_947_844, 83_653_863, 8_208_384]
    attention = unet.down_blocks[0].attentions[0].transformer_blocks[0]
    assert (attention.attn1.heads, attention.attn2.to_k.in_features) == (8, 384)


def test_a_painted_face_is_the_same_in_any_batch_and_depends_on_the_upper_face_and_the_reference(tiny_weights: Path):
    network = painter(tiny_weights)
    two = orders(2)
    painted = np.stack(network.paint(two)).astype(int)
    assert painted.shape == (2, SIDE, SIDE, 3)
    assert np.abs(network.paint(two[1:])[0] - painted[1]).max() <= 1
    upper, lower = two[0].face.copy(), two[0].face.copy()
    upper[: SIDE // 2], lower[SIDE // 2 :] = 0, 0
    others = [replace(two[0], face=upper), replace(two[0], reference=upper), replace(two[0], face=lower)]
    changes = [np.abs(other - painted[0]).max() for other in network.paint(others)]
    assert min(changes[:2]) > 1
    assert changes[2] <= 1, "the lower half of the face is not shown to the network"


@pytest.mark.slow
def test_half_precision_paints_nearly_the_same(tiny_weights: Path):
    full, half = (np.stack(painter(tiny_weights, dtype).paint(orders(1))).astype(int) for dtype in (torch.float32, torch.bfloat16))
    assert np.abs(full - half).mean() < 4
    assert np.percentile(np.abs(full - half), 99) < 20  # how bfloat16 rounds depends on the processor: 16 was seen, and less


def test_the_reference_is_encoded_once(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch):
    network = painter(tiny_weights)
    encoded = []
    encode = network._vae.encode
    monkeypatch.setattr(network._vae, "encode", lambda faces: (encoded.append(len(faces)), encode(faces))[1])
    for order in orders(2):
        network.paint([order])
    assert encoded == [1, 1, 1], "a face, the reference of both, the other face"


def test_broken_sets_are_refused_by_name(tiny_weights: Path, tmp_path: Path):
    unet, autoencoder, whisper = folders(tiny_weights)
    with pytest.raises(WeightsError, match=r"musetalk\.json cannot be read"):
        load_unet(tmp_path)
    (tmp_path / "musetalk.json").write_text((unet / "musetalk.json").read_text())
    torch.save(UNet2DConditionModel.from_config(json.loads((unet / "musetalk.json").read_text()) | {"in_channels": 4}).state_dict(),
               tmp_path / "unet.pth")  # fmt: skip
    with pytest.raises(WeightsError, match=r"unet\.pth does not fit.*conv_in\.weight has the shape \(8, 4, 3, 3\)"):
        load_unet(tmp_path)
    for load, source, name in (
        (load_autoencoder, autoencoder, "diffusion_pytorch_model.safetensors"),
        (load_sound_encoder, whisper, "model.safetensors"),
    ):
        (tmp_path / "config.json").write_text((source / "config.json").read_text())
        (tmp_path / name).write_bytes((source / name).read_bytes()[:1000])
        with pytest.raises(WeightsError, match=f"{name} cannot be read"):
            load(tmp_path)


@pytest.mark.slow
@torch.inference_mode()
def test_the_full_size_unet_runs():
    """850 million random numbers: 4 GB."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_config(MUSETALK).eval()
    latents, heard = torch.randn(2, 8, 32, 32), torch.randn(2, 50, 384)
    painted = unet(latents, torch.zeros((), dtype=torch.long), encoder_hidden_states=heard).sample
    assert painted.shape == (2, 4, 32, 32)
    assert torch.isfinite(painted).all()
    alone = unet(latents[:1], torch.zeros((), dtype=torch.long), encoder_hidden_states=heard[:1]).sample
    torch.testing.assert_close(alone, painted[:1], rtol=1e-3, atol=1e-3)
