"""Finished videos to begin with: they play at once, and their settings fill the form."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

from ..request import VideoRequest
from . import screen
from .assets import ASSETS
from .form import FIRST_VOICE, Form
from .parts import picker
from .reuse import values_of
from .stage import Panel, Stage
from .voice_card import voice_choices
from .words import both, language_of

FOLDER = ASSETS / "examples"
#: The examples in the order in which they are shown; each has a request (.json), a video, captions and a picture.
NAMES = ("welcome", "lesson", "news")


def examples() -> gr.HTML:
    """The examples side by side."""
    choices = [
        {
            "id": name,
            "label": both(f"example.{name}"),
            "note": both(f"example.{name}.hint"),
            "picture": f"studio/assets/examples/{name}.jpg",
        }
        for name in NAMES
    ]
    return picker("example", both("example.title"), choices, "")


def request_of_example(name: str) -> VideoRequest:
    """What the example was made from, in the size that the form offers first."""
    return VideoRequest.model_validate(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def wire_examples(shelf: gr.HTML, form: Form, stage: Stage) -> None:
    """A chosen example plays on the screen, and the form asks for the same."""

    def show(name: str, job: str, request: gr.Request) -> dict[Any, Any]:
        if name not in NAMES or job:  # a render is on the screen: it is not pushed aside
            return {shelf: ""}
        wanted = request_of_example(name)
        values = {form.controls[control]: value for control, value in values_of(wanted).items()}
        values[form.controls["voice"]] = gr.update(choices=voice_choices("all"), value=wanted.voice or FIRST_VOICE)
        player = screen.example(f"studio/assets/examples/{name}", wanted.spoken_language, language_of(request))
        changes = dict(zip(stage.outputs, Panel.idle(player, ""), strict=True))
        return {**changes, **values}

    shelf.change(
        show, [shelf, stage.job], [shelf, *stage.outputs, *form.controls.values()],
        api_visibility="private", show_progress="hidden", queue=False,
    )  # fmt: skip
