from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import Endpoint, endpoint

from heygen_studio.settings import settings


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An endpoint that the settings point at."""
    with endpoint() as state:
        monkeypatch.setitem(os.environ, "OPENAI_BASE_URL", state.url)
        monkeypatch.setitem(os.environ, "OPENAI_API_KEY", "secret")
        settings.cache_clear()
        yield state
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def tiny_hub_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a chat model of random weights, as `save_pretrained` writes it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-chat")
    words = [
        "<unk>",
        "</s>",
        *["the", "bees", "make", "honey", "in", "a", "hive", "and", "they", "fly", ".", "!", "user", "assistant", "system"],
    ]
    raw = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, unk_token="<unk>", eos_token="</s>")
    tokenizer.chat_template = "{% for m in messages %}{{ m.role }} {{ m.content }} {% endfor %}assistant "
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        eos_token_id=1,
        bos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
