"""What can be used here, and what the rest would need: one sentence in both languages."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable

from ..frames import FRAME_ENGINES, REPAINTERS
from ..input_file import user_path
from ..settings import Settings
from ..weights import WEIGHTS, local_path
from .words import LANGUAGES, Language, say

#: Name of the weight of the voice cloner, and of the usual painter of faces.
CLONER, PAINTER = "coqui-xtts-v2", "sdxl-turbo"


def needed_for_renderer(name: str, language: Language) -> str:
    """What the renderer lacks, "" if it can be used."""
    return _needed(REPAINTERS.get(name, ()), language)


def renderers() -> list[str]:
    """The renderers that can be used now."""
    return [name for name in FRAME_ENGINES if not needed_for_renderer(name, "en")]


def needed_for_cloning(language: Language) -> str:
    """What cloning a voice lacks, "" if it can be done."""
    return _needed((CLONER,), language)


def needed_for_painting(where: Settings, language: Language) -> str:
    """What painting a face lacks, "" if it can be done."""
    if importlib.util.find_spec("diffusers") is None:
        return say(language, "needs.package", package="diffusers", extra="gpu")
    if os.path.isdir(user_path(where.painter)):
        return ""
    source = WEIGHTS[PAINTER].source
    usual = where.painter in (PAINTER, getattr(source, "repository", PAINTER))
    return _needed((PAINTER,), language) if usual else ""


def _needed(weights: Iterable[str], language: Language) -> str:
    missing = [WEIGHTS[name] for name in weights if local_path(WEIGHTS[name]) is None]
    if not missing:
        return ""
    size = sum(weight.size for weight in missing) / 1e9
    commands = " ".join(f"--fetch {weight.name}" for weight in missing)
    return say(language, "needs.models", size=f"{size:.1f} GB", command=f"heygen-studio weights {commands}")


def in_both(sentences: dict[Language, str]) -> str:
    """The sentences of both languages, of which the style sheet shows one."""
    return "".join(f'<span class="in-{language}" lang="{language}">{sentences[language]}</span>' for language in LANGUAGES)
