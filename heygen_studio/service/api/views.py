"""Jobs and uploads as clients see them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from pydantic import BaseModel

from ...errors import BadInput
from ..jobs import Job, State
from ..library import Result
from ..uploads import Kind, Upload
from .errors import NotFound, without_places
from .orders import asked_for
from .services import Caller, Services

#: Files of a finished video: their names here and in the folder of the result.
FILES = {"video": "video.mp4", "srt": "captions.srt", "vtt": "captions.vtt", "wav": "speech.wav", "thumbnail": "thumbnail.jpg"}
MEDIA_TYPES = {".mp4": "video/mp4", ".srt": "application/x-subrip", ".vtt": "text/vtt", ".wav": "audio/wav", ".jpg": "image/jpeg"}


class Problem(BaseModel):
    """Why a video could not be made."""

    message: str
    field: str | None


class VideoView(BaseModel):
    """A video that was asked for. state: "done" has links to its files, which anyone can open for seven days, unless they were removed
    since (``removed``). stage, fraction (0 to 1) and note: how far it is. created, finished: seconds since 1970. duration: seconds."""

    id: str
    state: State
    title: str
    created: float
    finished: float | None
    stage: str
    fraction: float
    note: str
    error: Problem | None
    duration: float | None
    links: dict[str, str] | None
    removed: bool
    request: dict[str, Any]


class UploadView(BaseModel):
    """A file that was uploaded; its id stands for it in videos. notes: what will look worse than it could."""

    id: str
    kind: Kind
    name: str
    media_type: str
    size: int
    sha256: str
    created: float
    consent: str
    width: int
    height: int
    duration: float
    notes: list[str]
    links: dict[str, str]


def own_job(id: str, here: Services, who: Caller) -> Job:
    """A job of the caller's. Raises `NotFound`, also for one of somebody else's."""
    with suppress(BadInput):
        job = here.jobs.get(id)
        if job.owner == who.owner:
            return job
    raise NotFound(f"There is no video {id[:80]!r}.")


def own_upload(id: str, here: Services, who: Caller) -> Upload:
    """An upload of the caller's. Raises `NotFound`."""
    try:
        return here.uploads.get(id, who.owner)
    except BadInput as error:
        raise NotFound(str(error)) from None


def result_of(job: Job, here: Services) -> Result | None:
    """The result of a finished job; None if there is none or it was removed."""
    if job.result is None:
        return None
    with suppress(BadInput):
        result = here.library.get(job.result)
        return None if result.fault else result
    return None


def link(job: Job, name: str, here: Services, who: Caller) -> str:
    """An address of a file of a finished job that anyone can open for a while."""
    return here.secret.link(who.base, f"videos/{job.id}/{FILES[name]}", job.owner)


def video_view(job: Job, here: Services, who: Caller) -> dict[str, Any]:
    """A `VideoView`."""
    result = result_of(job, here) if job.state == "done" else None
    asked = asked_for(job.asked, here)
    return {
        "id": job.id,
        "state": job.state,
        "title": result.title if result else asked.get("title", ""),
        "created": job.created,
        "finished": job.finished,
        "stage": job.stage,
        "fraction": job.fraction,
        "note": job.note,
        "error": {"message": without_places(job.error, here.settings), "field": job.field or None} if job.state == "failed" else None,
        "duration": result.duration if result else None,
        "links": {name: link(job, name, here, who) for name in FILES} if result else None,
        "removed": job.state == "done" and result is None,
        "request": asked,
    }


def title_of(asked: str) -> str:
    """The title of a job that may not be finished."""
    return str(json.loads(asked).get("title") or "")


def upload_link(upload: Upload, name: str, here: Services, who: Caller) -> str:
    """An address of an upload's ``content`` or ``preview`` that anyone can open for a while."""
    return here.secret.link(who.base, f"uploads/{upload.id}/{name}", who.owner)


def upload_view(upload: Upload, here: Services, who: Caller) -> dict[str, Any]:
    """An `UploadView`."""
    names = ("content", "preview") if upload.preview else ("content",)
    view = {name: getattr(upload, name) for name in UploadView.model_fields if name != "links"}
    return {**view, "links": {name: upload_link(upload, name, here, who) for name in names}}
