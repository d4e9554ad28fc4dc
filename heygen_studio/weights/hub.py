"""Model files of Hugging Face hub repositories, kept in the cache under repository and revision, as `from_pretrained` wants them.

A folder that HEYGEN_STUDIO_WEIGHTS names comes first: what lies in it as ``owner/name/file`` is used as it is, even if it is not
the published file, for these are models that people train further. Safetensors and ``weights_only`` loading hold for both.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import WeightsError
from ..progress import POLL_S, Cancel, Event, OnEvent, interruptible
from ..settings import settings
from ..stages import file_hash, locked
from .client import run_client
from .licences import notice, size_of
from .store import known_hash, root, stamp, verify, wrong_hash
from .weight import Hub, HubFile, Weight

#: File names in one sentence.
MOST_NAMES = 4


def fetch(weight: Weight, hub: Hub, on_event: OnEvent, cancel: Cancel) -> Path:
    """The file or folder of ``weight``, downloaded first if need be. See `heygen_studio.weights.fetch`."""
    own = _own_folder(hub)
    if own is not None:
        _note_what_is_not_published(hub, own, on_event, cancel)
        return own / weight.file
    folder = _folder(hub)
    if not _complete(hub, folder):
        on_event(Event("weights", 0, 0, notice(weight)))
        try:
            with _turn(hub, cancel) as work:
                if not _complete(hub, folder):  # another process may have fetched it meanwhile
                    _download(weight, hub, work, on_event, cancel)
        except OSError as error:
            raise WeightsError(f"Could not store {weight.name} in {folder}: {error.strerror or error}.") from error
        on_event(Event("weights", weight.download, weight.download, weight.name))
    for file in hub.files:
        if file.sha256:
            verify(file.path, file.sha256, folder / file.path)
    return folder / weight.file


def local_path(weight: Weight, hub: Hub) -> Path | None:
    """Where the file or folder is on this machine; None if anything of it has to be downloaded."""
    folder = _own_folder(hub) or _folder(hub)
    return folder / weight.file if all((folder / file.path).is_file() for file in hub.files) else None


def _own_folder(hub: Hub) -> Path | None:
    """The repository's folder in the user's folder of weights, if all its files are there."""
    override = settings().weights
    if override is None or not all((override / hub.repository / file.path).is_file() for file in hub.files):
        return None
    return override / hub.repository


def _note_what_is_not_published(hub: Hub, folder: Path, on_event: OnEvent, cancel: Cancel) -> None:
    for file in hub.files:
        path = folder / file.path
        found = known_hash(path)
        if found is None:
            found = _hash(path, cancel)
            stamp(path, found)
            if file.sha256 and found != file.sha256:
                on_event(Event("weights", 0, 0, f"{path} is not the published file of {hub.repository}: your own one is used"))


def _folder(hub: Hub) -> Path:
    return root() / "hub" / hub.repository / hub.revision


def _complete(hub: Hub, folder: Path) -> bool:
    return not _missing(hub, folder)


def _missing(hub: Hub, folder: Path) -> list[HubFile]:
    """The files that are not there; one without a published hash must be as it was when the hub's own hash was checked."""
    return [file for file in hub.files if not (folder / file.path).is_file() or not (file.sha256 or known_hash(folder / file.path))]


@contextmanager
def _turn(hub: Hub, cancel: Cancel) -> Iterator[Path]:
    """The folder into which one process at a time downloads this revision. It stays, with the files that a broken download finished."""
    work = root() / "hub" / ".downloading" / hub.repository / hub.revision
    while True:
        work.mkdir(parents=True, exist_ok=True)
        try:
            lock = locked(work, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except (BlockingIOError, FileNotFoundError):
            cancel.check()
            threading.Event().wait(POLL_S)
    try:
        yield work
    finally:
        os.close(lock)


def _download(weight: Weight, hub: Hub, work: Path, on_event: OnEvent, cancel: Cancel) -> None:
    """Fetch what is missing, verify it, and move it into its place."""
    folder = _folder(hub)
    for rest in work.rglob("*.incomplete"):  # the client begins such a file anew, under another name
        rest.unlink()
    missing = _missing(hub, folder)
    package_root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join([package_root, *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", f"{__package__}.hub_client", hub.repository, hub.revision, str(work)]
    code, output, errors = run_client(
        weight,
        [*command, *(file.path for file in missing)],
        work,
        on_event,
        cancel,
        {"PYTHONPATH": paths, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
    )
    reports = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if code != 0:
        failed = next((report for report in reports if "why" in report), None)
        why = failed["why"] if failed else (errors.strip().splitlines() or ["the client ended without a word"])[-1][:160]
        raise WeightsError(_why_not(weight, hub, failed["file"] if failed else missing[0].path, why))
    hashes = {report["file"]: report["hash"] for report in reports}
    for file in missing:
        found = _checked(file, work / file.path, hashes[file.path], cancel)
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(work / file.path, target)
        stamp(target, found)
    shutil.rmtree(work, ignore_errors=True)


def _checked(file: HubFile, path: Path, reported: str, cancel: Cancel) -> str:
    """The file's sha256. It must be the published one, or else the file must have the hash that the hub reported for it.

    Raises `WeightsError` after removing a file that is wrong.
    """
    found = _hash(path, cancel)
    wanted, has = (file.sha256, found) if file.sha256 else (reported, found if len(reported) == 64 else _git_hash(path))
    if has != wanted:
        path.unlink()
        raise WeightsError(wrong_hash(file.path, "the download", wanted, has))
    return found


def _hash(path: Path, cancel: Cancel) -> str:
    """sha256 of a file that may be large."""
    return interruptible(lambda: file_hash(path), cancel)


def _git_hash(path: Path) -> str:
    """What the hub reports for files that are not in its large file storage: git's SHA-1 of the blob."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _why_not(weight: Weight, hub: Hub, file: str, why: str) -> str:
    return (
        f"Could not fetch {file} of the hub repository {hub.repository} for {weight.name} ({size_of(weight)}, licence: "
        f"{weight.licence}), because {why}: go online once, or copy {_lacking(hub)} from elsewhere to DIR/{hub.repository} and set "
        f"HEYGEN_STUDIO_WEIGHTS=DIR."
    )


def _lacking(hub: Hub) -> str:
    """What the user's own folder does not hold of the repository yet, in words."""
    own = settings().weights
    names = [file.path for file in hub.files if own is None or not (own / hub.repository / file.path).is_file()]
    if len(names) > MOST_NAMES:
        return f"{names[0]} and {len(names) - 1} more of its files (or all of them)"
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])
