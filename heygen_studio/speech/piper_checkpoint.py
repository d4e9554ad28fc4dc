"""A Piper voice as a Coqui TTS checkpoint.

Piper's voices are VITS networks exported to ONNX. Coqui's `TTS.tts.models.vits.Vits` is the same network under other names,
so the weights are taken out of the graph, renamed, and saved as the ``model.pth`` and ``config.json`` that Coqui opens.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onnx import GraphProto
    from torch import Tensor
    from TTS.tts.configs.vits_config import VitsConfig

Weights = dict[str, npt.NDArray[np.float32]]

#: The decoder of Piper's "medium" quality.
_DECODER: dict[str, Any] = {
    "resblock_type_decoder": "2",
    "resblock_kernel_sizes_decoder": [3, 5, 7],
    "resblock_dilation_sizes_decoder": [[1, 2], [2, 6], [3, 12]],
    "upsample_rates_decoder": [8, 8, 4],
    "upsample_initial_channel_decoder": 256,
    "upsample_kernel_sizes_decoder": [16, 16, 8],
}
HOP = 256
_PAD, _BOS, _EOS, _BLANK = "_", "^", "$", "<BLNK>"
#: Parts that only training uses: they are not in the export and stay zero.
_TRAINING_ONLY = ("posterior_encoder.", "duration_predictor.post_", "duration_predictor.flows.1.")


def piper_to_coqui(graph: Path, settings: Path, folder: Path) -> None:
    """Write ``folder``/model.pth and config.json from Piper's ``graph`` (.onnx) and ``settings`` (.onnx.json).

    The folder appears only when it is complete. Raises ValueError if the graph is not a Piper voice of medium quality.
    """
    import onnx
    import torch
    from TTS.tts.models.vits import Vits

    table = json.loads(settings.read_text(encoding="utf-8"))
    phoneme_ids = {phoneme: ids[0] for phoneme, ids in table["phoneme_id_map"].items()}
    config = _config(phoneme_ids, table)
    model = Vits(config)
    weights = _renamed(_weights(onnx.load(str(graph)).graph))
    vocabulary = model.tokenizer.characters.vocab
    rows = [phoneme_ids[_PAD if phoneme == _BLANK else phoneme] for phoneme in vocabulary]
    weights["text_encoder.emb.weight"] = weights["text_encoder.emb.weight"][rows]
    state = _state(model.state_dict(), weights)

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        staged = Path(work) / folder.name
        staged.mkdir()
        torch.save({"model": state}, staged / "model.pth")
        config.save_json(str(staged / "config.json"))
        os.replace(staged, folder)


def _config(phoneme_ids: Mapping[str, int], table: Mapping[str, Any]) -> VitsConfig:
    from TTS.config.shared_configs import BaseAudioConfig
    from TTS.tts.configs.shared_configs import CharactersConfig
    from TTS.tts.configs.vits_config import VitsArgs, VitsConfig

    letters = "".join(p for p in sorted(phoneme_ids, key=lambda p: phoneme_ids[p]) if p not in (_PAD, _BOS, _EOS))
    characters = CharactersConfig(
        characters_class="TTS.tts.utils.text.characters.IPAPhonemes",
        characters=letters,
        punctuations="",
        pad=_PAD,
        eos=_EOS,
        bos=_BOS,
        blank=_BLANK,
        is_unique=False,
        is_sorted=False,
    )
    arguments = VitsArgs(num_chars=len(letters) + 4, init_discriminator=False, use_sdp=True, out_channels=513, **_DECODER)
    audio = BaseAudioConfig(sample_rate=table["audio"]["sample_rate"], hop_length=HOP, win_length=1024, fft_size=1024)
    return VitsConfig(
        model_args=arguments,
        audio=audio,
        characters=characters,
        use_phonemes=False,
        phoneme_language="en-us",
        text_cleaner=None,
        add_blank=True,
        enable_eos_bos_chars=True,
    )


def _weights(graph: GraphProto) -> Weights:
    """Every weight of the graph under the name that it had in Piper's own code."""
    from onnx import numpy_helper

    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    named = {name: array for name, array in stored.items() if name.startswith(("enc_p.", "dec.", "flow.", "dp."))}
    for node in graph.node:
        inputs = list(node.input)
        if node.op_type == "Gather" and "input" in inputs:
            named["enc_p.emb.weight"] = stored[inputs[0]]
        elif node.op_type in ("Conv", "ConvTranspose") and inputs[1].startswith("onnx::"):  # folded weight norm has no name
            named[node.name.strip("/").rsplit("/", 1)[0].replace("/", ".") + ".weight"] = stored[inputs[1]]
        elif node.op_type == "Mul" and node.name.startswith("/dp/flows.0/"):
            scales = [stored[name] for name in inputs if name in stored and stored[name].shape == (2, 1)]
            for scale in scales:  # exported as exp(-logs)
                named["dp.flows.0.logs"] = -np.log(scale)
    if "enc_p.emb.weight" not in named:
        raise ValueError("not the graph of a Piper voice: it has no phoneme embedding")
    return named


def _renamed(weights: Weights) -> Weights:
    """From Piper's names to Coqui's."""
    renamed: Weights = {}
    for name, array in weights.items():
        name = re.sub(r"^enc_p\.", "text_encoder.", name)
        name = re.sub(r"^dec\.", "waveform_decoder.", name)
        name = re.sub(r"^flow\.flows\.(\d+)", lambda m: f"flow.flows.{int(m[1]) // 2}", name)
        name = re.sub(r"^dp\.flows\.(\d+)", lambda m: f"dp.flows.{(int(m[1]) + 1) // 2}", name)
        name = re.sub(r"^dp\.", "duration_predictor.", name)
        name = name.replace("duration_predictor.flows.0.m", "duration_predictor.flows.0.translation")
        name = name.replace("duration_predictor.flows.0.logs", "duration_predictor.flows.0.log_scale")
        renamed[name] = array
    return renamed


def _state(model: Mapping[str, Tensor], weights: Weights) -> dict[str, Tensor]:
    """A state dict in the form of ``model``. Weight-normed convolutions come folded: v = W, and g = |W| over all but dim 0."""
    import torch

    state: dict[str, Tensor] = {}
    for name, tensor in model.items():
        source = re.sub(r"\.parametrizations\.weight\.original[01]$", ".weight", name)
        if source not in weights:
            if not name.startswith(_TRAINING_ONLY):
                raise ValueError(f"not the graph of a Piper voice of medium quality: it has no weight {source}")
            state[name] = torch.zeros_like(tensor)
            continue
        value = torch.from_numpy(np.array(weights[source], np.float32))
        if name.endswith("original0"):
            value = value.flatten(1).norm(dim=1)
        state[name] = value.reshape(tensor.shape).clone()
    return state
