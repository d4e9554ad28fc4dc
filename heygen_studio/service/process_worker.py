"""A worker process of `processes.py`: renders what it is sent, one request after the other, with its models loaded once.

    python -m heygen_studio.service.process_worker DESCRIPTOR

DESCRIPTOR: of its end of the connection. The end of standard input, which comes when the process that started it stops it or ends
in whatever way, stops the render within a second, and then this process.
"""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing.connection import Connection

from ..memory import hand_back_large_blocks
from ..progress import Cancel, Cancelled
from ..studio import Studio
from .many import outcome_of
from .news import news_of


def work(connection: Connection, ending: Cancel) -> None:
    """Render until the other end of the connection is closed, or ``ending`` is set."""
    studio = Studio(connection.recv())
    try:
        while True:
            index, request, output = connection.recv()
            for news in news_of(lambda tell: outcome_of(studio, index, request, output, tell, ending)):  # noqa: B023  # ends before the next
                connection.send(news)
    except (EOFError, OSError, Cancelled):  # whoever asked is no longer interested
        ending.cancel()


def _end_with_parent(ending: Cancel) -> None:
    sys.stdin.buffer.read()
    ending.cancel()


def main() -> None:
    hand_back_large_blocks()
    ending = Cancel()
    threading.Thread(target=_end_with_parent, args=(ending,), name="parent", daemon=True).start()
    work(Connection(int(sys.argv[1])), ending)
    os._exit(0)  # what native libraries are still busy with matters to nobody, and their end may take seconds


if __name__ == "__main__":
    main()
