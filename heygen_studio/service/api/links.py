"""``/api/files``: what a signed link leads to. Whoever has the link may read it until it expires."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from ...errors import BadInput
from .errors import ApiError, NotFound
from .services import Here, Services
from .uploads import content_of
from .videos import file_of
from .views import FILES

router = APIRouter(prefix="/api/files", tags=["Files"])


@router.head("/{kind}/{id}/{name}", include_in_schema=False)
@router.get("/{kind}/{id}/{name}", response_class=FileResponse)
def open_link(
    kind: str,
    id: str,
    name: str,
    here: Here,
    owner: Annotated[str, Query(max_length=200)],
    expires: Annotated[int, Query(ge=0, lt=2**40)],
    signature: Annotated[str, Query(max_length=200)],
) -> FileResponse:
    """The file behind a link that the API gave out."""
    if not here.secret.opens(f"{kind}/{id}/{name}", owner, expires, signature):
        raise ApiError(403, "This link is wrong or has expired: ask the API for a new one.")
    found = _find(kind, id, name, owner, here)
    if found is None:
        raise NotFound("What this link leads to was removed.")
    return found


def _find(kind: str, id: str, name: str, owner: str, here: Services) -> FileResponse | None:
    with suppress(BadInput):
        if kind == "uploads":
            return content_of(here.uploads.get(id, owner), name)
        if kind == "videos" and name in FILES.values():
            return file_of(here.jobs.get(id), name, here)
    return None
