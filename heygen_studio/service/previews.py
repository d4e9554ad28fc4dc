"""Whose the previews are. They lie among the finished stages, which have no owners; this knows what to hand out and to remove.

``DATA/previews/<hash of the owner>/<name of the preview>.json`` lists the stages that the preview was made from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..output import clear_errors
from ..settings import Settings
from ..stages import discard, drop, new_file
from ..video.video import Video


class Previews:
    """The previews in the data folder. Many processes may use them at the same time."""

    def __init__(self, where: Settings) -> None:
        self._root, self._stages = where.data / "previews", where.stages

    def add(self, owner: str, preview: Video) -> None:
        """Note that ``owner`` saw a preview. Raises `OutputError`."""
        record = self._folder(owner) / f"{preview.folder.name}.json"
        with clear_errors(self._root):
            record.parent.mkdir(parents=True, exist_ok=True)
            with new_file(record) as part:
                part.write_text(json.dumps([str(preview.folder.relative_to(self._stages)), *preview.report["folders"]]), encoding="utf-8")

    def list(self, owner: str) -> list[Path]:
        """The folders of an owner's previews that are still there."""
        folders = [self._stages / "preview" / record.stem for record in sorted(self._folder(owner).glob("*.json"))]
        return [folder for folder in folders if folder.is_dir()]

    def forget(self, owner: str, kept: Iterable[str]) -> None:
        """Remove all of an owner's previews and what they were made from, but not the stages ``kept`` and those of others' previews."""
        with clear_errors(self._root):
            mine = _stages_in(self._folder(owner).glob("*.json"))
            drop(self._folder(owner))
            for stage in mine - set(kept) - _stages_in(self._root.glob("*/*.json")):
                discard(self._stages / stage)

    def _folder(self, owner: str) -> Path:
        """A name that cannot lead anywhere else, whatever the owner is called."""
        return self._root / hashlib.sha256(owner.encode()).hexdigest()[:32]


def _stages_in(records: Iterable[Path]) -> set[str]:
    """The stages that the records list; one that is gone or damaged lists none."""
    stages: set[str] = set()
    for record in records:
        with suppress(OSError, ValueError, TypeError):
            stages.update(json.loads(record.read_bytes()))
    return stages
