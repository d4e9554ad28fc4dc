"""Many videos from one file: every row is checked first, then all good ones are rendered, and one zip holds the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from ..service.api.errors import without_places
from ..service.job_sets import JobSet, Member
from ..service.rows import Row, read_rows
from .desk import Desk
from .parts import empty_state, error_box, html, note_box, page_head
from .visitors import owner_of
from .words import Language, both, language_of, safe, say, sentence, t

#: Rows of one file, and rows that are shown.
MOST_ROWS, SHOWN = 500, 100
REFRESH_S = 3.0


def batch_page(desk: Desk) -> tuple[gr.HTML, gr.Timer]:
    """The page; returns the list of earlier batches and the timer that keeps it up to date."""
    with gr.Column(elem_classes="page"):
        page_head("batch")
        with gr.Column(elem_classes="card"):
            file = gr.File(label=t("batch.file"), file_types=[".csv", ".jsonl", ".yaml", ".yml"], height=150, elem_id="batch-file")
            example = f'<a href="studio/assets/examples/batch.csv" download>{both("batch.example")}</a>'
            html(f'<p class="fine-print">{example} · {both("batch.columns")}</p>')
            rows = html(elem_id="batch-rows")
            with gr.Row(elem_classes="actions"):
                render = gr.Button(t("batch.render"), variant="primary", visible=False, elem_id="batch-render")
        kept = html(elem_id="batches")
    timer = gr.Timer(REFRESH_S, active=False)
    _wire(desk, file, rows, render, kept, timer)
    return kept, timer


def _wire(desk: Desk, file: gr.File, rows: gr.HTML, render: gr.Button, kept: gr.HTML, timer: gr.Timer) -> None:
    def check(path: str | None, request: gr.Request) -> tuple[Any, Any]:
        language = language_of(request)
        if not path:
            return "", gr.update(visible=False)
        try:
            found = rows_of(desk, path, owner_of(request) or "")
        except StudioError as error:
            return error_box(safe(sentence(error, language))), gr.update(visible=False)
        return _table(found, language), gr.update(visible=any(row.request for row in found))

    def start(path: str | None, request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            submit_rows(desk, path, owner)
        except StudioError as error:
            return gr.skip(), error_box(safe(sentence(error, language))), gr.skip(), *batches_of(desk, owner, language)
        return None, note_box(say(language, "batch.started")), gr.update(visible=False), *batches_of(desk, owner, language)

    def look(request: gr.Request) -> tuple[Any, ...]:
        return batches_of(desk, owner_of(request) or "", language_of(request))

    private: dict[str, Any] = {"api_visibility": "private"}
    file.upload(check, file, [rows, render], **private)
    file.clear(lambda: ("", gr.update(visible=False)), None, [rows, render], **private, queue=False)
    render.click(start, file, [file, rows, render, kept, timer], **private)
    timer.tick(look, None, [kept, timer], **private, show_progress="hidden", queue=False)


def rows_of(desk: Desk, path: str, owner: str) -> list[Row]:
    """The checked rows of an uploaded file. Raises `BadInput`, which does not tell where the file lies, if it cannot be used as a whole."""
    try:
        found = read_rows(Path(path), lambda request: desk.permitted(request, owner))
    except BadInput as error:
        raise BadInput(without_places(str(error), desk.settings), field=error.field) from None
    if len(found) > MOST_ROWS:
        raise BadInput(f"The batch {Path(path).name} has {len(found):,} rows, and at most {MOST_ROWS:,} are allowed here: split it.")
    return found


def submit_rows(desk: Desk, path: str | None, owner: str) -> JobSet:
    """Queue every row that can be used, as one set of jobs."""
    if not path:
        raise BadInput("There is no file yet: upload a CSV file with a row for each video.")
    members: list[Member] = []
    try:
        for row in rows_of(desk, path, owner):
            if row.request is not None:
                members.append(Member(row.output, desk.jobs.submit(row.request, owner=owner)))
    finally:  # those that were queued before a quota ended it go on, and stay together
        made = desk.sets.add(owner, Path(path).stem, members) if members else None
    if made is None:
        raise BadInput("No row of this file can be used: correct what the table says and upload it again.")
    return made


def _table(rows: list[Row], language: Language) -> str:
    good = sum(row.request is not None for row in rows)
    lines = "".join(_line(row, language) for row in rows[:SHOWN])
    more = f'<p class="calm">{say(language, "batch.more", count=len(rows) - SHOWN)}</p>' if len(rows) > SHOWN else ""
    head = "".join(f'<th scope="col">{say(language, f"batch.column.{name}")}</th>' for name in ("row", "output", "what"))
    return (
        f'<p class="summary">{say(language, "batch.summary", good=good, bad=len(rows) - good)}</p>'
        f'<div class="table-scroll" tabindex="0"><table class="rows"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
        f"{more}"
    )


def _line(row: Row, language: Language) -> str:
    if row.request is not None:
        what = safe((row.request.text or row.request.prompt)[:160])
    else:
        error = BadInput(row.error)
        what = f"<strong>{safe(row.field)}</strong> {safe(sentence(error, language))}"
    state = "good" if row.request else "bad"
    return f'<tr class="{state}"><td class="number">{row.number}</td><td>{safe(row.output)}</td><td>{what}</td></tr>'


def batches_of(desk: Desk, owner: str, language: Language) -> tuple[str, gr.Timer]:
    """The visitor's batches with how far they are, and the timer, which runs while one goes on."""
    sets = desk.sets.list(owner)
    if not sets:
        return empty_state(say(language, "batch.empty"), say(language, "batch.empty.hint"), "☰"), gr.Timer(active=False)
    states = {job.id: job.state for job in desk.jobs.find(owner, limit=-1)}
    going = any(states.get(member.job) in ("queued", "running") for kept in sets for member in kept.members)
    return f'<ul class="batches">{"".join(_batch(kept, states, language) for kept in sets)}</ul>', gr.Timer(active=going)


def _batch(kept: JobSet, states: dict[str, Any], language: Language) -> str:
    total, done = len(kept.members), sum(states.get(member.job) == "done" for member in kept.members)
    failed = sum(states.get(member.job) == "failed" for member in kept.members)
    part = f"{100 * done / max(total, 1):.0f}%"
    zipped = f'<a class="fetch" href="studio/batches/{kept.id}.zip" download>{say(language, "batch.zip")}</a>' if done else ""
    wrong = f" · {say(language, 'batch.failed', count=failed)}" if failed else ""
    return (
        f'<li class="batch"><div><b>{safe(kept.name)}</b><small>{say(language, "batch.done", done=done, total=total)}{wrong}</small></div>'
        f'<span class="bar"><i style="width:{part}"></i></span>{zipped}</li>'
    )
