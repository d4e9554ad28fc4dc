"""``/api/videos`` and ``/api/batches``."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ...errors import BadInput, StudioError
from ..jobs import Job, State
from .errors import ApiError, NotFound, as_api_error, without_places
from .idempotency import IdempotencyKey
from .orders import VideoOrder, numbered, place, request_of
from .pages import Cursor, Limit, page_of_jobs
from .services import Here, RawBody, Services, Who
from .views import FILES, MEDIA_TYPES, VideoView, own_job, result_of, video_view

MOST_VIDEOS = 100

router = APIRouter(prefix="/api", tags=["Videos"])
VideoId = Annotated[str, Path(description="The id that the video got when it was asked for.")]
File = Literal["video.mp4", "captions.srt", "captions.vtt", "speech.wav", "thumbnail.jpg"]


class VideoPage(BaseModel):
    """Videos, the newest first. next: the cursor of the page after this one, null on the last page."""

    videos: list[VideoView]
    next: str | None


class BatchOrder(BaseModel):
    """Up to 100 videos. strict: queue nothing if any of them cannot be made; else the others are queued."""

    model_config = ConfigDict(extra="forbid")

    videos: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_VIDEOS, description="Each as for POST /api/videos.")
    callback_url: str | None = Field(None, max_length=2000)
    strict: bool = False


class Queued(BaseModel):
    """index: of the video in the batch, from 0."""

    index: int
    id: str


class Refused(BaseModel):
    """A video that cannot be made."""

    index: int
    field: str | None
    message: str


class BatchView(BaseModel):
    """What became of the videos of a batch."""

    videos: list[Queued]
    refused: list[Refused]


@router.post("/videos", status_code=202, response_model=VideoView)
def create_video(order: VideoOrder, here: Here, who: Who, body: RawBody, key: IdempotencyKey = None) -> JSONResponse:
    """Ask for a video. It is made by a worker: read it again, or name a callback_url."""
    request = request_of(order, here, who.owner)

    def make(id: str) -> dict[str, Any]:
        place({id: request}, here, who, callback_url=order.callback_url, callbacks={id: order.callback_id})
        return video_view(here.jobs.get(id), here, who)

    return here.idempotency.once(who.owner, key, "POST /api/videos", body, make)


@router.get("/videos", response_model=VideoPage)
def list_videos(here: Here, who: Who, limit: Limit = 20, cursor: Cursor = None, state: State | None = None) -> dict[str, Any]:
    """Your videos, the newest first."""
    jobs, following = page_of_jobs(here.jobs, who.owner, limit, cursor, state)
    return {"videos": [video_view(job, here, who) for job in jobs], "next": following}


@router.get("/videos/{id}", response_model=VideoView)
def get_video(id: VideoId, here: Here, who: Who) -> dict[str, Any]:
    """How far a video is, and where its files are."""
    return video_view(own_job(id, here, who), here, who)


@router.post("/videos/{id}/cancel", response_model=VideoView)
def cancel_video(id: VideoId, here: Here, who: Who) -> dict[str, Any]:
    """Stop making a video: at once if it waits, within a second if it is being made. A finished one stays."""
    return video_view(here.jobs.cancel(own_job(id, here, who).id), here, who)


@router.post("/videos/{id}/retry", response_model=VideoView, status_code=202)
def retry_video(id: VideoId, here: Here, who: Who) -> dict[str, Any]:
    """Make a failed or cancelled video after all; it goes on after its last finished stage."""
    try:
        job = here.jobs.retry(own_job(id, here, who).id)
    except BadInput as error:
        raise ApiError(409, str(error)) from None
    here.webhooks.expect_again(id)
    return video_view(job, here, who)


@router.delete("/videos/{id}", status_code=204)
def delete_video(id: VideoId, here: Here, who: Who) -> Response:
    """Remove a video and its files for good. One that waits is cancelled first; one that is being made has to be cancelled before."""
    delete(own_job(id, here, who), here)
    return Response(status_code=204)


@router.get("/videos/{id}/webhooks")
def list_deliveries(id: VideoId, here: Here, who: Who) -> list[dict[str, Any]]:
    """What became of the webhooks of a video."""
    return here.webhooks.deliveries(own_job(id, here, who).id)


@router.head("/videos/{id}/{file}", include_in_schema=False)
@router.get("/videos/{id}/{file}", response_class=FileResponse)
def get_file(id: VideoId, file: File, here: Here, who: Who) -> FileResponse:
    """A file of a finished video; parts of it by Range requests."""
    return file_of(own_job(id, here, who), file, here)


@router.post("/batches", status_code=202, response_model=BatchView)
def create_batch(order: Annotated[BatchOrder, Body()], here: Here, who: Who, body: RawBody, key: IdempotencyKey = None) -> JSONResponse:
    """Ask for many videos at once. Those that cannot be made are named; if none can, nothing is queued and the answer is an error."""
    requests, refused, callbacks = {}, [], {}
    for index, fields in enumerate(order.videos):
        try:
            video = VideoOrder.model_validate(fields)
            requests[index] = request_of(video, here, who.owner)
            callbacks[index] = video.callback_id
        except StudioError as error:
            told = as_api_error(error)
            refused.append({"index": index, "field": told.field or None, "message": without_places(told.message, here.settings)})
    if refused and (order.strict or not requests):
        first = refused[0]
        sentence = f"{len(refused)} of {len(order.videos)} videos cannot be made and nothing was queued; number {first['index']}: "
        raise ApiError(400, sentence + str(first["message"]), field=f"videos.{first['index']}.{first['field'] or ''}".rstrip("."))

    def make(seed: str) -> dict[str, Any]:
        ids = {index: numbered(seed, index) for index in requests}
        place(
            {ids[index]: request for index, request in requests.items()},
            here,
            who,
            callback_url=order.callback_url,
            callbacks={ids[index]: name for index, name in callbacks.items()},
        )
        return {"videos": [{"index": index, "id": id} for index, id in ids.items()], "refused": refused}

    return here.idempotency.once(who.owner, key, "POST /api/batches", body, make)


def delete(job: Job, here: Services) -> None:
    """Remove a job with its result, unless another job led to the same one. Raises `ApiError` 409 while it is rendered."""
    if job.state == "queued":
        here.jobs.cancel(job.id)
    try:
        here.jobs.remove(job.id)
    except BadInput:
        raise ApiError(409, "The video is being made at this moment: cancel it first.") from None
    here.webhooks.forget(job=job.id)
    if job.result is not None and not here.jobs.led_to(job.result):
        with suppress(BadInput):  # removed before
            here.library.delete(job.result)


def file_of(job: Job, file: str, here: Services) -> FileResponse:
    """A file of a finished job. Raises `NotFound` if it is not finished or was removed."""
    result = result_of(job, here)
    if result is None:
        raise NotFound("The video has no files: it is not finished, or they were removed.")
    path = here.library.thumbnail(result.id) if file == FILES["thumbnail"] else result.folder / file
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], filename=file, content_disposition_type="inline")
