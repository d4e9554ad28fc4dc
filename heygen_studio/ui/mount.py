"""The web app beside the HTTP API, on one server."""

from __future__ import annotations

from fastapi import FastAPI

from ..settings import Settings
from .serve import launch_options, open_app


def mount(app: FastAPI, where: Settings) -> FastAPI:
    """``app`` with the web app at "/": it gets every request that no address of ``app`` takes. Raises as `launch` does."""
    import gradio as gr

    blocks, desk = open_app(where)
    return gr.mount_gradio_app(app, blocks, path="/", **launch_options(desk))
