"""Jobs of one owner that belong together, such as the rows of a batch.

``DATA/job_sets/<hash of the owner>/<id>.json``, written under a temporary name and renamed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import BadInput
from ..output import clear_errors
from ..settings import Settings
from ..stages import drop, new_file

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Member:
    """One job of a set. output: name of its file for people; job: its id."""

    output: str
    job: str


@dataclass(frozen=True)
class JobSet:
    """id: unguessable. name: what its owner calls it. created: seconds since 1970."""

    id: str
    name: str
    created: float
    members: tuple[Member, ...]


class JobSets:
    """The sets in the data folder; an owner reaches only their own. Many processes may use them at the same time."""

    def __init__(self, where: Settings) -> None:
        self._root = where.data / "job_sets"

    def add(self, owner: str, name: str, members: list[Member]) -> JobSet:
        """Keep a new set. Raises `OutputError` if it cannot be written."""
        made = JobSet(secrets.token_hex(16), name[:200], time.time(), tuple(members))
        folder = self._folder(owner)
        with clear_errors(self._root):
            folder.mkdir(parents=True, exist_ok=True)
            with new_file(folder / f"{made.id}.json") as part:
                part.write_text(json.dumps(asdict(made), ensure_ascii=False), encoding="utf-8")
        return made

    def get(self, id: str, owner: str) -> JobSet:
        """An owner's set. Raises `BadInput` if this owner has none of this id."""
        found = _read(self._folder(owner) / f"{id}.json") if _ID.fullmatch(id) else None
        if found is None:
            raise BadInput(f"There is no batch {id[:80]!r}: it was deleted, or it belongs to someone else.")
        return found

    def list(self, owner: str) -> list[JobSet]:
        """An owner's sets, the newest first."""
        folder = self._folder(owner)
        sets = [_read(path) for path in folder.glob("*.json")] if folder.is_dir() else []
        return sorted((found for found in sets if found), key=lambda found: (-found.created, found.id))

    def delete(self, id: str, owner: str) -> None:
        """Forget a set; its jobs and their videos stay. Raises `BadInput` if this owner has none of this id."""
        with clear_errors(self._root):
            (self._folder(owner) / f"{self.get(id, owner).id}.json").unlink(missing_ok=True)

    def forget(self, owner: str) -> None:
        """Remove all of an owner's sets for good."""
        with clear_errors(self._root):
            drop(self._folder(owner))

    def _folder(self, owner: str) -> Path:
        """A name that cannot lead anywhere else, whatever the owner is called."""
        return self._root / hashlib.sha256(owner.encode()).hexdigest()[:32]


def _read(path: Path) -> JobSet | None:
    """None if there is none or what is left of it cannot be read."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(path.read_bytes())
        return JobSet(kept["id"], kept["name"], float(kept["created"]), tuple(Member(**member) for member in kept["members"]))
    return None
