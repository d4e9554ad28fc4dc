"""``/api/account`` and ``/api/webhooks``: who you are here, all that is kept of you, and where you want to be told what happens."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from ...errors import BadInput
from ..owner import delete_owner, export_owner
from .errors import ApiError, NotFound
from .services import Caller, Here, Services, Who, raw_body
from .webhooks import EVENTS, Endpoint

router = APIRouter(prefix="/api", tags=["Account"])


class AccountView(BaseModel):
    """Who is asking. webhook_secret: checks the signatures of what is sent to a callback_url."""

    owner: str
    key: str
    unfinished: int
    uploads: int
    webhook_secret: str


class WebhookOrder(BaseModel):
    """An address that shall be told. events: absent, all."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2000)
    events: list[str] | None = Field(None, min_length=1, max_length=len(EVENTS))


class WebhookView(BaseModel):
    """A registered address. secret: checks the signatures of what is sent there."""

    id: str
    url: str
    events: list[str]
    created: float
    secret: str


@router.get("/account", response_model=AccountView)
def get_account(here: Here, who: Who) -> dict[str, Any]:
    """Whose key this is."""
    waiting = [here.jobs.find(who.owner, state=state, limit=-1) for state in ("queued", "running")]
    return {
        "owner": who.owner,
        "key": who.key,
        "unfinished": sum(map(len, waiting)),
        "uploads": len(here.uploads.list(who.owner)),
        "webhook_secret": here.webhooks.secret_of(who.owner),
    }


@router.get("/account/export", response_class=FileResponse)
def export_account(here: Here, who: Who) -> FileResponse:
    """All that is kept of you, in one zip: jobs, results and uploads."""
    folder = tempfile.TemporaryDirectory(prefix="heygen-studio-export-")
    target = Path(folder.name) / "export.zip"
    try:
        export_owner(who.owner, target, here.settings, here.jobs, here.uploads)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(target, media_type="application/zip", filename="export.zip", background=BackgroundTask(folder.cleanup))


@router.delete("/account", status_code=204)
def delete_account(here: Here, who: Who) -> Response:
    """Remove all that is kept of you for good: jobs, results, uploads and webhooks. Your key goes on to work."""
    try:
        delete_all(who.owner, here)
    except BadInput as error:
        raise ApiError(409, str(error)) from None
    return Response(status_code=204)


@router.post("/webhooks", status_code=201, response_model=WebhookView, dependencies=[Depends(raw_body)])
def add_webhook(order: WebhookOrder, here: Here, who: Who) -> dict[str, Any]:
    """Register an address that is told of all videos that are asked for from now on."""
    return webhook_view(here.webhooks.add(who.owner, order.url, order.events), here)


@router.get("/webhooks", response_model=list[WebhookView])
def list_webhooks(here: Here, who: Who) -> list[dict[str, Any]]:
    """Your registered addresses."""
    return [webhook_view(endpoint, here) for endpoint in here.webhooks.endpoints(who.owner)]


@router.delete("/webhooks/{id}", status_code=204)
def delete_webhook(id: Annotated[str, PathParameter()], here: Here, who: Who) -> Response:
    """Tell an address nothing any more."""
    remove_webhook(id, here, who)
    return Response(status_code=204)


def delete_all(owner: str, here: Services) -> int:
    """Remove all that is kept of an owner and return the number of jobs. Raises `BadInput` while one of them is rendered."""
    jobs = delete_owner(owner, here.settings, here.jobs, here.library, here.uploads)
    here.webhooks.forget(owner=owner)
    here.idempotency.forget(owner)
    return jobs


def remove_webhook(id: str, here: Services, who: Caller) -> None:
    """Raises `NotFound` if the caller has no such endpoint."""
    try:
        here.webhooks.delete(id, who.owner)
    except BadInput as error:
        raise NotFound(str(error)) from None


def webhook_view(endpoint: Endpoint, here: Services) -> dict[str, Any]:
    """A `WebhookView`."""
    return {**vars(endpoint), "events": list(endpoint.events), "secret": here.webhooks.secret_of(endpoint.id)}
