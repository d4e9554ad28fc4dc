"""How it looks: the shape and size of the picture, how the face moves, and a few things for those who want them."""

from __future__ import annotations

import gradio as gr

from .availability import renderers
from .form import Form
from .moods import MOODS
from .parts import card, segmented
from .words import t

#: The choices that are shown side by side, with what is chosen at first.
SEGMENTS = {
    "aspect": (("wide", "tall", "square"), "square"),
    "size": (("draft", "standard", "hd", "full"), "standard"),
    "style": (("still", "natural", "lively"), "natural"),
    "backdrop": (("photo", "blur", "colour", "picture"), "photo"),
}


def look_card(form: Form) -> None:
    with card("look", 4):
        with gr.Row():
            _segments(form, "aspect")
            _segments(form, "size")
        _background(form)
        with gr.Row():
            _segments(form, "style")
            moods = [(t(f"mood.{name}"), name) for name in ("auto", *MOODS)]
            form.add("expression", gr.Dropdown(moods, value="auto", label=t("look.expression"), min_width=160))
        with gr.Accordion(t("look.more"), open=False, elem_classes="fold"):
            _more(form)


def _background(form: Form) -> None:
    """What stands behind the person, with a control for what a choice needs."""
    backdrop = _segments(form, "backdrop")
    colour = form.add("colour", gr.ColorPicker("#dfe7e2", label=t("look.colour"), visible=False, elem_id="backdrop-colour"))
    picture = form.add(
        "picture", gr.Image(label=t("look.picture"), type="filepath", sources=["upload"], height=150, visible=False, buttons=[])
    )
    backdrop.change(
        lambda chosen: (gr.update(visible=chosen == "colour"), gr.update(visible=chosen == "picture")), backdrop, [colour, picture],
        api_visibility="private", queue=False, show_progress="hidden",
    )  # fmt: skip


def _segments(form: Form, name: str) -> gr.Radio:
    choices, chosen = SEGMENTS[name]
    return form.add(name, segmented([(t(f"look.{name}.{choice}"), choice) for choice in choices], chosen, t(f"look.{name}")))


def _more(form: Form) -> None:
    with gr.Row():
        form.add("captions", gr.Checkbox(False, label=t("look.captions"), info=t("look.captions.info")))
        tops = [(t(f"look.caption_position.{name}"), name) for name in ("bottom", "top")]
        form.add("caption_position", segmented(tops, "bottom", t("look.caption_position")))
    with gr.Row():
        form.add("title", gr.Textbox(label=t("look.title_field"), placeholder=t("look.title_field.example"), max_lines=1))
        form.add("strength", gr.Slider(0, 1, 1, step=0.1, label=t("look.strength")))
    with gr.Row():
        form.add("engine", gr.Dropdown(renderers(), value="mesh", label=t("look.engine"), info=t("look.engine.info")))
        seed = gr.Number(0, precision=0, minimum=0, maximum=2**32 - 1, label=t("look.seed"), info=t("look.seed.info"))
        form.add("seed", seed)
    form.add("commercial", gr.Checkbox(False, label=t("look.commercial"), info=t("look.commercial.info")))
