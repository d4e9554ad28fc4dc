"""Which workers run: each holds a lock that the system takes away when the worker ends in whatever way."""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path

from ..settings import Settings


class WorkerLock:
    """A worker's sign of life: a locked file, which the system unlocks when the process ends in whatever way."""

    def __init__(self, where: Settings) -> None:
        self.name = uuid.uuid4().hex
        self._folder = where.data / "workers"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = self._folder / f"{self.name}.lock"
        unlocked = self._path.with_suffix(".new")  # whoever found an unlocked file under its name would take this worker for dead
        self._descriptor = os.open(unlocked, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o644)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        os.rename(unlocked, self._path)

    def release(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def is_alive(folder: Path, worker: str) -> bool:
    """Whether the worker of this name still runs; what a dead one left is removed."""
    path = folder / f"{worker}.lock"
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)


def workers_alive(where: Settings) -> int:
    """How many workers of this data folder run at this moment."""
    folder = where.data / "workers"
    return sum(is_alive(folder, path.stem) for path in folder.glob("*.lock"))
