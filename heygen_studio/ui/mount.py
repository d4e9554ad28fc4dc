"""The web app beside the HTTP API, on one server."""

from __future__ import annotations

import os

from fastapi import FastAPI

from ..settings import Settings
from .build import build
from .desk import Desk
from .serve import MOST_WAITING, launch_options


def mount(app: FastAPI, where: Settings) -> FastAPI:
    """``app`` with the web app at "/": it gets every request that no address of ``app`` takes. Raises as `launch` does."""
    import gradio as gr

    os.environ.setdefault("GRADIO_TEMP_DIR", str(where.data / "browser"))
    desk = Desk(where)
    blocks = build(desk)
    blocks.queue(max_size=MOST_WAITING, default_concurrency_limit=8)
    return gr.mount_gradio_app(app, blocks, path="/", **launch_options(desk))
