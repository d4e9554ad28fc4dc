"""Stages of a stream that work at the same time: while one is on the GPU, the next frame is decoded and the last one encoded."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from ...progress import POLL_S, Cancel

T = TypeVar("T")

_END: Any = object()


def ahead(items: Iterable[T], waiting: int, cancel: Cancel) -> Iterator[T]:
    """The same items, made in a thread of their own, up to ``waiting`` in advance. What making them raises is raised here.

    A caller that stops early, and one whose ``cancel`` is set, does not wait for the item that is being made.
    """
    made: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue(waiting)
    stopped = threading.Event()

    def put(item: Any, error: BaseException | None = None) -> bool:
        while not stopped.is_set():
            try:
                made.put((item, error), timeout=POLL_S)
                return True
            except queue.Full:
                continue
        return False

    def run() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as error:  # handed to the caller's thread
            put(_END, error)
        else:
            put(_END)
        finally:
            close = getattr(items, "close", None)
            if close:
                close()

    threading.Thread(target=run, name="ahead", daemon=True).start()
    try:
        while True:
            cancel.check()
            try:
                item, error = made.get(timeout=POLL_S)
            except queue.Empty:
                continue
            if error is not None:
                raise error
            if item is _END:
                return
            yield item
    finally:
        stopped.set()
