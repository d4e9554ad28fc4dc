"""Many renders: here, one after the other or in some processes (see `processes.py`), or on a cluster (see `cluster.py`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput, StudioError
from ..progress import Cancel, Cancelled, Event, OnEvent, ignore
from ..request import VideoRequest
from ..video.video import Video

if TYPE_CHECKING:
    from ..studio import Studio

#: Called with the index of a request and each `Event` of its render.
OnEventOf = Callable[[int, Event], None]
#: Requests with their index and where to put their MP4.
Todo = Iterator[tuple[int, tuple[VideoRequest, Path | None]]]

#: A request whose worker died this often is given up: it may be what kills them.
MOST_DEATHS = 3

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
    cancel = cancel or Cancel()
    if cluster is not None:
        from .cluster import render_on_cluster

        return render_on_cluster(studio, todo, cluster, workers=workers, on_event=on_event, cancel=cancel)
    if workers is None or workers == 1:
        return _one_by_one(studio, todo, on_event, cancel)
    from .processes import render_in_processes

    return render_in_processes(studio.settings, todo, workers, on_event, cancel)


def _one_by_one(studio: Studio, todo: Todo, on_event: OnEventOf | None, cancel: Cancel) -> Iterator[Outcome]:
    """Render in this thread, with the models that this process has loaded."""
    for index, (request, output) in todo:
        tell = ignore if on_event is None else partial(on_event, index)
        yield outcome_of(studio, index, request, output, tell, cancel)


def outcome_of(studio: Studio, index: int, request: VideoRequest, output: Path | None, on_event: OnEvent, cancel: Cancel) -> Outcome:
    """Render one of many requests. Raises `Cancelled` only."""
    try:
        return Outcome(index, request, studio.render(request, output=output, on_event=on_event, cancel=cancel))
    except Cancelled:
        raise
    except Exception as error:  # a defect that one request meets must not cost the others
        return failed(index, request, error)


def failed(index: int, request: VideoRequest, error: Exception) -> Outcome:
    """The outcome of a request whose render raised ``error``; what no user can be to blame for is logged too."""
    if isinstance(error, StudioError):
        return Outcome(index, request, error=str(error), field=error.field)
    log.error("the render of request %d failed unexpectedly", index, exc_info=error)
    reason = str(error).strip().split("\n")[-1][:300]
    return Outcome(index, request, error=f"The render failed unexpectedly ({type(error).__name__}: {reason}).")


def died(index: int, request: VideoRequest) -> Outcome:
    """The outcome of a request with which too many workers ended."""
    return Outcome(
        index, request, error=f"The program that made this video died {MOST_DEATHS} times: there may be too little memory for it."
    )
