"""Jobs as HeyGen's clients know them."""

from __future__ import annotations

import json
from typing import Any, Literal

from ....request import VideoRequest
from ...jobs import Job, State
from ..errors import without_places
from ..orders import place, with_uploads
from ..services import Caller, Services
from ..views import link, result_of

Status = Literal["pending", "processing", "completed", "failed"]

STATUSES: dict[State, Status] = {
    "queued": "pending",
    "running": "processing",
    "done": "completed",
    "failed": "failed",
    "cancelled": "failed",
}


def facts_of(job: Job, here: Services, who: Caller) -> dict[str, Any]:
    """What all versions of HeyGen's API tell about a video. A finished one that was removed since counts as failed."""
    result = result_of(job, here)
    removed = job.state == "done" and result is None
    message = {"cancelled": "The video was cancelled."}.get(job.state, without_places(job.error, here.settings))
    return {
        "status": "failed" if removed else STATUSES[job.state],
        "title": result.title if result else "",
        "duration": result.duration if result else None,
        "video_url": link(job, "video", here, who) if result else None,
        "thumbnail_url": link(job, "thumbnail", here, who) if result else None,
        "captioned_video_url": link(job, "video", here, who) if result and json.loads(job.asked).get("captions") else None,
        "caption_url": link(job, "srt", here, who) if result else None,
        "callback_id": here.webhooks.callback_of(job.id),
        "created_at": int(job.created),
        "completed_at": int(job.finished) if job.finished else None,
        "failure": ("The video was removed." if removed else message) or None,
    }


def make_video(fields: dict[str, Any], id: str, here: Services, who: Caller, *, callback_url: str | None, callback_id: str | None) -> None:
    """Queue the video that HeyGen's request means. Raises `BadInput` and `QuotaExceeded`."""
    request = with_uploads(VideoRequest.model_validate(fields), here, who.owner)
    place({id: request}, here, who, callback_url=callback_url, callbacks={id: callback_id})
