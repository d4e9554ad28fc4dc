"""Worker processes beside the web app; one that dies is started again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..settings import Settings

#: How often the workers are looked after, and how long one may take to park its job at the end, in seconds.
LOOK_S, PARK_S = 2.0, 10.0


@contextmanager
def workers(where: Settings, count: int) -> Iterator[None]:
    """Keep ``count`` workers of this data folder running during the block; at its end they park their jobs."""
    running = [_start(where) for _ in range(count)]
    ending = threading.Event()

    def look_after() -> None:
        while not ending.wait(LOOK_S):
            for index, process in enumerate(running):
                if process.poll() is not None:
                    running[index] = _start(where)

    keeper = threading.Thread(target=look_after, name="workers", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(PARK_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _start(where: Settings) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(where.data), "HEYGEN_STUDIO_CACHE": str(where.cache)}
    return subprocess.Popen([sys.executable, "-m", "heygen_studio", "worker"], env=environment)
