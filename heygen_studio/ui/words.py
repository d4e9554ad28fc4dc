"""The words of the interface in English and Chinese, and which of the two a visitor reads.

Labels that never change go to the browser as keys, which Gradio translates there (`t`); sentences with values are made here (`say`).
"""

from __future__ import annotations

import html
import json
import re
from functools import cache
from typing import TYPE_CHECKING

from ..errors import StudioError
from ..script import Language
from .assets import ASSETS

if TYPE_CHECKING:
    import gradio as gr
    from gradio.i18n import I18nData
    from starlette.requests import Request

LANGUAGES: tuple[Language, ...] = ("en", "zh")
#: The cookie in which the page's own switch keeps the visitor's choice.
COOKIE = "studio_language"


@cache
def words(language: Language) -> dict[str, str]:
    """All words of a language by key."""
    table: dict[str, str] = json.loads((ASSETS / "words" / f"{language}.json").read_text(encoding="utf-8"))
    return table


def t(name: str) -> I18nData:
    """The word called ``name``, translated in the browser; as text it can stand in the middle of HTML."""
    from gradio.i18n import I18nData

    if name not in words("en"):
        raise KeyError(f"assets/words/en.json has no {name!r}")
    return I18nData(name)


def say(language: Language, name: str, **values: object) -> str:
    """The sentence called ``name`` with its values."""
    return words(language)[name].format(**values)


def both(name: str) -> str:
    """The word in both languages, of which the style sheet shows one: for HTML that Gradio does not translate."""
    return "".join(f'<span class="in-{language}" lang="{language}">{words(language)[name]}</span>' for language in LANGUAGES)


def i18n() -> gr.I18n:
    """The tables for ``launch``; a browser may call Chinese by many names."""
    import gradio as gr

    chinese = dict.fromkeys(("zh", "zh-CN", "zh-TW", "zh-HK", "zh-SG", "zh-Hans", "zh-Hant", "zh-Hans-CN", "zh-Hant-TW"), words("zh"))
    return gr.I18n(en=words("en"), **chinese)


def language_of(request: gr.Request | Request | None) -> Language:
    """The language of a visitor: as chosen on the page, or else as the browser asks for."""
    if request is None:
        return "en"
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"


def sentence(error: StudioError, language: Language) -> str:
    """The error in the visitor's language. One that has no translation comes in English, with a word before it."""
    text = str(error)
    if language == "en":
        return _YOURS.sub("You have", text)
    for pattern, chinese in _errors():
        if match := pattern.fullmatch(text):
            return chinese.format(**match.groupdict())
    return say(language, "error.untranslated", text=text)


#: The owner of a browser's jobs is a hash that means nothing to anybody.
_YOURS = re.compile(r"^visitor-\w+ has")


@cache
def _errors() -> list[tuple[re.Pattern[str], str]]:
    """Errors as a pattern of the English sentence, where ``{name}`` stands for anything, and the same in Chinese."""
    table: dict[str, str] = json.loads((ASSETS / "words" / "errors.zh.json").read_text(encoding="utf-8"))
    return [(_pattern(english), chinese) for english, chinese in table.items()]


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", english)
    return re.compile("".join(f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts)), re.DOTALL)


#: What has a meaning in the templates of Gradio's HTML component, and as a mark of a translation.
_TEMPLATE = {"$": "&#36;", "{": "&#123;", "}": "&#125;", "`": "&#96;", "\\": "&#92;", "__i18n__": "&#95;_i18n__"}


def safe(text: object) -> str:
    """Text of a visitor as it may stand in HTML, in attributes too, and in what Gradio makes of HTML."""
    escaped = html.escape(str(text))
    for sign, written in _TEMPLATE.items():
        escaped = escaped.replace(sign, written)
    return escaped
