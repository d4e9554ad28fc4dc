"""What the command line shows: progress bars and notices on stderr, tables on stdout, and the question for an agreement."""

from __future__ import annotations

import json
import signal
import sys
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from .progress import Cancel, Event

out, err = Console(), Console(stderr=True)


class Bars:
    """One progress bar per stage on stderr. Ctrl-C sets the cancel token, so that the stages stop by themselves."""

    def __init__(self) -> None:
        self.cancel = Cancel()
        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        self._progress = Progress(*columns, console=err, disable=not err.is_terminal)  # a log file wants no bars
        self._tasks: dict[str, TaskID] = {}
        self._handler: Any = None

    def __enter__(self) -> Bars:
        self._handler = signal.signal(signal.SIGINT, lambda *_: self.cancel.cancel())
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._handler)

    def show(self, event: Event) -> None:
        """The listener for `Studio.render`. A notice (an event of the weights without a total) stays on the screen or in the log."""
        if event.stage == "weights" and not event.total:
            err.print(event.note, markup=False, highlight=False, soft_wrap=True)
            return
        if event.stage not in self._tasks:
            self._tasks[event.stage] = self._progress.add_task(event.stage, total=1.0, note="")
        self._progress.update(self._tasks[event.stage], completed=event.fraction, note=event.note[:60])

    def advance(self, name: str, total: int, note: str) -> None:
        """One of ``total`` things is done."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total, note="")
        self._progress.update(self._tasks[name], advance=1, note=note)


def print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(*columns)
    table.columns[0].no_wrap = True
    shown: dict[Any, str] = {True: "yes", False: "no"}
    for row in rows:
        table.add_row(*(shown[row[column]] if isinstance(row[column], bool) else str(row[column]) for column in columns))
    out.print(table)


def agrees(name: str) -> bool:
    """Ask the person at the terminal to agree to the licence of the model ``name``, and record a yes; False where nobody can be asked."""
    from .weights.agreements import licence_of, record

    if not (sys.stdin.isatty() and err.is_terminal):
        return False
    licence = licence_of(name)
    err.print(f"\nThe model {name} comes under the {licence.name}.", markup=False)
    err.print(f"{licence.says}\nThe whole text: {licence.url}", markup=False)
    if not typer.confirm("Do you agree to it?", default=False, err=True):
        return False
    record(name)
    return True
