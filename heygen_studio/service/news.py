"""A render in a thread of its own, told to whoever waits for it in another process: what happens, and at last what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from ..progress import Event, OnEvent

#: Between two reports of a render's progress, in seconds.
PACE_S = 0.2

T = TypeVar("T")


def news_of(work: Callable[[OnEvent], T]) -> Iterator[list[Event] | T]:
    """Run ``work``, which tells its events to the listener that it gets; yield these every `PACE_S`, and at last the result.

    Raises what ``work`` raises. Closing the iterator waits for the end of ``work``, which only a cancel token hastens.
    """
    events = _Events()
    ended: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            ended.append(work(events.add))
        except BaseException as error:  # handed to the caller's thread below
            failed.append(error)

    thread = threading.Thread(target=run, name="render")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(PACE_S)
            if batch := events.take():
                yield batch
    finally:
        thread.join()
    if failed:
        raise failed[0]
    yield ended[0]


class _Events:
    """Events that wait to be told. Of those that only move one stage on, the latest says it all."""

    def __init__(self) -> None:
        self._waiting: list[Event] = []
        self._guard = threading.Lock()

    def add(self, event: Event) -> None:
        with self._guard:
            if self._waiting and self._waiting[-1].stage == event.stage and not self._waiting[-1].text:
                self._waiting.pop()
            self._waiting.append(event)

    def take(self) -> list[Event]:
        with self._guard:
            taken, self._waiting = self._waiting, []
        return taken
