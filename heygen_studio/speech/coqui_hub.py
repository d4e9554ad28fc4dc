"""The names of Coqui models, known without loading Coqui."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def split_speaker(name: str) -> tuple[str, str | None]:
    """A model's name or file, and the speaker behind "@" if there is one."""
    model, _, speaker = name.rpartition("@")
    return (model, speaker) if model and not os.path.exists(name) else (name, None)


def hub_models() -> dict[str, dict[str, Any]]:
    """What Coqui's own table says of every model of its hub: "tts_models/en/ljspeech/vits" -> licence and more."""
    spec = find_spec("TTS")
    if spec is None or not spec.submodule_search_locations:
        return {}
    table = json.loads((Path(spec.submodule_search_locations[0]) / ".models.json").read_text(encoding="utf-8"))["tts_models"]
    return {
        f"tts_models/{language}/{dataset}/{model}": about
        for language, datasets in table.items()
        for dataset, models in datasets.items()
        for model, about in models.items()
    }


def needs_agreement(name: str) -> bool:
    """Whether the user has to agree to a licence before the model may be downloaded."""
    return bool(hub_models().get(name, {}).get("tos_required"))
