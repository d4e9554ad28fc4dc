"""A script as it is being written: words that stream in, and a writer that stops when nobody listens any more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from ..errors import StudioError
from ..progress import Cancel, Cancelled, Event, OnEvent
from ..script import Script

#: How often words are shown and how soon a stopped writer is noticed, in seconds.
BEAT_S = 0.15


def stream(write: Callable[[OnEvent, Cancel], Script]) -> Iterator[str]:
    """The text so far of each draft, and at last the finished script. Leaving the iterator stops the writer.

    write: writes the script, telling its words as `Event`s. Raises what it raises.
    """
    cancel = Cancel()
    events: queue.Queue[Event] = queue.Queue()
    outcome: list[Script | StudioError] = []

    def run() -> None:
        try:
            outcome.append(write(events.put, cancel))
        except StudioError as error:
            outcome.append(error)
        except Cancelled:
            return

    writer = threading.Thread(target=run, name="draft", daemon=True)
    writer.start()
    try:
        draft, text = "", ""
        while writer.is_alive():
            writer.join(BEAT_S)
            before = text
            while not events.empty():
                event = events.get()
                if event.note != draft:  # another attempt begins
                    draft, text = event.note, ""
                text += event.text
            if text and text != before:
                yield text.strip()
    finally:
        cancel.cancel()
    if isinstance(outcome[0], StudioError):
        raise outcome[0]
    yield outcome[0].text
