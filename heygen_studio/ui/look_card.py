"""How it looks: the shape and size of the picture, how the face moves, and a few things for those who want them."""

from __future__ import annotations

import gradio as gr

from ..frames import FRAME_ENGINES
from .form import Form
from .parts import card, segmented
from .words import t

MOODS = ("auto", "neutral", "warm", "happy", "serious", "concerned", "excited")


def look_card(form: Form) -> None:
    with card("look", 4):
        with gr.Row():
            form.add("aspect", segmented([(t(f"look.aspect.{name}"), name) for name in ("wide", "tall", "square")], "square", t("look.aspect"), elem_classes=["shapes"]))
            form.add("size", segmented([(t(f"look.size.{name}"), name) for name in ("draft", "standard", "hd", "full")], "standard", t("look.size")))
        with gr.Row():
            form.add("style", segmented([(t(f"look.style.{name}"), name) for name in ("still", "natural", "lively")], "natural", t("look.style")))
            form.add("expression", gr.Dropdown([(t(f"mood.{name}"), name) for name in MOODS], value="auto", label=t("look.expression"), min_width=160))
        with gr.Accordion(t("look.more"), open=False, elem_classes="fold"):
            with gr.Row():
                form.add("title", gr.Textbox(label=t("look.title_field"), placeholder=t("look.title_field.example"), max_lines=1))
                form.add("strength", gr.Slider(0, 1, 1, step=0.1, label=t("look.strength")))
            with gr.Row():
                form.add("engine", gr.Dropdown(sorted(FRAME_ENGINES), value="mesh", label=t("look.engine"), info=t("look.engine.info")))
                form.add("seed", gr.Number(0, precision=0, minimum=0, maximum=2**32 - 1, label=t("look.seed"), info=t("look.seed.info")))
            form.add("commercial", gr.Checkbox(False, label=t("look.commercial"), info=t("look.commercial.info")))
