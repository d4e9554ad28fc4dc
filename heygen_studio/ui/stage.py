"""The panel beside the controls: the chosen face, the render as it goes on, and the finished video."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from . import screen
from .desk import Desk
from .form import Form, request_of
from .pace import Pace
from .parts import error_box, html
from .visitors import owner_of
from .words import Language, both, language_of, safe, say, sentence, t

#: How often a running job is looked at, in seconds.
TICK_S = 0.8


@dataclass(frozen=True)
class Stage:
    """The parts of the panel that other pages speak to. job: the id of the job on the screen, "" for none."""

    view: gr.HTML
    job: gr.State
    timer: gr.Timer
    render: gr.Button
    cancel: gr.Button
    after: gr.Row
    again: gr.Button
    details: gr.Button
    problem: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What every change of the job's state sets, see `Panel.show`."""
        return [self.view, self.job, self.timer, self.render, self.cancel, self.after, self.problem]


def stage(desk: Desk, form: Form) -> tuple[Stage, Panel]:
    """Build the panel and wire it to the form."""
    with gr.Column(elem_classes="stage"):
        view = html(screen.still(screen.picture_of("hopper"), "square", both("render.ready")), elem_id="screen")
        problem = html(elem_id="problem")
        with gr.Row(elem_classes="actions wide"):
            preview = gr.Button(t("preview.button"), size="lg", elem_id="preview")
            render = gr.Button(t("render.button"), variant="primary", size="lg", elem_id="render")
            cancel = gr.Button(t("render.cancel"), variant="stop", size="lg", visible=False, elem_id="cancel")
        with gr.Row(visible=False, elem_classes="actions") as after:
            details = gr.Button(t("render.details"), size="md", elem_id="show-details")
            again = gr.Button(t("render.another"), size="md", elem_id="another")
        html(f'<p class="fine-print">{both("render.provenance")}</p>')
    _wire_preview(desk, form, preview, view, problem)
    parts = Stage(view, gr.State(""), gr.Timer(TICK_S, active=False), render, cancel, after, again, details, problem)
    panel = Panel(desk)
    _wire(desk, form, parts, panel)
    return parts, panel


class Panel:
    """Says what the panel shows of a job."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._pace = desk, Pace()

    def show(self, id: str, owner: str, language: Language, problem: str = "") -> tuple[Any, ...]:
        """The values of `Stage.outputs` for this job."""
        try:
            video = self._desk.video(id, owner)
        except StudioError as error:  # deleted meanwhile
            return self.idle(gr.skip(), error_box(safe(sentence(error, language))))
        job = video.job
        if job.state in ("queued", "running"):
            left = self._pace.seconds_left(job)
            view = screen.at_work(job, self._desk.ahead_of(job) if job.state == "queued" else 0, left, language)
            return view, id, gr.Timer(active=True), gr.update(visible=False), gr.update(visible=True), gr.update(visible=False), problem
        if job.state == "done" and video.result is not None:
            return (screen.finished(video, language), id, *self.idle(None, "")[2:5], gr.update(visible=True), problem)
        if job.state == "cancelled":
            return (screen.cancelled(job, language), *self.idle(None, problem)[1:])
        return (screen.failed(job, BadInput(job.error), language), *self.idle(None, problem)[1:])

    @staticmethod
    def idle(view: Any, problem: str) -> tuple[Any, ...]:
        """The values of `Stage.outputs` for a screen without a job."""
        return view, "", gr.Timer(active=False), gr.update(visible=True), gr.update(visible=False), gr.update(visible=False), problem


def _wire_preview(desk: Desk, form: Form, preview: gr.Button, view: gr.HTML, problem: gr.HTML) -> None:
    def show(data: dict[Any, Any], request: gr.Request) -> Iterator[dict[Any, Any]]:
        language, owner, values = language_of(request), owner_of(request) or "", form.values(data)
        busy = gr.update(interactive=False, value=say(language, "preview.busy"))
        yield {preview: busy, problem: ""}
        free = gr.update(interactive=True, value=say(language, "preview.button"))
        try:
            work = desk.previewed(request_of(values, desk, owner), owner)
            while True:
                for event in next(work)[-1:]:
                    yield {preview: gr.update(value=f"{say(language, f'stage.{event.stage}')} {event.fraction:.0%}")}
        except StopIteration as end:
            yield {view: screen.previewed(end.value, values["aspect"], language), preview: free}
        except StudioError as error:
            yield {problem: error_box(safe(sentence(error, language))), preview: free}

    preview.click(
        show, form.inputs, [preview, view, problem],
        api_visibility="private", show_progress="hidden", concurrency_id="preview", concurrency_limit=1,
    )  # fmt: skip


def _wire(desk: Desk, form: Form, parts: Stage, panel: Panel) -> None:
    def start(data: dict[Any, Any], request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            id = desk.submit(request_of(form.values(data), desk, owner), owner)
        except StudioError as error:
            return (*(gr.skip(),) * 6, error_box(safe(sentence(error, language))))
        return panel.show(id, owner, language)

    def look(id: str, request: gr.Request) -> tuple[Any, ...]:
        return panel.show(id, owner_of(request) or "", language_of(request))

    def stop(id: str, request: gr.Request) -> tuple[Any, ...]:
        owner, language = owner_of(request) or "", language_of(request)
        with suppress(BadInput):  # deleted meanwhile, which the panel says
            desk.cancel(id, owner)
        return panel.show(id, owner, language)

    def chosen(avatar: str, aspect: str, id: str) -> Any:
        return gr.skip() if id else screen.still(screen.picture_of(avatar), aspect, both("render.ready"))

    def anew(avatar: str, aspect: str) -> tuple[Any, ...]:
        return Panel.idle(screen.still(screen.picture_of(avatar), aspect, both("render.ready")), "")

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    parts.render.click(start, form.inputs, parts.outputs, **private, concurrency_limit=4)
    parts.timer.tick(look, parts.job, parts.outputs, **private, queue=False, trigger_mode="once")
    parts.cancel.click(stop, parts.job, parts.outputs, **private, queue=False)
    shape = [form.controls["avatar"], form.controls["aspect"], parts.job]
    for control in shape[:2]:
        control.change(chosen, shape, parts.view, **private, queue=False)  # type: ignore[attr-defined]
    parts.again.click(anew, shape[:2], parts.outputs, **private, queue=False)
