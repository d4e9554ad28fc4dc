"""What this studio can do on this machine, and why it cannot do the rest."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import gradio as gr

from ..frames import FRAME_ENGINES
from ..settings import Settings
from ..speech.engines import ENGINES
from ..weights import WEIGHTS, Hub, Weight, local_path
from .availability import needed_for_cloning, needed_for_painting, needed_for_renderer
from .parts import html, page_head
from .words import Language, language_of, safe, say, words

Kind = Literal["writer", "voice", "renderer", "painter", "model"]

#: The Python package on which an engine stands and may be absent.
_NEEDS = {"coqui": "TTS", "hibari": "hibari", "kokoro": "onnxruntime", "gguf": "xllamacpp", "hub": "transformers", "openai": "httpx"}


@dataclass(frozen=True)
class Entry:
    """A line of the page. state: "ready", "download" (comes at first use) or "missing"; note: a sentence in the visitor's language."""

    kind: Kind
    name: str
    state: Literal["ready", "download", "missing"]
    note: str


def engines_page() -> gr.HTML:
    with gr.Column(elem_classes="page"):
        page_head("engines")
        return html(elem_id="engines")


def show_engines(where: Settings, request: gr.Request) -> str:
    """The content of the page for a visitor."""
    language = language_of(request)
    entries = list(engines(where, language))
    kinds: tuple[Kind, ...] = ("writer", "voice", "renderer", "painter", "model")
    return "".join(
        f'<section class="card"><h2>{say(language, f"engines.{kind}")}</h2><ul class="engines">'
        f"{''.join(_line(entry, language) for entry in entries if entry.kind == kind)}</ul></section>"
        for kind in kinds
    )


def _line(entry: Entry, language: Language) -> str:
    return (
        f'<li class="{entry.state}"><b>{safe(entry.name)}</b>'
        f'<span class="tag {entry.state}">{say(language, f"engines.{entry.state}")}</span>'
        f"<small>{safe(entry.note)}</small></li>"
    )


def engines(where: Settings, language: Language) -> Iterator[Entry]:
    """Every engine and model file."""
    yield _engine("writer", "gguf", language)
    yield _engine("writer", "hub", language)
    if where.openai_api_key:
        yield _engine("writer", "openai", language)
    else:
        yield Entry("writer", "openai", "missing", say(language, "engines.no_key"))
    for name in sorted(ENGINES.keys() - {"xtts"}):  # of which more is to be said below
        yield _engine("voice", name, language)
    for name in FRAME_ENGINES:
        needed = needed_for_renderer(name, language)
        yield Entry("renderer", name, "missing", needed) if needed else _engine("renderer", name, language)
    cloning, painting = needed_for_cloning(language), needed_for_painting(where, language)
    yield Entry("voice", "xtts", "missing" if cloning else "ready", cloning or say(language, "engines.about.xtts"))
    yield Entry("painter", where.painter, "missing" if painting else "ready", painting or say(language, "engines.about.painter"))
    for weight in WEIGHTS.values():
        yield _model(weight, language)


def _engine(kind: Kind, name: str, language: Language) -> Entry:
    package = _NEEDS.get(name)
    if package and importlib.util.find_spec(package) is None:
        return Entry(kind, name, "missing", say(language, "engines.no_package", package=package))
    return Entry(kind, name, "ready", say(language, f"engines.about.{name}") if f"engines.about.{name}" in words("en") else "")


def _model(weight: Weight, language: Language) -> Entry:
    note = f"{weight.purpose} · {weight.licence}"
    if local_path(weight) is not None:
        return Entry("model", weight.name, "ready", note)
    size = f"{weight.size / 1e6:.0f} MB"
    if isinstance(weight.source, Hub):
        return Entry("model", weight.name, "missing", f"{note} · {say(language, 'engines.hub', size=size)}")
    return Entry("model", weight.name, "download", f"{note} · {size}")
