"""Many renders here, each in one of some worker processes.

In threads of one process two renders would wait for each other: half of what a render does there needs Python's lock. Workers share
prepared portraits and other finished stages on disk; each loads the models for itself and keeps them.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path

from ..progress import POLL_S, Cancel, Event
from ..request import VideoRequest
from ..settings import Settings, usable_cores
from .many import MOST_DEATHS, OnEventOf, Outcome, Todo, died

#: How long workers may take to stop by themselves, in seconds.
STOP_S = 5.0

log = logging.getLogger(__name__)


@dataclass
class _Job:
    """A request on its way. deaths: workers that died with it."""

    index: int
    request: VideoRequest
    output: Path | None
    deaths: int = 0


class _Process:
    """A worker process."""

    def __init__(self, where: Settings, environment: dict[str, str]) -> None:
        self.connection, theirs = Pipe()
        command = [sys.executable, "-m", f"{__package__}.process_worker", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # ours is for our own results
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C in a terminal reaches only us
        )
        theirs.close()
        with suppress(OSError):
            self.connection.send(where)

    def stop(self) -> None:
        """Tell the process to end what it does."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self.connection.close()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        try:
            return self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()


def render_in_processes(where: Settings, todo: Todo, workers: int, on_event: OnEventOf | None, cancel: Cancel) -> Iterator[Outcome]:
    """`render_many` in up to ``workers`` processes. Events are told while an outcome is waited for."""
    with _Crew(where, workers, on_event, cancel) as crew:
        yield from crew.work(_Job(index, request, output) for index, (request, output) in todo)


class _Crew:
    """The workers of one call, which are started as they are needed. Every worker is free or running."""

    def __init__(self, where: Settings, workers: int, on_event: OnEventOf | None, cancel: Cancel) -> None:
        self._where, self._most, self._on_event, self._cancel = where, workers, on_event, cancel
        share = max(1, usable_cores() // workers)
        # The same program as this one, from wherever it was imported, and nothing that lies in the current folder.
        paths = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
        self._environment = {"OMP_NUM_THREADS": str(share), **os.environ, "PYTHONPATH": paths, "PYTHONSAFEPATH": "1"}
        self._free: list[_Process] = []
        self._running: dict[Connection, tuple[_Process, _Job]] = {}
        self._again: deque[_Job] = deque()

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the running renders and the workers."""
        everyone = [*self._free, *(process for process, _ in self._running.values())]
        for process in everyone:
            process.stop()
        for process in everyone:
            process.wait()

    def work(self, todo: Iterator[_Job]) -> Iterator[Outcome]:
        """Yield the outcome of each job as it finishes; a job is taken when a worker is free for it."""
        while True:
            while len(self._running) < self._most and (job := self._again.popleft() if self._again else next(todo, None)):
                self._start(job)
            if not self._running:
                return
            self._cancel.check()
            for connection in wait(list(self._running), POLL_S):
                assert isinstance(connection, Connection)
                if (outcome := self._went_on(connection)) is not None:
                    yield outcome

    def _start(self, job: _Job) -> None:
        process = self._free.pop() if self._free else _Process(self._where, self._environment)
        self._running[process.connection] = process, job
        with suppress(OSError):  # it died while it had nothing to do, which the next look at it tells
            process.connection.send((job.index, job.request, job.output))

    def _went_on(self, connection: Connection) -> Outcome | None:
        """Tell the next events of a render; or its outcome, if it ended; or queue it again, if its worker died."""
        process, job = self._running[connection]
        try:
            news: list[Event] | Outcome = connection.recv()
        except (EOFError, OSError):
            del self._running[connection]
            return self._lost(process, job)
        if isinstance(news, Outcome):
            del self._running[connection]
            self._free.append(process)
            return news
        if self._on_event is not None:
            for event in news:
                self._on_event(job.index, event)
        return None

    def _lost(self, process: _Process, job: _Job) -> Outcome | None:
        process.stop()
        log.warning("The worker process of request %d died (code %d).", job.index, process.wait())
        job.deaths += 1
        if job.deaths < MOST_DEATHS:
            self._again.append(job)
            return None
        return died(job.index, job.request)
