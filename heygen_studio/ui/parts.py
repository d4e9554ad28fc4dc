"""The few shapes of which every page is made: cards, headings, segmented choices, and a gallery of pictures or rows to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from .words import both


def html(content: str = "", **options: Any) -> gr.HTML:
    """A piece of HTML that the style sheet shapes alone. Words of the interface stand in it in both languages, see `both`."""
    return gr.HTML(content, apply_default_css=False, **options)


def page_head(name: str) -> gr.HTML:
    """The title and the hint of a page."""
    return html(f'<header class="page-head"><h1>{both(f"{name}.title")}</h1><p>{both(f"{name}.hint")}</p></header>')


@contextmanager
def card(name: str, number: int | None = None) -> Iterator[gr.Column]:
    """A card with the title and the hint of ``name`` ("script" has the words script.title and script.hint)."""
    with gr.Column(elem_classes=["card", f"card-{name}"]) as column:
        badge = f'<span class="step" aria-hidden="true">{number}</span>' if number else ""
        html(f'<header class="card-head">{badge}<div><h2>{both(f"{name}.title")}</h2><p>{both(f"{name}.hint")}</p></div></header>')
        yield column


def segmented(choices: Sequence[tuple[I18nData, str]], value: str, label: I18nData, *, shown: bool = True, **options: Any) -> gr.Radio:
    """A choice of a few, side by side. label: is for screen readers alone unless it is ``shown``."""
    classes = ["segmented", *options.pop("elem_classes", ())]
    return gr.Radio(choices, value=value, label=label, show_label=shown, container=shown, elem_classes=classes, **options)


def empty_state(title: str, hint: str, sign: str = "") -> str:
    """What a page shows before there is anything to show."""
    return f'<div class="empty"><div class="empty-sign" aria-hidden="true">{sign}</div><h3>{title}</h3><p>{hint}</p></div>'


def error_box(text: str) -> str:
    """An error where it happened: ``text`` is safe HTML."""
    return f'<div class="notice error" role="alert"><span aria-hidden="true">!</span><p>{text}</p></div>' if text else ""


def note_box(text: str) -> str:
    """Something good to know."""
    return f'<div class="notice" role="status"><span aria-hidden="true">i</span><p>{text}</p></div>' if text else ""


def picker(name: str, heading: str, choices: Sequence[dict[str, str]], value: str) -> gr.HTML:
    """Pictures or rows of which one is chosen, made of radio buttons, so that keyboards and screen readers know them.

    value: the id of the chosen one. heading and choices (``{"id", "label", "note", "picture", "sound"}`` each) are safe HTML, in two
    languages where they are words of the interface (`both`); "picture" and "sound" are addresses, and may be absent.
    An event sets others with ``gr.update(choices=..., value=...)``.
    """
    return gr.HTML(
        value,
        html_template=_PICKER_HTML,
        js_on_load=_PICKER_JS,
        choices=list(choices),
        name=name,
        heading=heading,
        elem_classes=["picker", f"picker-{name}"],
        apply_default_css=False,
    )


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
const show = () => {
  element.querySelectorAll('input').forEach(input => { input.checked = input.value === props.value; });
  const list = element.querySelector('.options'), chosen = element.querySelector('input:checked')?.closest('.option');
  if (chosen && list.scrollHeight > list.clientHeight) list.scrollTop = chosen.offsetTop - list.clientHeight / 3;
};
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
