"""Where verified model files are kept, and what is known of the files that were verified before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import WeightsError
from ..settings import settings
from ..stages import file_hash, new_file
from .weight import Weight


def root() -> Path:
    """The folder of the downloaded weights."""
    return settings().cache / "weights"


def cached(weight: Weight) -> Path:
    """Where the file of a package is kept: under its hash."""
    return root() / weight.sha256 / weight.file


def verify(file: str, sha256: str, path: Path) -> None:
    """Check the sha256, or that the file is unchanged (size and time) since it was checked before. Raises `WeightsError`."""
    if known_hash(path) == sha256:
        return
    found = file_hash(path)
    if found != sha256:
        raise WeightsError(wrong_hash(file, str(path), sha256, found))
    stamp(path, sha256)


def wrong_hash(file: str, where: str, wanted: str, found: str) -> str:
    """The sentence for a file that is not the one it should be."""
    return (
        f"{file} in {where} is not the file it should be (hash {found[:12]}… instead of {wanted[:12]}…, sha256): "
        f"delete it, and it will be downloaded again."
    )


def known_hash(path: Path) -> str | None:
    """The sha256 that was found when the file was last verified; None if that never was, or if it was changed since."""
    try:
        found: dict[str, Any] = json.loads(_stamp_file(path).read_text(encoding="utf-8"))
        return str(found["sha256"]) if found["file"] == _signature(path) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def stamp(path: Path, sha256: str) -> None:
    """Note that the file has this sha256."""
    note = _stamp_file(path)
    note.parent.mkdir(parents=True, exist_ok=True)
    with new_file(note) as part:
        part.write_text(json.dumps({"sha256": sha256, "file": _signature(path)}), encoding="utf-8")


def derived(path: Path, make: Callable[[], None]) -> Path:
    """A file that ``make`` derives from a verified one: made again if it is missing or was changed since."""
    if known_hash(path) is None:
        make()
        stamp(path, file_hash(path))
    return path


def _stamp_file(path: Path) -> Path:
    place = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]
    return settings().cache / "verified" / f"{place}.json"


def _signature(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
