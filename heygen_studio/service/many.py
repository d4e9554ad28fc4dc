"""Many renders: here in one process, or on a cluster (see `cluster.py`).

Those here run in threads: these share the loaded models and prepared portraits, and most of a render's time is spent where Python's
lock is free (the renderer's compiled loops, OpenCV, ONNX Runtime, ffmpeg's own process). Two threads were as quick as two
processes on two cores, which each needed seconds and a second copy of every model to begin with.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput, StudioError
from ..progress import Cancel, Cancelled, Event
from ..request import VideoRequest
from ..video.video import Video

if TYPE_CHECKING:
    from ..studio import Studio

#: Called with the index of a request and each `Event` of its render.
OnEventOf = Callable[[int, Event], None]
#: Requests with their index and where to put their MP4.
Todo = Iterator[tuple[int, tuple[VideoRequest, Path | None]]]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one request: either ``video`` is there, or ``error`` says in one sentence why not (``field``: of the request).

    index: of the request, from 0.
    """

    index: int
    request: VideoRequest
    video: Video | None = None
    error: str = ""
    field: str = ""


def render_many(
    studio: Studio,
    requests: Iterable[VideoRequest],
    *,
    outputs: Iterable[Path | None] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    on_event: OnEventOf | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Outcome]:
    """Yield the `Outcome` of every request as it finishes; one that fails never stops the others.

    requests: may be endless; at most ``workers`` are taken ahead of what was yielded. outputs: where to put each MP4, in the order of
    the requests. workers, cluster: see `Studio.render_many`. on_event: called by one thread at a time.
    Raises `BadInput` for less than one worker, and `Cancelled`, after the running renders have stopped, once ``cancel`` is set.
    Closing the iterator stops the running renders too.
    """
    if workers is not None and workers < 1:
        raise BadInput(f"{workers} workers cannot do anything: give at least 1.")
    todo = enumerate(zip(requests, outputs or repeat(None), strict=False))
    if cluster is None:
        return _run(studio.render, todo, workers or 1, on_event, cancel or Cancel())
    from .cluster import render_on_cluster

    return render_on_cluster(studio, todo, cluster, workers=workers, on_event=on_event, cancel=cancel or Cancel())


def _run(
    render: Callable[..., Video],
    todo: Todo,
    workers: int,
    on_event: OnEventOf | None,
    cancel: Cancel,
) -> Iterator[Outcome]:
    one_at_a_time = threading.Lock()
    stop = _Either(cancel)

    def work(index: int, request: VideoRequest, output: Path | None) -> Outcome:
        def tell(event: Event) -> None:
            if on_event is not None:
                with one_at_a_time:
                    on_event(index, event)

        try:
            return Outcome(index, request, render(request, output=output, on_event=tell, cancel=stop))
        except Cancelled:
            raise
        except Exception as error:  # a defect that one request meets must not cost the others
            return failed(index, request, error)

    pool = ThreadPoolExecutor(workers, thread_name_prefix="render")
    running: set[Future[Outcome]] = set()
    try:
        while True:
            while len(running) < workers and (next_one := next(todo, None)) is not None:
                index, (request, output) = next_one
                running.add(pool.submit(work, index, request, output))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            cancelled = [future for future in done if isinstance(future.exception(), Cancelled)]
            for future in done.difference(cancelled):
                yield future.result()
            if cancelled:
                raise Cancelled
    finally:
        stop.cancel()
        pool.shutdown(wait=True)


def failed(index: int, request: VideoRequest, error: Exception) -> Outcome:
    """The outcome of a request whose render raised ``error``; what no user can be to blame for is logged too."""
    if isinstance(error, StudioError):
        return Outcome(index, request, error=str(error), field=error.field)
    log.error("the render of request %d failed unexpectedly", index, exc_info=error)
    reason = str(error).strip().split("\n")[-1][:300]
    return Outcome(index, request, error=f"The render failed unexpectedly ({type(error).__name__}: {reason}).")


class _Either(Cancel):
    """A token that is also set when its parent is."""

    def __init__(self, parent: Cancel) -> None:
        super().__init__()
        self._parent = parent

    @property
    def cancelled(self) -> bool:
        return super().cancelled or self._parent.cancelled

    def check(self) -> None:
        """Raise `Cancelled` if either owner asked to stop."""
        self._parent.check()
        super().check()
