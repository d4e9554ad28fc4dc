"""``/api/uploads``: photos, recordings, pictures and videos that clients bring along."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from ...output import clear_errors
from ..uploads import CONSENT, Kind, Upload
from .fetch import download
from .services import Caller, Here, Services, Who, raw_body
from .views import UploadView, own_upload, upload_view

router = APIRouter(prefix="/api/uploads", tags=["Uploads"])
UploadId = Annotated[str, PathParameter(description="The id that the file got when it was uploaded.")]
_CONSENT = f'Who agreed to the use of the face or voice, such as "{CONSENT}" Not needed for an image.'
_KIND = "photo: a face that can speak; image: any picture; audio; video. Absent: as the content says."
#: A downloaded file up to this size stays in memory.
_IN_MEMORY = 1 << 20


class UploadFromUrl(BaseModel):
    """A file to fetch."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2000)
    kind: Kind | None = Field(None, description=_KIND)
    consent: str = Field("", max_length=2000, description=_CONSENT)
    name: str = Field("", max_length=200)


@router.post("", status_code=201, response_model=UploadView)
def upload_file(
    here: Here,
    who: Who,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Kind | None, Form(description=_KIND)] = None,
    consent: Annotated[str, Form(max_length=2000, description=_CONSENT)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
) -> dict[str, Any]:
    """Upload a file as multipart/form-data. A photo is tried at once: one whose face cannot speak is refused."""
    kept = here.uploads.add(file.file, owner=who.owner, name=name or file.filename or "", consent=consent, kind=kind)
    return upload_view(kept, here, who)


@router.post("/from-url", status_code=201, response_model=UploadView, dependencies=[Depends(raw_body)])
def upload_from_url(order: UploadFromUrl, here: Here, who: Who) -> dict[str, Any]:
    """Fetch a file from a public address."""
    return upload_view(fetch(order.url, here, who, kind=order.kind, consent=order.consent, name=order.name, field="url"), here, who)


@router.get("", response_model=list[UploadView])
def list_uploads(here: Here, who: Who, kind: Annotated[Kind | None, Query()] = None) -> list[dict[str, Any]]:
    """Your uploads, the newest first."""
    return [upload_view(upload, here, who) for upload in here.uploads.list(who.owner, kind)]


@router.get("/{id}", response_model=UploadView)
def get_upload(id: UploadId, here: Here, who: Who) -> dict[str, Any]:
    """One of your uploads."""
    return upload_view(own_upload(id, here, who), here, who)


@router.delete("/{id}", status_code=204)
def delete_upload(id: UploadId, here: Here, who: Who) -> Response:
    """Remove an upload for good. A video that waits for it will fail."""
    here.uploads.delete(own_upload(id, here, who).id, who.owner)
    return Response(status_code=204)


def fetch(url: str, here: Services, who: Caller, *, kind: Kind | None, consent: str, field: str, name: str = "") -> Upload:
    """Keep what is at an address as an upload. Raises `BadInput` with the field."""
    with clear_errors(Path(tempfile.gettempdir())), tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        download(url, file, most=int(here.settings.upload_mb * 1e6), private=here.settings.private_urls, field=field)  # type: ignore[arg-type]
        file.seek(0)
        name = name or unquote(urlsplit(url).path).rpartition("/")[2]
        return here.uploads.add(file, owner=who.owner, name=name, consent=consent, kind=kind)  # type: ignore[arg-type]


def content_of(upload: Upload, name: str) -> FileResponse | None:
    """The ``content`` or ``preview`` of an upload, to be saved rather than shown if it is no picture, sound or video."""
    path = upload.preview if name == "preview" else upload.file if name == "content" else None
    if path is None:
        return None
    media_type = "image/jpeg" if name == "preview" else upload.media_type
    return FileResponse(path, media_type=media_type, filename=path.name, content_disposition_type="inline")
