"""``/v1``: status, list and delete of videos, assets, talking photos and webhooks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ...uploads import Upload
from ..account import remove_webhook, webhook_view
from ..pages import Limit, Token, page_of_jobs
from ..services import Caller, Here, Services, Who, raw_body
from ..videos import delete
from ..views import own_job, own_upload, title_of, upload_link
from ..webhooks import EVENTS, Endpoint
from .brought import consent_of
from .files import BODY, SentFile
from .status import STATUSES, facts_of

router = APIRouter(prefix="/v1", tags=["For clients of HeyGen, v1"])


class EndpointOrder(BaseModel):
    """An address that shall be told."""

    model_config = ConfigDict(extra="ignore")

    url: str = Field(max_length=2000)
    events: list[str] | None = Field(None, max_length=20)


@router.get("/video_status.get")
def video_status(video_id: str, here: Here, who: Who) -> dict[str, Any]:
    """How far a video is."""
    facts = facts_of(own_job(video_id, here, who), here, who)
    failure = facts.pop("failure")
    error = {"code": 40000, "message": failure, "detail": failure} if facts["status"] == "failed" else None
    captioned = facts.pop("captioned_video_url")
    return success({**facts, "id": video_id, "error": error, "gif_url": None, "video_url_caption": captioned})


@router.get("/video.list")
def list_videos(here: Here, who: Who, limit: Limit = 20, token: Token = None) -> dict[str, Any]:
    """Your videos, the newest first."""
    jobs, following = page_of_jobs(here.jobs, who.owner, limit, token or None)
    videos = [
        {
            "video_id": job.id,
            "status": STATUSES[job.state],
            "created_at": int(job.created),
            "type": "GENERATED",
            "video_title": title_of(job.asked),
        }
        for job in jobs
    ]
    return success({"videos": videos, "token": following})


@router.delete("/video.delete")
def delete_video(video_id: str, here: Here, who: Who) -> dict[str, Any]:
    """Remove a video."""
    delete(own_job(video_id, here, who), here)
    return success(None)


@router.post("/asset", openapi_extra=BODY)
def upload_asset(sent: SentFile, here: Here, who: Who) -> dict[str, Any]:
    """Upload a picture, a sound or a video: its content is the body of the request."""
    return success(asset(here.uploads.add(sent.file, owner=who.owner, name=sent.name or "asset", consent=consent_of(who)), here, who))


@router.get("/asset/list")
def list_assets(here: Here, who: Who) -> dict[str, Any]:
    """Your uploads."""
    assets = [asset(upload, here, who) for upload in here.uploads.list(who.owner)]
    return success({"assets": assets, "total": len(assets), "token": None})


@router.post("/asset/{asset_id}/delete")
def delete_asset(asset_id: str, here: Here, who: Who) -> dict[str, Any]:
    """Remove an upload."""
    here.uploads.delete(own_upload(asset_id, here, who).id, who.owner)
    return success({"id": asset_id})


@router.post("/talking_photo", openapi_extra=BODY)
def upload_talking_photo(sent: SentFile, here: Here, who: Who) -> dict[str, Any]:
    """Upload a photo that shall speak: its content is the body of the request."""
    photo = here.uploads.add(sent.file, owner=who.owner, name=sent.name or "photo", consent=consent_of(who), kind="photo")
    return success({"talking_photo_id": photo.id, "talking_photo_url": upload_link(photo, "content", here, who)})


@router.get("/talking_photo.list")
def list_talking_photos(here: Here, who: Who) -> dict[str, Any]:
    """Your photos."""
    photos = here.uploads.list(who.owner, "photo")
    return success([{"id": photo.id, "image_url": upload_link(photo, "content", here, who), "is_preset": False} for photo in photos])


@router.post("/webhook/endpoint.add", dependencies=[Depends(raw_body)])
def add_endpoint(order: EndpointOrder, here: Here, who: Who) -> dict[str, Any]:
    """Register an address that is told of your videos."""
    return success(endpoint(here.webhooks.add(who.owner, order.url, order.events or None), here))


@router.get("/webhook/endpoint.list")
def list_endpoints(here: Here, who: Who) -> dict[str, Any]:
    """Your registered addresses."""
    return success([endpoint(each, here) for each in here.webhooks.endpoints(who.owner)])


@router.delete("/webhook/endpoint.delete")
def delete_endpoint(endpoint_id: str, here: Here, who: Who) -> dict[str, Any]:
    """Tell an address nothing any more."""
    remove_webhook(endpoint_id, here, who)
    return success(None)


@router.get("/webhook/webhook.list")
def list_events(who: Who) -> dict[str, Any]:
    """The events that there are."""
    return success(list(EVENTS))


def success(data: Any) -> dict[str, Any]:
    return {"code": 100, "data": data, "message": "Success"}


def asset(upload: Upload, here: Services, who: Caller) -> dict[str, Any]:
    """An upload as HeyGen's clients know it."""
    kind = "image" if upload.kind == "photo" else upload.kind
    return {
        "id": upload.id,
        "name": upload.name,
        "file_type": kind,
        "url": upload_link(upload, "content", here, who),
        "image_key": upload.id if kind == "image" else None,
        "folder_id": "",
        "meta": None,
        "created_ts": int(upload.created),
    }


def endpoint(found: Endpoint, here: Services) -> dict[str, Any]:
    """A registered address as HeyGen's clients know it."""
    view = webhook_view(found, here)
    return {"endpoint_id": view.pop("id"), "status": "enabled", "created_at": int(view.pop("created")), **view}
