"""What is said: a draft that streams in from a prompt, the visitor's own words, or a recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..errors import StudioError
from ..request import VideoRequest
from ..script import ROLES
from .desk import Desk
from .form import Form, request_of, voice_of
from .moods import lines_of, mood_list, shown
from .parts import card, error_box, html, note_box, segmented
from .visitors import owner_of
from .words import language_of, safe, say, sentence, t

#: Longest draft that is written while the visitor waits, in seconds of speech.
LONGEST_DRAFT_S = 180


@dataclass(frozen=True)
class ScriptCard:
    draft: gr.Button
    stop: gr.Button
    status: gr.HTML
    estimate: gr.HTML


def script_card(form: Form) -> ScriptCard:
    with card("script", 1):
        modes = [(t(f"script.mode.{name}"), name) for name in ("write", "text", "record")]
        mode = form.add("mode", segmented(modes, "write", t("script.title"), shown=False))
        with gr.Column(elem_classes="stack") as writing:
            draft, stop = _writing(form)
        with gr.Column(visible=False, elem_classes="stack") as recording:
            form.add("audio", gr.Audio(label=t("script.audio"), type="filepath", sources=["upload", "microphone"], elem_classes="recorder"))
            form.add("audio_consent", gr.Checkbox(False, label=t("consent")))
        box = gr.Textbox(label=t("script.text"), placeholder=t("script.text.empty"), lines=5, max_lines=18, elem_id="script-text")
        text = form.add("text", box)
        status = html(elem_id="script-status")
        estimate = html(elem_id="estimate")
        with gr.Accordion(t("moods.title"), open=False, elem_classes="fold") as fold:
            form.add("moods", mood_list())

    def show(chosen: str) -> list[Any]:
        return [gr.update(visible=shown) for shown in (chosen == "write", chosen == "record", chosen != "record", chosen != "record")]

    mode.change(show, mode, [writing, recording, text, fold], api_visibility="private", show_progress="hidden", queue=False)
    return ScriptCard(draft, stop, status, estimate)


def _writing(form: Form) -> tuple[gr.Button, gr.Button]:
    """What the writer is told; returns the buttons that start and stop it."""
    example = t("script.prompt.example")
    prompt = form.add("prompt", gr.Textbox(label=t("script.prompt"), placeholder=example, lines=2, max_lines=6, elem_id="prompt"))
    with gr.Row(equal_height=True):
        roles = [(t(f"role.{name}"), name) for name in ROLES]
        form.add("role", gr.Dropdown(roles, value="presenter", label=t("script.role"), min_width=150))
        form.add("tone", gr.Textbox(label=t("script.tone"), placeholder=t("script.tone.example"), min_width=150))
        languages = [(t(f"language.{name}"), name) for name in ("auto", "en", "zh")]
        form.add("language", gr.Dropdown(languages, value="auto", label=t("script.language"), min_width=130))
    form.add("seconds", gr.Slider(5, LONGEST_DRAFT_S, 20, step=5, label=t("script.seconds")))
    with gr.Row(elem_classes="actions"):
        draft = gr.Button(t("script.draft"), variant="secondary", elem_id="draft")
        stop = gr.Button(t("script.stop"), variant="stop", visible=False, elem_id="draft-stop")
    prompt.submit(None, js="() => document.getElementById('draft').click()", api_visibility="private")
    return draft, stop


def wire_script(desk: Desk, form: Form, card: ScriptCard) -> None:
    """The events of the card that depend on the controls of others."""
    draft, stop, status, text = card.draft, card.stop, card.status, form.controls["text"]
    _wire_estimate(desk, form, card.estimate)

    def write(data: dict[Any, Any], request: gr.Request) -> Iterator[dict[Any, Any]]:
        values, language = form.values(data), language_of(request)
        yield {draft: gr.update(visible=False), stop: gr.update(visible=True), status: note_box(say(language, "script.starting")), text: ""}
        try:
            asked = request_of({**values, "mode": "write", "text": ""}, desk, owner_of(request) or "")
            for draft_so_far in desk.drafts(asked):
                if isinstance(draft_so_far, str):
                    yield {text: draft_so_far, status: note_box(say(language, "script.writing"))}
                else:
                    yield {text: draft_so_far.text, form.controls["moods"]: shown(draft_so_far.lines)}
            yield {status: ""}
        except StudioError as error:
            yield {status: error_box(safe(sentence(error, language)))}
        yield {draft: gr.update(visible=True, value=t("script.again")), stop: gr.update(visible=False)}

    writing_event = draft.click(
        write, form.inputs, [draft, stop, status, text, form.controls["moods"]],
        api_visibility="private", show_progress="hidden", concurrency_id="writer", concurrency_limit=1,
    )  # fmt: skip
    stop.click(
        lambda: (gr.update(visible=True), gr.update(visible=False), ""), None, [draft, stop, status],
        cancels=writing_event, api_visibility="private", queue=False,
    )  # fmt: skip


def _wire_estimate(desk: Desk, form: Form, estimate: gr.HTML) -> None:
    """How long the words will last and which sentences they are, as they are typed."""
    text, voice, speed, spoken, moods = (form.controls[name] for name in ("text", "voice", "speed", "language", "moods"))

    def measure(
        words: str, chosen: str, pace: float, language: str, moods: list[dict[str, str]], request: gr.Request
    ) -> tuple[str, list[dict[str, str]]]:
        if not words.strip():
            return "", []
        reader = language_of(request)
        try:
            lines = lines_of(words, language, moods)
            named = {"language": language} if language != "auto" else {}
            asked = VideoRequest.model_validate({"text": words, "voice": voice_of(chosen, words, language), "speed": pace, **named})
            seconds = desk.studio.estimate(desk.permitted(asked, owner_of(request) or ""))
        except StudioError as error:
            return error_box(safe(sentence(error, reader))), moods
        return f'<p class="estimate"><b>{say(reader, "script.about", seconds=max(1, round(seconds)))}</b></p>', shown(lines)

    for control, event in ((text, "change"), (voice, "change"), (speed, "release"), (spoken, "change")):
        getattr(control, event)(
            measure, [text, voice, speed, spoken, moods], [estimate, moods],
            api_visibility="private", show_progress="hidden", trigger_mode="always_last", queue=False,
        )  # fmt: skip
