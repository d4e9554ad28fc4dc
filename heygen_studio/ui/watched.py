"""Work that is watched while it goes on, and that stops when nobody watches any more."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from ..errors import StudioError
from ..progress import Cancel, Cancelled, Event, OnEvent
from ..script import Script

T = TypeVar("T")

#: How often news are shown and how soon it is noticed that nobody watches, in seconds.
BEAT_S = 0.15


def watched(work: Callable[[OnEvent, Cancel], T]) -> Generator[list[Event], None, T]:
    """The events of ``work``, many at a time, and at last its result. Leaving the generator cancels the work. Raises what it raises."""
    cancel = Cancel()
    events: queue.Queue[Event] = queue.Queue()
    outcome: list[T | StudioError | Cancelled] = []

    def run() -> None:
        try:
            outcome.append(work(events.put, cancel))
        except (StudioError, Cancelled) as error:
            outcome.append(error)

    # The work knows whose request it belongs to: a lent GPU is counted for that visitor.
    worker = threading.Thread(target=contextvars.copy_context().run, args=(run,), name="watched", daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(BEAT_S)
            yield [events.get() for _ in range(events.qsize())]
    finally:
        cancel.cancel()
    if not outcome:
        raise RuntimeError("the work ended unexpectedly: its error is in the log")
    if isinstance(outcome[0], (StudioError, Cancelled)):
        raise outcome[0]
    return outcome[0]


def drafts(write: Callable[[OnEvent, Cancel], Script]) -> Iterator[Script | str]:
    """The text so far of each draft as it is written, and at last the finished script."""
    draft, text = "", ""
    news = watched(write)
    try:
        while True:
            before = text
            for event in next(news):
                if event.note != draft:  # another attempt begins
                    draft, text = event.note, ""
                text += event.text
            if text and text != before:
                yield text.strip()
    except StopIteration as end:
        script: Script = end.value
    finally:
        news.close()
    yield script
