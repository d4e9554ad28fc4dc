"""How it sounds: the voices with a sample of each, and their pace."""

from __future__ import annotations

import gradio as gr

from ..speech import Voice, voices
from .form import Form
from .parts import card, picker, segmented
from .samples import file_name
from .words import both, t

#: The voices that are shown first: the defaults and the fastest.
DEFAULT = "hibari:heart"


def voice_card(form: Form) -> None:
    with card("voice", 3):
        filters = [(t(f"voice.filter.{name}"), name) for name in ("en", "zh", "all")]
        shown = segmented(filters, "en", t("script.language"), shown=False, elem_classes=["small"])
        voices_shown = form.add("voice", picker("voice", both("voice.title"), voice_choices("en"), DEFAULT))
        form.add("speed", gr.Slider(0.5, 1.5, 1.0, step=0.05, label=t("voice.speed")))
    shown.change(
        lambda language: gr.update(choices=voice_choices(language)), shown, voices_shown,
        api_visibility="private", queue=False, show_progress="hidden",
    )  # fmt: skip


def voice_choices(language: str) -> list[dict[str, str]]:
    """The voices of a language, or of all."""
    return [_choice(voice) for voice in voices() if language in (voice.language, "all")]


def _choice(voice: Voice) -> dict[str, str]:
    kind = f"{both(f'voice.{voice.gender}')} · {both(f'voice.accent.{_accent(voice)}')}"
    paid = "" if voice.commercial else f' · <em class="tag">{both("voice.private")}</em>'
    return {"id": voice.id, "label": voice.label, "note": kind + paid, "sound": f"studio/samples/{file_name(voice)}"}


def _accent(voice: Voice) -> str:
    if voice.language == "zh":
        return "mandarin"
    return "british" if voice.note.startswith("British") else "american"
