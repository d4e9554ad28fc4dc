"""One render on its way: what its stages share, and how each of them is made once and kept."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from .errors import BadInput
from .progress import Cancel, Event, OnEvent
from .settings import Settings
from .stages import StageStore, Turns, drop, key

#: Raised when a stage's output would change for the same inputs, so that older outputs are not taken for new ones.
VERSION = 28

#: What loading a damaged output raises: unreadable, incomplete, no JSON, no archive, or no portrait.
DAMAGED = (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, BadInput)

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """An output of a stage: its key, its folder, whether it was made before, and the seconds it took now."""

    stage: str
    key: str
    folder: Path
    reused: bool
    seconds: float


@dataclass(frozen=True)
class Run:
    """What all stages of a render share. made: every output that the render made or reused, in order."""

    settings: Settings
    store: StageStore
    turns: Turns
    cancel: Cancel
    made: list[Made] = field(default_factory=list)

    def stage(
        self, stage: str, inputs: dict[str, Any], make: Callable[[Path], None], load: Callable[[Path], T], on_event: OnEvent
    ) -> tuple[T, Made]:
        """The stage's output, loaded from its folder, which ``make(folder)`` filled now or before.

        An output of before that cannot be loaded, because the disk or a program damaged it, is made again.
        """
        self.cancel.check()
        started = time.perf_counter()
        name = key(version=VERSION, **inputs)
        with self.turns.take(name, self.cancel):  # renders that share a portrait prepare it once
            folder, reused = self.store.folder(stage, name, make)
            try:
                output = load(folder)
            except DAMAGED:
                if not reused:
                    raise
                drop(folder)
                folder, reused = self.store.folder(stage, name, make)
                output = load(folder)
        made = Made(stage, name, folder, reused, time.perf_counter() - started)
        self.made.append(made)
        on_event(Event(stage, 1, 1, "finished before" if reused else ""))  # type: ignore[arg-type]
        return output, made


def save(kind: Any, value: Any, path: Path) -> None:
    """Write a value as JSON."""
    path.write_bytes(TypeAdapter(kind).dump_json(value, indent=1))


def load(kind: type[T], path: Path) -> T:
    """A value that `save` wrote. Raises ValueError if the file holds something else."""
    return TypeAdapter(kind).validate_json(path.read_bytes())
