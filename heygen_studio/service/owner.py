"""All that is kept of one owner: export and delete."""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..output import check_output, clear_errors
from ..settings import Settings
from ..stages import new_file
from .job_sets import JobSets
from .jobs import Jobs
from .library import Library
from .previews import Previews
from .uploads import Uploads

#: Files of these kinds are packed already.
_PACKED = frozenset({".mp4", ".npz", ".jpg", ".png", ".webp", ".webm", ".mp3", ".m4a"})


def delete_owner(owner: str, where: Settings, jobs: Jobs, library: Library, uploads: Uploads) -> int:
    """Delete an owner's results, previews, uploads, jobs and sets of jobs for good, and return the number of jobs.

    What another owner asked for as well stays theirs.
    Stages that a failed or cancelled job finished are not told apart by owner: they go with `Library.prune`.
    Raises `BadInput` while one of the jobs is rendered.
    """
    for job in jobs.find(owner, state="queued", limit=-1):
        jobs.cancel(job.id)
    if jobs.find(owner, state="running", limit=1):
        raise BadInput(f"A job of {owner or 'this owner'} is being rendered: cancel it first.")
    for id in jobs.results_of(owner):
        with suppress(BadInput):  # deleted before
            library.delete(id)
    Previews(where).forget(owner, kept=(stage for result in library.results() for stage in result.stages))
    uploads.forget(owner)
    JobSets(where).forget(owner)
    return jobs.forget(owner)


def export_owner(owner: str, target: Path, where: Settings, jobs: Jobs, uploads: Uploads) -> None:
    """Write all that is kept of an owner into a zip: ``jobs.json``, ``results/<id>/``, ``previews/<id>/`` and ``uploads/<id>/``.

    Paths in it are those within the zip. Raises `OutputError` if it cannot be written; nothing remains then.
    """
    check_output(target, ".zip")
    with clear_errors(where.data), new_file(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        own = uploads.list(owner)
        places = {str(upload.file): f"uploads/{upload.id}/{upload.file.name}" for upload in own}
        for upload in own:
            _add(archive, upload.file.parent, f"uploads/{upload.id}", places)
        kept = jobs.find(owner, limit=-1)
        for id in dict.fromkeys(job.result for job in kept if job.result):
            _add(archive, where.library / id, f"results/{id}", places)
        for preview in Previews(where).list(owner):
            _add(archive, preview, f"previews/{preview.name}", places)
        rows = [{**vars(job), "asked": _with_places(json.loads(job.asked), places)} for job in kept]
        archive.writestr("jobs.json", json.dumps(rows, ensure_ascii=False, indent=1))


def _add(archive: zipfile.ZipFile, folder: Path, name: str, places: dict[str, str]) -> None:
    """All files of a folder; one that was deleted is not there."""
    for file in sorted(folder.glob("*")):
        if file.name == "request.json":
            archive.writestr(f"{name}/{file.name}", json.dumps(_with_places(json.loads(file.read_bytes()), places), ensure_ascii=False))
            continue
        archive.write(file, f"{name}/{file.name}", zipfile.ZIP_STORED if file.suffix in _PACKED else zipfile.ZIP_DEFLATED)


def _with_places(value: Any, places: dict[str, str]) -> Any:
    """The same JSON with the paths of this machine replaced."""
    if isinstance(value, dict):
        return {key: _with_places(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_places(item, places) for item in value]
    return places.get(value, value) if isinstance(value, str) else value
