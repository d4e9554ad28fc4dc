"""A batch: the rows of a file become videos in a folder, with a report of every row."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ..errors import BadInput, OutputError
from ..progress import Cancel, Cancelled, Event
from ..request import VideoRequest
from ..run import VERSION
from ..stages import file_hash, key, locked, new_file
from ..studio import Studio
from .files import files_of
from .rows import Row

#: The report, and the journal of finished rows by which ``resume`` knows them, in the folder of the videos.
REPORT, JOURNAL = "batch.json", "batch.jsonl"

State = Literal["done", "skipped", "failed", "refused", "not run"]


@dataclass(frozen=True)
class RowReport:
    """What became of a row. refused: it could not be used; failed: its render failed; skipped: done by an earlier run; not run: cancelled.

    row: number from 1; duration: of the video in seconds; seconds: from the start of the batch until the row was done.
    """

    row: int
    output: str
    state: State
    field: str = ""
    error: str = ""
    duration: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class BatchReport:
    """What became of all rows, in their order."""

    rows: tuple[RowReport, ...]
    seconds: float

    def count(self, state: State) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def exit_code(self) -> int:
        """0: all rows have their video; 1: some have not; 2: no row could be used."""
        if all(row.state == "refused" for row in self.rows):
            return 2
        return 0 if all(row.state in ("done", "skipped") for row in self.rows) else 1

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        states: tuple[State, ...] = ("done", "skipped", "failed", "refused", "not run")
        counts = {state.replace(" ", "_"): self.count(state) for state in states}
        return {**counts, "seconds": round(self.seconds, 3), "rows": [asdict(row) for row in self.rows]}


def run_batch(
    studio: Studio,
    rows: list[Row],
    folder: Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    strict: bool = False,
    on_event: Callable[[int, Event], None] | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    cancel: Cancel | None = None,
) -> BatchReport:
    """Render the rows (see `read_rows`) into ``folder`` and write `REPORT` there. workers, cluster: see `Studio.render_many`.

    resume: skip the rows whose output an earlier run made from the same request. strict: render nothing if any row is refused.
    on_event: called with a row's number and each `Event`; on_row: with the report of each row, refused ones first.
    A cancelled batch returns too; what was not rendered is "not run". Raises `BadInput` (strict), `OutputError`.
    """
    refused = [row for row in rows if row.request is None]
    if strict and refused:
        first = refused[0]
        where = f", {first.field}" if first.field else ""
        raise BadInput(
            f"{len(refused)} of {len(rows)} rows cannot be used and nothing was rendered; row {first.number}{where}: {first.error}"
        )
    with _Batch(folder, rows, studio.settings.writer, on_row) as batch:
        for row in refused:
            batch.note(RowReport(row.number, row.output, "refused", row.field, row.error))
        todo: list[tuple[Row, VideoRequest]] = []
        for row in rows:
            if row.request is not None:
                if resume and (before := batch.finished_before(row, row.request)):
                    batch.note(before)
                else:
                    todo.append((row, row.request))
        outcomes = studio.render_many(
            [request for _, request in todo],
            outputs=[folder / row.output for row, _ in todo],
            workers=workers,
            cluster=cluster,
            on_event=(lambda index, event: on_event(todo[index][0].number, event)) if on_event else None,
            cancel=cancel,
        )
        with suppress(Cancelled):  # the report says which rows were not run
            for outcome in outcomes:
                row = todo[outcome.index][0]
                seconds = round(time.monotonic() - batch.started, 3)
                report = RowReport(row.number, row.output, "failed", outcome.field, outcome.error, seconds=seconds)
                if outcome.video is not None:
                    report = replace(report, state="done", duration=outcome.video.duration)
                    batch.remember(row, outcome.request, report)
                batch.note(report)
        return batch.finish()


class _Batch:
    """The folder of a running batch."""

    def __init__(self, folder: Path, rows: list[Row], writer: str, on_row: Callable[[RowReport], None] | None) -> None:
        self.folder, self.rows, self.started = folder, rows, time.monotonic()
        self._writer, self._on_row = writer, on_row
        self._reports: dict[int, RowReport] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for part in folder.glob(".*.part"):  # a killed run was copying these
                part.unlink()
            self._journal = self._read_journal()
        except BlockingIOError as error:
            raise OutputError(f"Another batch is writing into the folder {folder}: wait for it or choose another.") from error
        except OSError as error:
            raise OutputError(f"The folder {folder} of the batch cannot be used ({error.strerror}): choose another.") from error

    def __enter__(self) -> _Batch:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def note(self, report: RowReport) -> None:
        self._reports[report.row] = report
        if self._on_row is not None:
            self._on_row(report)

    def finished_before(self, row: Row, request: VideoRequest) -> RowReport | None:
        """The report of the run that made the row's output from the same request, if the file is still the one it made."""
        entry = self._journal.get(row.output)
        if (
            entry is None
            or entry.get("request") != fingerprint(request, self._writer)
            or entry.get("size") != _size(self.folder / row.output)
        ):
            return None
        return RowReport(row.number, row.output, "skipped", duration=float(entry.get("duration", 0)))

    def remember(self, row: Row, request: VideoRequest, report: RowReport) -> None:
        """Add a finished row to the journal, one line that is written at once."""
        entry = {
            "output": row.output,
            "request": fingerprint(request, self._writer),
            "size": _size(self.folder / row.output),
            "duration": report.duration,
        }
        with _writing(self.folder / JOURNAL), open(self.folder / JOURNAL, "a", encoding="utf-8") as journal:
            journal.write("\n" + json.dumps(entry))  # the line end comes first: it ends a line that a killed run left unfinished

    def finish(self) -> BatchReport:
        reports = tuple(self._reports.get(row.number) or RowReport(row.number, row.output, "not run") for row in self.rows)
        report = BatchReport(reports, time.monotonic() - self.started)
        with _writing(self.folder / REPORT), new_file(self.folder / REPORT) as part:
            part.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
        return report

    def _read_journal(self) -> dict[str, dict[str, Any]]:
        """The last entry of each output; a line that a killed run left unfinished does not count."""
        path = self.folder / JOURNAL
        if not path.exists():
            return {}
        entries: dict[str, dict[str, Any]] = {}
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
                entries[entry["output"]] = entry
            except (ValueError, KeyError, TypeError):
                continue
        return entries


def fingerprint(request: VideoRequest, writer: str) -> str:
    """A hash of everything that decides what the video looks like, the content of the photo and the recording included.

    writer: the script engine where the request names none.
    """
    request = request.model_copy(update={"writer": request.writer or writer})
    files = [file_hash(path) for path in files_of(request)]
    return key(version=VERSION, request=request.model_dump(mode="json"), files=files)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}): make room, and run again with --resume.") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
