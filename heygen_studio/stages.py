"""Finished stages on disk, keyed by the hash of their inputs: a killed render resumes after its last finished stage."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CHUNK = 1 << 20


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
    """Folders of finished stage outputs: ``root/<stage>/<key>/``. A folder is there only when it is complete."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, stage: str, name: str, make: Callable[[Path], None]) -> tuple[Path, bool]:
        """The folder of a finished stage, and whether it was there already.

        If it is not, ``make(folder)`` fills a temporary folder, which is then renamed; if that raises, nothing remains.
        """
        target = self.root / stage / name
        if target.is_dir():
            return target, True
        with new_folder(target) as work:
            make(work)
        return target, False


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A temporary folder beside ``target`` that becomes ``target`` when the block ends, and vanishes if it raises."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target.parent)
    work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        with _in_use(work):
            yield work
        work.chmod(0o755)  # mkdtemp makes it private; results belong to the user's umask as any other file
        try:
            os.replace(work, target)
        except OSError:
            if not target.is_dir():  # another process finished the same work first: its result is as good
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _in_use(work: Path) -> Iterator[None]:
    """Hold a lock on the folder, which the system takes back even from a killed process. Raises BlockingIOError if it is held."""
    descriptor = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_abandoned(parent: Path) -> None:
    """Remove the temporary folders that killed processes left in ``parent``."""
    for work in parent.glob(".*-*"):
        with suppress(BlockingIOError, FileNotFoundError), _in_use(work):  # in use, or gone meanwhile
            shutil.rmtree(work, ignore_errors=True)


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a finished, immutable file; a copy where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
