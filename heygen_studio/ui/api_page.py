"""How programs use the studio: every endpoint with its arguments and what it does."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr

from .parts import html, page_head
from .words import safe

_EXAMPLE = """from gradio_client import Client, handle_file

client = Client("ADDRESS", headers={"x-studio-visitor": "a secret of your own, 32 characters or more"})

photo = client.predict(handle_file("ann.jpg"), "photo", "Ann agreed.", api_name="/upload")
job = client.predict(
    {"text": "Welcome!", "avatar": "own:" + photo["id"], "voice": "hibari:heart"},
    api_name="/render",
)
while client.predict(job["id"], api_name="/status")["state"] in ("queued", "running"):
    time.sleep(1)
print(client.predict(job["id"], "mp4", api_name="/download"))"""


def api_page(blocks: gr.Blocks) -> None:
    with gr.Column(elem_classes="page"):
        page_head("api")
        html(f'<section class="card"><pre class="code">{safe(_EXAMPLE)}</pre></section>')
        lines = "".join(_line(function.api_name, function.fn) for function in public(blocks))
        html(f'<section class="card"><dl class="endpoints">{lines}</dl></section>')


def public(blocks: gr.Blocks) -> list[Any]:
    """The events that programs may call, in the order in which they were added."""
    return [function for function in blocks.fns.values() if function.api_visibility == "public" and isinstance(function.api_name, str)]


def _line(name: str, function: Callable[..., Any]) -> str:
    arguments = [parameter for parameter in inspect.signature(function).parameters.values() if parameter.name != "request"]
    shown = ", ".join(parameter.name for parameter in arguments)
    return f"<dt><code>/{safe(name)}({safe(shown)})</code></dt><dd>{safe(inspect.getdoc(function) or '')}</dd>"
