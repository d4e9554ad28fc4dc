"""XTTS of the true classes with random weights and a small language model, as its repository holds it."""

from __future__ import annotations

from pathlib import Path

from heygen_studio.speech.torchaudio_guard import torchaudio_stand_ins

LANGUAGES = ["en", "es", "fr", "de", "it", "pt", "pl", "tr", "ru", "nl", "cs", "ar", "zh-cn", "hu", "ko", "ja", "hi"]


def write_xtts(folder: Path, *, longest: int = 9) -> None:
    """Write model.pth, config.json and vocab.json. longest: codes of 46 ms that the model says, because it finds no end."""
    import torch
    from tokenizers import Tokenizer, models

    with torchaudio_stand_ins():
        from TTS.tts.configs.xtts_config import XttsArgs, XttsConfig
        from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
        from TTS.tts.models.xtts import Xtts

        special = ["[STOP]", "[UNK]", "[SPACE]", "[START]", *(f"[{code}]" for code in LANGUAGES)]
        letters = list("abcdefghijklmnopqrstuvwxyz0123456789.,!?'-äöüéñ")
        tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(special + letters)}, [], unk_token="[UNK]"))
        tokenizer.add_special_tokens(special)
        folder.mkdir(parents=True)
        tokenizer.save(str(folder / "vocab.json"))
        small = XttsArgs(
            gpt_layers=1, gpt_n_model_channels=32, gpt_n_heads=2, gpt_max_audio_tokens=longest, gpt_num_audio_tokens=66,
            gpt_start_audio_token=64, gpt_stop_audio_token=65, gpt_use_perceiver_resampler=True, decoder_input_dim=32,
        )  # fmt: skip
        config = XttsConfig(model_args=small)
        torch.manual_seed(0)
        model = Xtts(config)
        model.tokenizer = VoiceBpeTokenizer(str(folder / "vocab.json"))
        model.init_models()
        torch.save({"model": model.state_dict()}, folder / "model.pth")
        config.save_json(str(folder / "config.json"))
