"""The library: every result that this data folder holds. The folders on disk are the truth; the index only saves reading them."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, OutputError
from ..output import check_output
from ..progress import STAGES
from ..settings import Settings
from ..stages import discard, new_file, remove_abandoned

#: Raised when the rows of the index change.
INDEX_VERSION = 3
DAY_S = 86_400
THUMBNAIL = "thumbnail.jpg"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Result:
    """One finished video.

    id: name of its folder; created: seconds since 1970; duration: seconds; width, height: pixels; size: bytes of all its files;
    stages: the finished stages it was made from ("speech/0a1b..."); text: what is said; fault: what is wrong with it on disk, "" for a
    sound one.
    """

    id: str
    folder: Path
    title: str
    created: float
    duration: float
    width: int
    height: int
    size: int
    stages: list[str]
    text: str = ""
    fault: str = ""

    @property
    def video(self) -> Path:
        """The MP4."""
        return self.folder / "video.mp4"


@dataclass(frozen=True)
class Pruned:
    """What `Library.prune` removed. kept_in_use: stage folders that a running render holds; size: bytes freed."""

    results: int
    stages: int
    kept_in_use: int
    size: int


class Library:
    """The results in ``settings.library``. Many processes may use one library at the same time."""

    def __init__(self, where: Settings) -> None:
        self.root, self._stages, self._index = where.library, where.stages, where.data / "library.json"

    def results(self, search: str = "") -> list[Result]:
        """The results, the newest first. Only folders that changed since the last call, by anyone, are read.

        search: words that must all stand in the title or the text, in any order; case and accents make no difference.
        """
        known = self._read_index()
        rows: dict[str, dict[str, Any]] = {}
        for folder, changed in self._folders():
            row = known.get(folder.name)
            with suppress(FileNotFoundError):  # deleted meanwhile
                rows[folder.name] = row if row and row["changed"] == changed else {"changed": changed, **_describe(folder)}
        if rows != known:
            self._write_index(rows)
        words = _plain(search).split()
        found = [Result(id=name, folder=self.root / name, **_without(row, "changed")) for name, row in rows.items() if _holds(row, words)]
        return sorted(found, key=lambda result: (-result.created, result.id))

    def get(self, id: str) -> Result:
        """The result called ``id``. Raises `BadInput` if there is none."""
        folder = self._folder(id)
        try:
            return Result(id=id, folder=folder, **_describe(folder))
        except FileNotFoundError:  # deleted meanwhile
            raise _no_result(id) from None

    def thumbnail(self, id: str) -> Path:
        """A small JPEG of a result, made when it is first asked for.

        Raises `BadInput` if there is no such result or its video cannot be read, `OutputError` if it cannot be written.
        """
        from .thumbnail import make_thumbnail

        folder = self._folder(id)
        thumbnail = folder / THUMBNAIL
        with _clear_errors(thumbnail):
            if not thumbnail.is_file():
                make_thumbnail(folder / "video.mp4", thumbnail)
        return thumbnail

    def size_of(self, ids: Iterable[str]) -> int:
        """Bytes of the results with these ids; those that are gone take none."""
        wanted = set(ids)
        return sum(result.size for result in self.results() if result.id in wanted)

    def delete(self, id: str) -> None:
        """Remove a result for good, with the finished stages that no other result was made from.

        Raises `BadInput` if there is none, `OutputError` if a process writes in it at this moment or it cannot be removed.
        """
        doomed = self.get(id)
        with _clear_errors(doomed.folder):
            if not discard(doomed.folder):
                raise OutputError(f"The result {id} is in use at this moment: try again.")
            shared = {stage for other in self.results() for stage in other.stages}
            for stage in doomed.stages:
                if stage not in shared:
                    discard(self._stages / stage)

    def prune(self, *, keep_days: float | None = None, max_bytes: float | None = None) -> Pruned:
        """Apply a retention: remove what is older than ``keep_days`` (results: made; stages: last used), then what is over ``max_bytes``.

        Finished stages can be made again, so they go before any result, the longest unused first; then the oldest results go.
        Nothing that a running render uses is removed; what killed ones left is. Raises `BadInput` for a limit that is no number from 0 on.
        """
        if not all(limit is None or limit >= 0 for limit in (keep_days, max_bytes)):  # nor "nan", which nothing is younger than
            raise BadInput("A retention has to be a number from 0 on: give the days to keep, or the bytes that may stay.")
        for folder in (self.root, *_children(self._stages)):
            remove_abandoned(folder)
        items = [*self._stage_items(), *self._result_items()]
        oldest = time.time() - keep_days * DAY_S if keep_days is not None else -1.0
        before = total = _disk_use((self.root, self._stages))
        removed: dict[str, int] = {"result": 0, "stage": 0}
        held = 0
        with _clear_errors(self.root):
            for item in items:
                too_much = max_bytes is not None and total > max_bytes
                if not too_much and item.used >= oldest:
                    continue
                freed = _own_size(item.folder)
                if discard(item.folder):
                    removed[item.kind] += 1
                    total -= freed
                else:
                    held += 1
        return Pruned(removed["result"], removed["stage"], held, before - total)

    def export(self, id: str, target: Path) -> None:
        """Write all files of a result into a zip. Raises `BadInput` if there is no such result, `OutputError` if it cannot be written."""
        folder = self._folder(id)
        check_output(target, ".zip")
        with _clear_errors(target), new_file(target) as part, zipfile.ZipFile(part, "w") as archive:
            for file in sorted(folder.iterdir()):
                packed = file.suffix in {".mp4", ".npz"}
                archive.write(file, f"{id}/{file.name}", zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)

    def _folder(self, id: str) -> Path:
        """The folder of an existing result. Only names as `heygen_studio.stages.key` makes them reach the file system, and no link does."""
        if not _ID.fullmatch(id) or not (self.root / id).is_dir() or (self.root / id).is_symlink():
            raise _no_result(id)
        return self.root / id

    def _folders(self) -> Iterator[tuple[Path, int]]:
        """Folders of results and when each last changed, in nanoseconds."""
        with suppress(FileNotFoundError), os.scandir(self.root) as entries:
            for entry in entries:
                if _ID.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                    with suppress(FileNotFoundError):  # deleted meanwhile
                        yield self.root / entry.name, entry.stat(follow_symlinks=False).st_mtime_ns

    def _result_items(self) -> list[_Item]:
        return sorted((_Item("result", result.folder, result.created) for result in self.results()), key=lambda item: item.used)

    def _stage_items(self) -> list[_Item]:
        items = []
        for folder in (folder for stage in _children(self._stages) for folder in _children(stage)):
            with suppress(FileNotFoundError):  # removed meanwhile
                items.append(_Item("stage", folder, folder.stat().st_mtime))
        return sorted(items, key=lambda item: item.used)

    def _read_index(self) -> dict[str, dict[str, Any]]:
        """The rows by id; none if the index is missing or not ours: it is rebuilt from the folders."""
        try:
            index = json.loads(self._index.read_bytes())
            rows: dict[str, dict[str, Any]] = index["rows"] if index["version"] == INDEX_VERSION else {}
            complete = {"changed", *Result.__dataclass_fields__} - {"id", "folder"}
            return {name: row for name, row in rows.items() if complete == row.keys()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _write_index(self, rows: dict[str, dict[str, Any]]) -> None:
        with suppress(OSError), new_file(self._index) as part:  # a full or read-only disk must not keep anyone from seeing the results
            part.write_text(json.dumps({"version": INDEX_VERSION, "rows": rows}, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True)
class _Item:
    """Something that a retention may remove. used: seconds since 1970."""

    kind: str
    folder: Path
    used: float


def _no_result(id: str) -> BadInput:
    return BadInput(f"There is no result {id[:80]!r} in the library.")


def _describe(folder: Path) -> dict[str, Any]:
    """The fields of a `Result` as its files tell them. Raises FileNotFoundError if the folder has gone."""
    row = {"title": "", "created": folder.stat().st_mtime, "duration": 0.0, "width": 0, "height": 0, "stages": [], "text": "", "fault": ""}
    row["size"] = sum(file.st_size for file in _files(folder))
    try:
        report = json.loads((folder / "report.json").read_bytes())
        request = json.loads((folder / "request.json").read_bytes())
        row["created"] = (folder / "report.json").stat().st_mtime
        row["text"] = str(report["script"]["text"])
        row["title"] = request["title"] or report["script"]["text"].split("\n")[0][:200] or request["prompt"][:200]
        row["duration"] = float(report["duration"])
        row["width"], row["height"] = int(request["width"]), int(request["height"])
        named = [f"{stage}/{made['key']}" for stage, made in report["stages"].items()]  # reports before scenes name no folders
        row["stages"] = [name for name in report.get("folders", named) if _is_stage(str(name))]  # they become paths
        if not (folder / "video.mp4").is_file():
            row["fault"] = "The video file is missing."
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        row["fault"] = f"The report or the request of this result cannot be read ({type(error).__name__})."
    return row


def _is_stage(name: str) -> bool:
    """Whether this is the name of a folder of a finished stage."""
    stage, _, key = name.partition("/")
    return stage in STAGES and stage != "video" and _ID.fullmatch(key) is not None


def _holds(row: dict[str, Any], words: list[str]) -> bool:
    """Whether the title and the text of a row hold all the words."""
    if not words:
        return True
    said = _plain(f"{row['title']} {row['text']}")
    return all(word in said for word in words)


def _plain(text: str) -> str:
    """Text for comparison: without case, accents and widths of letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def _children(folder: Path) -> list[Path]:
    """Visible folders in ``folder``; hidden ones are unfinished."""
    if not folder.is_dir():
        return []
    return [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith(".")]


def _disk_use(roots: Iterable[Path]) -> int:
    """Bytes of all files under ``roots``; a file with several names counts once."""
    sizes: dict[tuple[int, int], int] = {}
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                with suppress(FileNotFoundError):
                    status = os.lstat(os.path.join(folder, name))
                    sizes[status.st_dev, status.st_ino] = status.st_size
    return sum(sizes.values())


def _own_size(folder: Path) -> int:
    """Bytes that removing ``folder`` frees: files that a result shares with a finished stage stay until both are gone."""
    with suppress(FileNotFoundError):  # removed meanwhile
        return sum(file.st_size for file in _files(folder) if file.st_nlink == 1)
    return 0


def _files(folder: Path) -> Iterator[os.stat_result]:
    """What the file system knows of the files in ``folder``; temporary ones come and go meanwhile."""
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            yield file.lstat()


@contextmanager
def _clear_errors(where: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, shutil.Error) as error:
        raise OutputError(f"{where} cannot be written or removed: {getattr(error, 'strerror', None) or error}.") from error


def as_row(result: Result) -> dict[str, Any]:
    """A result as JSON can hold it."""
    return {**asdict(result), "folder": str(result.folder), "video": str(result.video)}
