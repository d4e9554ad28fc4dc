"""Progress and cancelling, shared by every stage."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

Stage = Literal["weights", "script", "speech", "portrait", "motion", "video"]

#: The stages of a render in the order in which the data flows.
STAGES: tuple[Stage, ...] = ("script", "speech", "portrait", "motion", "video")

#: How often a waiting thread looks at the cancel token, in seconds.
POLL_S = 0.05

T = TypeVar("T")


@dataclass(frozen=True)
class Event:
    """One step of progress: ``done`` of ``total`` units of ``stage`` are finished.

    ``total`` is 0 while it is unknown. ``text`` carries streamed words of the script.
    """

    stage: Stage
    done: float
    total: float
    note: str = ""
    text: str = ""

    @property
    def fraction(self) -> float:
        """Finished part of the stage, 0 to 1 (0 while the total is unknown)."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else 0.0


OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener of a caller who wants no progress."""


class Cancelled(Exception):
    """The work was cancelled by its owner. Not an error: nothing was wrong with the request."""


class Cancel:
    """A token that the owner of a job sets and that every stage looks at.

    Thread-safe. One token serves one render.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for the work to stop; it stops within a second."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the owner asked to stop."""
        if self._event.is_set():
            raise Cancelled


def interruptible(work: Callable[[], T], cancel: Cancel, meanwhile: Callable[[], None] | None = None) -> T:
    """Run ``work()`` in a thread and return its result, or raise `Cancelled` as soon as the token is set.

    For calls into native code that cannot be stopped (loading a model, one network forward). On cancel the
    thread is left to finish by itself and its result is dropped, so ``work`` must not write anything that others see.
    meanwhile: called in this thread every now and then, and once at the end: to tell how far the work is.
    """
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # handed to the caller's thread below
            failure.append(error)

    cancel.check()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(POLL_S)
        cancel.check()
        if meanwhile and thread.is_alive():
            meanwhile()
    if meanwhile:
        meanwhile()
    if failure:
        raise failure[0]
    return result[0]
