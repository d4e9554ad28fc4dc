"""The mood of each sentence, chosen beside its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from ..script import Line, detect_language, script_from_text
from .words import LANGUAGES, both, safe, say

MOODS = ("neutral", "warm", "happy", "serious", "concerned", "excited")


def mood_list() -> gr.HTML:
    """The sentences with a choice for each. value: ``{"shown", "mood"}`` each; "shown" is the sentence as safe HTML."""
    moods = [{"id": mood, **{language: say(language, f"mood.{mood}") for language in LANGUAGES}} for mood in MOODS]
    return gr.HTML(
        [], html_template=_HTML, js_on_load=_JS, moods=moods, empty=both("moods.empty"), apply_default_css=False, elem_id="moods"
    )  # fmt: skip


def shown(lines: Iterable[Line]) -> list[dict[str, str]]:
    """The value of the list for these lines."""
    return [{"shown": safe(line.text.strip()), "mood": line.mood} for line in lines]


def lines_of(text: str, language: str, chosen: list[dict[str, str]] | None = None) -> tuple[Line, ...]:
    """The sentences of the text, each in the mood that was chosen for the same words, or else as its words ask. Raises `BadInput`."""
    spoken: Any = detect_language(text) if language == "auto" else language
    moods = {item["shown"]: item["mood"] for item in chosen or () if item.get("mood") in MOODS}
    return tuple(Line(line.text, moods.get(safe(line.text.strip()), line.mood)) for line in script_from_text(text, spoken).lines)  # type: ignore[arg-type]


_HTML = """
{{#unless value}}<p class="fine-print">{{{empty}}}</p>{{/unless}}
<ol class="moods">{{#each value}}
<li><span>{{{shown}}}</span><select data-index="{{@index}}" aria-label="{{{shown}}}">
{{#each @root.moods}}<option value="{{id}}" data-en="{{en}}" data-zh="{{zh}}"></option>{{/each}}</select></li>
{{/each}}</ol>
"""

_JS = """
const show = () => element.querySelectorAll('select').forEach(select => {
  select.querySelectorAll('option').forEach(option => { option.textContent = option.dataset[window.studioLanguage || 'en']; });
  select.value = props.value[select.dataset.index].mood;
});
show();
watch('value', show);
element.addEventListener('change', event => {
  if (!event.target.matches('select')) return;
  const value = props.value.map(item => ({...item}));
  value[event.target.dataset.index].mood = event.target.value;
  props.value = value;
  trigger('change');
});
"""
