"""The page on which a video is made: the controls on one side, the screen on the other."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from .avatar_card import avatar_card, choices_of
from .desk import Desk
from .examples import examples, wire_examples
from .form import Form
from .look_card import look_card
from .script_card import script_card, wire_script
from .stage import Panel, Stage, stage
from .visitors import owner_of
from .voice_card import cloned_choices, voice_card, voice_choices
from .words import language_of


@dataclass(frozen=True)
class CreatePage:
    form: Form
    stage: Stage
    panel: Panel
    gallery: gr.HTML
    voices: gr.HTML


def create_page(desk: Desk) -> CreatePage:
    form = Form()
    with gr.Row(elem_classes="create", equal_height=False):
        with gr.Column(elem_classes="controls", scale=6, min_width=320):
            script = script_card(form)
            gallery = avatar_card(desk, form)
            voices = voice_card(desk, form)
            look_card(form)
        with gr.Column(elem_classes="side", scale=5, min_width=320):
            parts, panel = stage(desk, form)
            shelf = examples()
    wire_examples(shelf, form, parts)
    wire_script(desk, form, script)  # a draft depends on the controls of the other cards
    return CreatePage(form, parts, panel, gallery, voices)


def on_open(page: CreatePage, desk: Desk, blocks: gr.Blocks) -> None:
    """When the page is opened: the visitor's own photos, and the job that still goes on or has just been finished."""

    def fill(request: gr.Request) -> tuple[object, object]:
        owner = owner_of(request) or ""
        own_voices = cloned_choices(desk, owner)
        voices = gr.update(choices=[*own_voices, *voice_choices("en")]) if own_voices else gr.skip()
        return gr.update(choices=choices_of(desk, owner)), voices

    def resume(request: gr.Request) -> object:
        owner = owner_of(request) or ""
        job = desk.latest(owner)
        return page.panel.show(job.id, owner, language_of(request)) if job else (gr.skip(),) * len(page.stage.outputs)

    blocks.load(fill, None, [page.gallery, page.voices], api_visibility="private", show_progress="hidden", queue=False)
    blocks.load(resume, None, page.stage.outputs, api_visibility="private", show_progress="hidden", queue=False)
