"""The few shapes of which every page is made: cards, headings, segmented choices, and a gallery of pictures or rows to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from .words import t


@contextmanager
def card(name: str, number: int | None = None) -> Iterator[gr.Column]:
    """A card with the title and the hint of ``name`` ("script" has the words script.title and script.hint)."""
    with gr.Column(elem_classes=["card", f"card-{name}"]) as column:
        badge = f'<span class="step" aria-hidden="true">{number}</span>' if number else ""
        gr.HTML(f'<header class="card-head">{badge}<div><h2>{t(f"{name}.title")}</h2><p>{t(f"{name}.hint")}</p></div></header>')
        yield column


def segmented(choices: Sequence[tuple[I18nData | str, str]], value: str, label: I18nData | None = None, **options: Any) -> gr.Radio:
    """A choice of a few, side by side."""
    classes = ["segmented", *options.pop("elem_classes", ())]
    return gr.Radio(choices, value=value, label=label, show_label=label is not None, container=label is not None, elem_classes=classes, **options)


def empty_state(title: I18nData | str, hint: I18nData | str, sign: str = "") -> str:
    """What a page shows before there is anything to show."""
    return f'<div class="empty"><div class="empty-sign" aria-hidden="true">{sign}</div><h3>{title}</h3><p>{hint}</p></div>'


def error_box(text: str) -> str:
    """An error where it happened: ``text`` is safe HTML."""
    return f'<div class="notice error" role="alert"><span aria-hidden="true">!</span><p>{text}</p></div>' if text else ""


def note_box(text: str) -> str:
    """Something good to know."""
    return f'<div class="notice" role="status"><span aria-hidden="true">i</span><p>{text}</p></div>' if text else ""


class Picker(gr.HTML):
    """Pictures or rows of which one is chosen, made of radio buttons, so that keyboards and screen readers know them.

    value: the id of the chosen one. heading and choices (``{"id", "label", "note", "picture", "sound"}`` each) are safe HTML, in two
    languages where they are words of the interface (`both`); "picture" and "sound" are addresses, and may be absent.
    Every argument has a default because Gradio builds the component again to update it.
    """

    def __init__(self, value: str = "", *, name: str = "", heading: str = "", choices: Sequence[dict[str, str]] = (), **options: Any) -> None:
        own = {"html_template": _PICKER_HTML, "js_on_load": _PICKER_JS, "apply_default_css": False}
        classes = {"elem_classes": ["picker", f"picker-{name}"]}
        super().__init__(value, choices=list(choices), name=name, heading=heading, **{**own, **classes, **options})


_PICKER_HTML = """
<fieldset role="radiogroup"><legend>{{{heading}}}</legend><div class="options">
{{#each choices}}
<div class="option">
  <label><input type="radio" name="{{@root.name}}" value="{{id}}">
    {{#if picture}}<img src="{{picture}}" alt="" loading="lazy">{{/if}}
    <span class="option-text"><b>{{{label}}}</b><small>{{{note}}}</small></span></label>
  {{#if sound}}<button type="button" class="play" data-sound="{{sound}}" aria-label="{{label}}" aria-pressed="false"></button>{{/if}}
</div>
{{/each}}
</div></fieldset>
"""

_PICKER_JS = """
const show = () => element.querySelectorAll('input').forEach(input => { input.checked = input.value === props.value; });
show();
watch(['value', 'choices'], show);
element.addEventListener('change', event => {
  if (event.target.matches('input')) { props.value = event.target.value; trigger('change'); }
});
element.addEventListener('click', event => {
  const button = event.target.closest('.play');
  if (!button) return;
  const playing = button.getAttribute('aria-pressed') === 'true';
  document.querySelectorAll('.play').forEach(other => other.setAttribute('aria-pressed', 'false'));
  window.studioSample?.pause();
  if (playing) return;
  window.studioSample = new Audio(button.dataset.sound);
  button.setAttribute('aria-pressed', 'true');
  window.studioSample.onended = window.studioSample.onerror = () => button.setAttribute('aria-pressed', 'false');
  window.studioSample.play().catch(() => button.setAttribute('aria-pressed', 'false'));
});
"""
