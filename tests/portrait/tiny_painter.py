"""A Stable Diffusion pipeline of the true classes with a few random numbers for weights, as `save_pretrained` writes it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from heygen_studio.portrait.painter import FRAME
from heygen_studio.weights import WEIGHTS, Hub


def write_pipeline(folder: Path, *, distilled: bool, side: int = 64) -> Path:
    """Write the pipeline. distilled: made for few steps, as SDXL-Turbo is."""
    import torch
    from diffusers import AutoencoderKL, EulerAncestralDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    torch.set_num_threads(1)
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(8, 16),
            norm_num_groups=4,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
        ),
        text_encoder=CLIPTextModel(
            CLIPTextConfig(hidden_size=16, intermediate_size=16, num_attention_heads=2, num_hidden_layers=1, vocab_size=1000)
        ),
        tokenizer=CLIPTokenizer(*_vocabulary(folder), model_max_length=77),
        unet=UNet2DConditionModel(
            block_out_channels=(8, 16),
            layers_per_block=1,
            sample_size=side // 2,
            norm_num_groups=4,
            cross_attention_dim=16,
            attention_head_dim=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=EulerAncestralDiscreteScheduler(timestep_spacing="trailing" if distilled else "leading", steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder / "pipeline", safe_serialization=True)
    return folder / "pipeline"


def write_sdxl_turbo(repository: Path) -> None:
    """The files of SDXL-Turbo's repository, and no others, with a few random numbers for weights."""
    import torch
    from diffusers import AutoencoderKL, EulerAncestralDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

    torch.manual_seed(0)
    torch.set_num_threads(1)
    text = CLIPTextConfig(
        hidden_size=16, intermediate_size=16, num_attention_heads=2, num_hidden_layers=2, vocab_size=1000, projection_dim=16
    )
    words = _vocabulary(repository.parent / "words")
    pipeline = StableDiffusionXLPipeline(
        vae=AutoencoderKL(
            block_out_channels=(8, 16),
            norm_num_groups=4,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
        ),
        text_encoder=CLIPTextModel(text),
        text_encoder_2=CLIPTextModelWithProjection(text),
        tokenizer=CLIPTokenizer(*words, model_max_length=77),
        tokenizer_2=CLIPTokenizer(*words, model_max_length=77),
        unet=UNet2DConditionModel(
            block_out_channels=(8, 16),
            layers_per_block=1,
            sample_size=16,
            norm_num_groups=4,
            cross_attention_dim=32,
            attention_head_dim=(2, 4),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=64,
            transformer_layers_per_block=(1, 1),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ),
        scheduler=EulerAncestralDiscreteScheduler(timestep_spacing="trailing", steps_offset=1),
        add_watermarker=False,
    ).to(torch.float16)
    pipeline.save_pretrained(repository, safe_serialization=True, variant="fp16")
    source = WEIGHTS["sdxl-turbo"].source
    assert isinstance(source, Hub)
    published = {file.path for file in source.files}
    for name in ("tokenizer", "tokenizer_2"):  # published as the vocabulary and its merges
        for path, word_file in zip(("vocab.json", "merges.txt"), words, strict=True):
            shutil.copyfile(word_file, repository / name / path)
        (repository / name / "special_tokens_map.json").write_text("{}")
    for path in repository.rglob("*"):
        if path.is_file() and path.relative_to(repository).as_posix() not in published:
            path.unlink()


def _vocabulary(folder: Path) -> tuple[str, str]:
    """CLIP's byte letters, and merges that make one token of each word of the frame, as the real vocabulary has them."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    letters = list(bytes_to_unicode().values())
    tokens = [*letters, *(letter + "</w>" for letter in letters)]
    merges: list[str] = []
    for word in sorted(set(re.findall("[a-z]+", FRAME.lower()))):
        parts = [*word[:-1], word[-1] + "</w>"]
        for end in range(2, len(parts) + 1):
            joined = "".join(parts[:end])
            if joined not in tokens:
                merges.append(f"{''.join(parts[: end - 1])} {parts[end - 1]}")
                tokens.append(joined)
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    return str(folder / "vocab.json"), str(folder / "merges.txt")
