"""Finished stages on disk, keyed by the hash of their inputs: a killed render resumes after its last finished stage."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from .progress import POLL_S, Cancel

CHUNK = 1 << 20
#: How long to wait for another process that makes the same thing, in seconds.
PATIENCE_S = 30.0


def file_hash(path: Path) -> str:
    """sha256 of a file's content, in hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def key(**inputs: Any) -> str:
    """A name for the output of a stage with these inputs (anything JSON can hold): 32 hex digits."""
    text = json.dumps(inputs, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class StageStore:
    """Folders of finished stage outputs: ``root/<stage>/<key>/``. A folder is there only when it is complete.

    Within a ``with`` block no folder that was handed out is removed by `discard`, in this process or another.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held = ExitStack()

    def __enter__(self) -> StageStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def folder(self, stage: str, name: str, make: Callable[[Path], None]) -> tuple[Path, bool]:
        """The folder of a finished stage, and whether it was there already.

        If it is not, ``make(folder)`` fills a temporary folder, which is then renamed; if that raises, nothing remains.
        """
        target = self.root / stage / name
        reused = True
        while not self._hold(target):
            with new_folder(target) as work:
                make(work)
            reused = False
        return target, reused

    def _hold(self, target: Path) -> bool:
        """Keep ``target`` from being removed; False if it is not there."""
        try:
            held = locked(target, fcntl.LOCK_SH)
        except FileNotFoundError:
            return False
        self._held.callback(os.close, held)
        if not _is_at(held, target):  # removed between opening and locking
            return False
        with suppress(PermissionError):  # someone else's cache, which cannot note its last use
            os.utime(held)
        return True


def discard(folder: Path) -> bool:
    """Remove a finished folder at once, seen from outside; False if a render uses it now. One that is not there is no error."""
    try:
        held = locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    try:
        drop(folder)
    finally:
        os.close(held)
    return True


def drop(folder: Path) -> None:
    """Remove a folder at once, seen from outside, whoever uses it: one that is damaged serves nobody."""
    gone = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")  # a name that `remove_abandoned` knows
    with suppress(FileNotFoundError):
        os.replace(folder, gone)
        shutil.rmtree(gone)


class Turns:
    """Lets the renders that want the same thing wait for the one that makes it, be they threads or processes. Thread-safe.

    folder: for the locks of the processes that use one data folder, a file for each first two letters of a name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._locks: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    @contextmanager
    def take(self, name: str, cancel: Cancel) -> Iterator[None]:
        """Hold the turn of ``name``, a `key`, during the block. Raises `Cancelled` while waiting."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        while not lock.acquire(timeout=POLL_S):
            cancel.check()
        try:
            with self._among_processes(name, cancel):
                yield
        finally:
            lock.release()

    @contextmanager
    def _among_processes(self, name: str, cancel: Cancel) -> Iterator[None]:
        """Hold the turn among processes; without it after `PATIENCE_S`, for a process may hang, or where there can be no lock.

        That costs time only: the first of two equal outputs stays.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            held = os.open(self._folder / name[:2], os.O_CREAT | os.O_RDWR, 0o666)
        except OSError:
            yield
            return
        try:
            patient_until = time.monotonic() + PATIENCE_S
            while not _try_lock(held) and time.monotonic() < patient_until:
                cancel.check()
                time.sleep(POLL_S)
            yield
        finally:
            os.close(held)


def _try_lock(descriptor: int) -> bool:
    """Whether the file could be locked; also where the file system knows no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside ``target`` that becomes ``target`` when the block ends, and vanishes if it raises."""
    target.parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(target.parent)
    work, lock = _own_folder(target)
    try:
        yield work
        work.chmod(0o755)  # mkdtemp makes it private; results belong to the user's umask as any other file
        try:
            os.replace(work, target)
        except OSError:
            if not target.is_dir():  # another process finished the same work first: its result is as good
                raise
    finally:
        os.close(lock)
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """The path of a temporary file beside ``target``, which the block writes; it becomes ``target`` when the block ends, and vanishes if
    that raises.

    Its name is nobody else's, so that threads do not get into each other's way, and short, so that it fits wherever ``target``'s does.
    """
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        yield part
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A temporary folder in ``parent`` that vanishes with the block. What killed processes left there goes first."""
    parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(parent)
    work, lock = _own_folder(parent / "scratch")
    try:
        yield work
    finally:
        os.close(lock)
        shutil.rmtree(work, ignore_errors=True)


def _own_folder(target: Path) -> tuple[Path, int]:
    """A new temporary folder and its lock. One that another process took for abandoned before it was locked is given up."""
    while True:
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
        try:
            lock = locked(work, fcntl.LOCK_EX)
        except FileNotFoundError:
            continue
        if _is_at(lock, work):
            return work, lock
        os.close(lock)


def locked(folder: Path, how: int) -> int:
    """A descriptor that holds a lock on the folder, which the system takes back even from a killed process.

    Raises FileNotFoundError, and BlockingIOError if ``how`` says not to wait and another holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_at(descriptor: int, folder: Path) -> bool:
    """Whether the opened folder still has its name."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(folder))
    except FileNotFoundError:
        return False


def remove_abandoned(parent: Path) -> None:
    """Remove the temporary folders that killed processes left in ``parent``."""
    for work in parent.glob(".*-*"):
        with suppress(BlockingIOError, FileNotFoundError):  # in use, or gone meanwhile
            lock = locked(work, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(work, ignore_errors=True)
            os.close(lock)


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a finished, immutable file; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
