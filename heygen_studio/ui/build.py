"""The whole app: the header, the pages, and how they lead to each other."""

from __future__ import annotations

from typing import Any

import gradio as gr

from . import engines_page as engines
from .api import add_endpoints
from .api_page import api_page
from .batch_page import batch_page, batches_of
from .create_page import CreatePage, create_page, on_open
from .desk import Desk
from .form import FIRST_VOICE
from .header import header
from .library_page import LibraryPage, library_page, open_video, shelf_of
from .reuse import values_of
from .visitors import owner_of
from .voice_card import cloned_choices, voice_choices
from .words import language_of, t

#: Seconds between two cleanings of Gradio's own files, and their age.
CLEAN_S = (3600, 6 * 3600)


def build(desk: Desk) -> gr.Blocks:
    """The app over the services of ``desk``; `heygen_studio.ui.serve` launches it."""
    with gr.Blocks(title="HeyGen Studio", fill_width=True, analytics_enabled=False, delete_cache=CLEAN_S) as blocks:
        header()
        with gr.Tabs(elem_classes="nav", selected="create") as tabs:
            with gr.Tab(t("nav.create"), id="create"):
                create = create_page(desk)
            with gr.Tab(t("nav.library"), id="library") as library_tab:
                library = library_page(desk)
            with gr.Tab(t("nav.batch"), id="batch") as batch_tab:
                batches, batch_timer = batch_page(desk)
            with gr.Tab(t("nav.engines"), id="engines") as engines_tab:
                listing = engines.engines_page()
            with gr.Tab(t("nav.api"), id="api"):
                add_endpoints(desk)
                api_page(blocks)
        on_open(create, desk, blocks)
        _between(desk, tabs, create, library)
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

        def fill_shelf(words: str, request: gr.Request) -> tuple[Any, Any]:
            return shelf_of(desk, owner_of(request) or "", words, language_of(request))

        def fill_batches(request: gr.Request) -> tuple[Any, Any]:
            return batches_of(desk, owner_of(request) or "", language_of(request))

        def fill_engines(request: gr.Request) -> str:
            return engines.show_engines(desk.settings, request)

        library_tab.select(fill_shelf, library.search, [library.shelf, library.timer], **private)
        batch_tab.select(fill_batches, None, [batches, batch_timer], **private)
        engines_tab.select(fill_engines, None, listing, **private)

        def follow_link(request: gr.Request) -> tuple[Any, ...]:
            """A deep link (?video=ID) opens the library with that video, for whoever owns it."""
            id = dict(request.query_params).get("video", "")
            if not id:
                return (gr.skip(),) * (1 + len(library.outputs))
            return gr.Tabs(selected="library"), *open_video(desk, id, owner_of(request) or "", language_of(request))

        blocks.load(follow_link, None, [tabs, *library.outputs], **private)
    return blocks


def _between(desk: Desk, tabs: gr.Tabs, create: CreatePage, library: LibraryPage) -> None:
    """From the finished video to its details, and from an old video to a new one with the same settings."""
    controls = create.form.controls
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def details(id: str, request: gr.Request) -> tuple[Any, ...]:
        return gr.Tabs(selected="library"), *open_video(desk, id, owner_of(request) or "", language_of(request))

    def reuse(id: str, request: gr.Request) -> dict[Any, Any]:
        owner = owner_of(request) or ""
        values = {controls[name]: value for name, value in values_of(desk.video(id, owner).job.request).items()}
        chosen = values[controls["voice"]] or FIRST_VOICE
        shown = gr.update(choices=[*cloned_choices(desk, owner), *voice_choices("all")], value=chosen)
        return {tabs: gr.Tabs(selected="create"), **values, controls["voice"]: shown}

    create.stage.details.click(details, create.stage.job, [tabs, *library.outputs], **private)
    library.reuse.click(reuse, library.opened, [tabs, *controls.values()], **private)
