"""The videos a visitor made: search, watch, look inside, use again, delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from . import screen
from .desk import Desk, VideoOf
from .details import details_html
from .parts import empty_state, error_box, html, page_head
from .visitors import owner_of
from .words import Language, both, language_of, safe, say, sentence, t

#: How often a shelf with unfinished videos is brought up to date, in seconds.
REFRESH_S = 3.0

_SHELF_JS = """
element.addEventListener('click', event => {
  const item = event.target.closest('[data-open]');
  if (item) trigger('select', {id: item.dataset.open});
});
"""


@dataclass(frozen=True)
class LibraryPage:
    """opened: the id of the video that is shown, "" for the shelf. reuse: the button that fills the form again."""

    search: gr.Textbox
    notice: gr.HTML
    shelf: gr.HTML
    timer: gr.Timer
    opened: gr.State
    list_view: gr.Column
    item_view: gr.Column
    item: gr.HTML
    inside: gr.HTML
    reuse: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """What opening and closing a video sets."""
        return [self.opened, self.list_view, self.item_view, self.item, self.inside, self.notice]


def library_page(desk: Desk) -> LibraryPage:
    with gr.Column(elem_classes="page"):
        with gr.Column() as list_view:
            page_head("library")
            notice = html(elem_id="library-notice")
            search = gr.Textbox(
                "",
                show_label=False,
                placeholder=t("library.search"),
                label=t("library.search"),
                elem_id="search",
                max_lines=1,
                container=False,
            )
            shelf = html(elem_id="shelf", js_on_load=_SHELF_JS)
        with gr.Column(visible=False) as item_view:
            back = gr.Button(t("library.back"), size="sm", elem_classes="quiet", elem_id="back")
            item = html(elem_id="item")
            with gr.Row(elem_classes="actions"):
                reuse = gr.Button(t("library.reuse"), elem_id="reuse")
                link = gr.Button(t("library.link"), elem_id="copy-link")
                delete = gr.Button(t("library.delete"), variant="stop", elem_id="delete")
            with gr.Row(visible=False, elem_classes="actions confirm") as sure:
                html(f"<p>{both('library.delete.sure')}</p>")
                yes = gr.Button(t("library.delete.yes"), variant="stop", elem_id="delete-yes")
                no = gr.Button(t("library.delete.no"), elem_id="delete-no")
            inside = html(elem_id="inside")
    page = LibraryPage(search, notice, shelf, gr.Timer(REFRESH_S, active=False), gr.State(""), list_view, item_view, item, inside, reuse)
    _wire(desk, page, back, delete, sure, yes, no)
    link.click(None, js=_COPY_LINK, api_visibility="private")
    return page


_COPY_LINK = """() => {
  const address = new URL(location.href);
  address.search = '?video=' + document.querySelector('#item [data-video]').dataset.video;
  navigator.clipboard.writeText(address.href);
  const button = document.getElementById('copy-link');
  const before = button.textContent;
  button.textContent = '✓';
  setTimeout(() => { button.textContent = before; }, 1200);
}"""


def _wire(desk: Desk, page: LibraryPage, back: gr.Button, delete: gr.Button, sure: gr.Row, yes: gr.Button, no: gr.Button) -> None:
    def fill(words: str, request: gr.Request) -> tuple[Any, Any]:
        return shelf_of(desk, owner_of(request) or "", words, language_of(request))

    def tick(id: str, words: str, request: gr.Request) -> tuple[Any, ...]:
        """Bring what is shown up to date: the shelf, or a video that is opened and not finished."""
        if not id:
            return *(gr.skip(),) * len(page.outputs), *fill(words, request)
        return *choose_id(id, request), gr.skip(), timer_for(id, request)

    def choose_id(id: str, request: gr.Request) -> tuple[Any, ...]:
        return open_video(desk, id, owner_of(request) or "", language_of(request))

    def timer_for(id: str, request: gr.Request) -> gr.Timer:
        return gr.Timer(active=desk.is_unfinished(id, owner_of(request) or ""))

    def choose(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        return *choose_id(str(event.id), request), timer_for(str(event.id), request)

    def close(words: str, request: gr.Request) -> tuple[Any, ...]:
        return "", gr.update(visible=True), gr.update(visible=False), "", "", "", *fill(words, request)

    def drop(id: str, words: str, request: gr.Request) -> tuple[Any, ...]:
        try:
            desk.delete(id, owner_of(request) or "")
        except StudioError as error:
            problem = error_box(safe(sentence(error, language_of(request))))
            return gr.skip(), gr.skip(), gr.skip(), problem, *(gr.skip(),) * 4, gr.update(visible=False)
        return *close(words, request), gr.update(visible=False)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    shown, all_shown = [page.shelf, page.timer], [*page.outputs, page.shelf, page.timer]
    page.search.change(fill, page.search, shown, **private, trigger_mode="always_last")
    page.timer.tick(tick, [page.opened, page.search], all_shown, **private)
    page.shelf.select(choose, None, [*page.outputs, page.timer], **private)
    back.click(close, page.search, all_shown, **private)
    delete.click(lambda: gr.update(visible=True), None, sure, **private)
    no.click(lambda: gr.update(visible=False), None, sure, **private)
    yes.click(drop, [page.opened, page.search], [*all_shown, sure], **private)


def shelf_of(desk: Desk, owner: str, words: str, language: Language) -> tuple[str, gr.Timer]:
    """The visitor's videos as cards, and the timer, which runs as long as one of them is not finished."""
    videos = list(desk.videos(owner, words))
    unfinished = any(video.job.state in ("queued", "running") for video in videos)
    if videos:
        shown = f'<ul class="shelf">{"".join(_card(video, language) for video in videos)}</ul>'
    elif words.strip():
        shown = empty_state(say(language, "library.nothing"), say(language, "library.nothing.hint", words=safe(words)), "⌕")
    else:
        shown = empty_state(say(language, "library.empty"), say(language, "library.empty.hint"), "▷")
    return shown, gr.Timer(active=unfinished)


def _card(video: VideoOf, language: Language) -> str:
    job = video.job
    made = datetime.fromtimestamp(job.created).astimezone().strftime("%Y-%m-%d %H:%M")
    state = say(language, f"state.{job.state}")
    if job.state == "running":
        state += f" · {say(language, f'stage.{job.stage}')} {job.fraction:.0%}" if job.stage else ""
    if video.result:
        length = f'<span class="length">{screen.clock(video.result.duration)}</span>'
        picture = f'<img src="studio/videos/{job.id}/thumbnail.jpg" alt="" loading="lazy">{length}'
    else:
        picture = f'<span class="no-picture {job.state}">{state}</span>'
    note = made if job.state == "done" else f"{state} · {made}"
    return (
        f'<li><button type="button" class="video-card" data-open="{job.id}">'
        f'<span class="thumb">{picture}</span><b>{safe(video.title)}</b><small>{note}</small></button></li>'
    )


def open_video(desk: Desk, id: str, owner: str, language: Language) -> tuple[Any, ...]:
    """The values of `LibraryPage.outputs` that show one video."""
    try:
        video = desk.video(id, owner)
    except StudioError as error:
        return gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip(), error_box(safe(sentence(error, language)))
    inside = facts = ""
    if video.result is not None:
        shown, facts = screen.player(video, language), screen.downloads(video, language)
        inside = details_html(video, language)
    elif video.job.state == "failed":
        shown = screen.failed(video.job, BadInput(video.job.error), language)
    elif video.job.state == "cancelled":
        shown = screen.cancelled(video.job, language)
    else:
        shown = screen.at_work(video.job, desk.ahead_of(video.job), None, language)
    item = f'<div class="item" data-video="{id}"><div>{shown}</div><div><h1>{safe(video.title)}</h1>{facts}</div></div>'
    return id, gr.update(visible=False), gr.update(visible=True), item, inside, gr.skip()
