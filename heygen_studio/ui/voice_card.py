"""How it sounds: the voices with a sample of each, voices cloned from recordings, and their pace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from ..service.files import CLONED
from ..service.uploads import CONSENT
from ..speech import Voice, voices
from .availability import in_both, needed_for_cloning
from .border import OWN
from .desk import Desk
from .form import FIRST_VOICE, Form
from .parts import card, error_box, html, note_box, picker, segmented
from .samples import file_name
from .visitors import owner_of
from .words import LANGUAGES, both, language_of, safe, say, sentence, t


def voice_card(desk: Desk, form: Form) -> gr.HTML:
    """The card; returns its list, which the page fills with the visitor's own voices when it is opened."""
    with card("voice", 3):
        filters = [(t(f"voice.filter.{name}"), name) for name in ("en", "zh", "all")]
        shown = segmented(filters, "en", t("script.language"), shown=False, elem_classes=["small"])
        listed = form.add("voice", picker("voice", both("voice.title"), voice_choices("en"), FIRST_VOICE))
        form.add("speed", gr.Slider(0.5, 1.5, 1.0, step=0.05, label=t("voice.speed")))
        with gr.Accordion(t("clone.title"), open=False, elem_classes="fold"):
            _cloning(desk, listed)

    def list_them(language: str, request: gr.Request) -> Any:
        return gr.update(choices=[*cloned_choices(desk, owner_of(request) or ""), *voice_choices(language)])

    shown.change(list_them, shown, listed, api_visibility="private", queue=False, show_progress="hidden")
    return listed


def _cloning(desk: Desk, listed: gr.HTML) -> None:
    """The controls with which a recording becomes a voice, or what that would need."""
    needed = {language: needed_for_cloning(language) for language in LANGUAGES}
    if needed["en"]:
        html(note_box(in_both(needed)))
        return
    html(f'<p class="fine-print">{both("clone.hint")}</p>')
    recording = gr.Audio(label=t("clone.recording"), type="filepath", sources=["microphone", "upload"], elem_classes="recorder")
    consent = gr.Checkbox(False, label=t("consent"))
    with gr.Row(elem_classes="actions"):
        clone = gr.Button(t("clone.button"), elem_id="clone")
    outcome = html(elem_id="clone-outcome")

    def keep(path: str | None, agreed: bool, request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            id = keep_voice(desk, path, agreed, owner)
        except StudioError as error:
            return gr.skip(), error_box(safe(sentence(error, language)))
        choices = [*cloned_choices(desk, owner), *voice_choices("all")]
        return gr.update(choices=choices, value=CLONED + OWN + id), note_box(say(language, "clone.done"))

    clone.click(keep, [recording, consent], [listed, outcome], api_visibility="private", concurrency_id="face", concurrency_limit=2)


def keep_voice(desk: Desk, path: str | None, agreed: bool, owner: str) -> str:
    """Keep a recording that can be cloned and return its id. Raises `BadInput`."""
    from ..speech.cloning import read_reference

    if not path:
        raise BadInput("There is no recording yet: upload one, or record it with the microphone.", field="voice")
    if not agreed:
        raise BadInput("Nobody's consent was given: tick the box under the recording first.", field="voice")
    read_reference(Path(path))
    with open(path, "rb") as file:
        return desk.uploads.add(file, owner=owner, name=Path(path).name, consent=CONSENT, kind="audio").id


def voice_choices(language: str) -> list[dict[str, str]]:
    """The voices of a language, or of all."""
    return [_choice(voice) for voice in voices() if language in (voice.language, "all")]


def cloned_choices(desk: Desk, owner: str) -> list[dict[str, str]]:
    """The visitor's recordings as voices, where voices can be cloned."""
    if needed_for_cloning("en"):
        return []
    note = f'{both("clone.yours")} · <em class="tag">{both("voice.private")}</em>'
    recordings = desk.uploads.list(owner, "audio")
    return [{"id": CLONED + OWN + kept.id, "label": safe(Path(kept.name).stem), "note": note} for kept in recordings]


def _choice(voice: Voice) -> dict[str, str]:
    kind = f"{both(f'voice.{voice.gender}')} · {both(f'voice.accent.{_accent(voice)}')}"
    paid = "" if voice.commercial else f' · <em class="tag">{both("voice.private")}</em>'
    return {"id": voice.id, "label": voice.label, "note": kind + paid, "sound": f"studio/samples/{file_name(voice)}"}


def _accent(voice: Voice) -> str:
    if voice.language == "zh":
        return "mandarin"
    return "british" if voice.note.startswith("British") else "american"
