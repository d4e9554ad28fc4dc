"""``/v3``: videos from a script, from a prompt, assets, avatars and voices."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from ....errors import BadInput
from ....portrait.avatars import avatars
from ....request import MAX_SCENES
from ....speech import voices
from ....video.sizes import size_of
from ...jobs import Job
from ..idempotency import IdempotencyKey
from ..orders import LONGEST_CALLBACK
from ..pages import Limit, Token, page_of_jobs
from ..services import Caller, Here, RawBody, Services, Who
from ..videos import delete
from ..views import own_job, upload_link
from .brought import Brought, consent_of
from .files import BODY, SentFile
from .scenes import (
    AspectRatio,
    Background,
    Loose,
    Resolution,
    background_fields,
    in_one_video,
    language_of,
    recording,
    refuse,
)
from .status import facts_of, make_video
from .v2 import voice_facts

router = APIRouter(prefix="/v3", tags=["For clients of HeyGen, v3"])


class VoiceSettings(Loose):
    """How the voice speaks."""

    speed: float = Field(default=1.0, ge=0.5, le=1.5)
    pitch: float = 0.0
    locale: str | None = None


class AssetInput(Loose):
    """A file: an upload, an address, or its content."""

    type: Literal["asset_id", "url", "base64"]
    asset_id: str | None = None
    url: str | None = Field(None, max_length=2000)
    media_type: str | None = None
    data: str | None = None


class SceneOrder(Loose):
    """What an avatar or a picture ("image") says. Hints that make no difference here: engine, expressiveness."""

    type: Literal["avatar", "image"] = "avatar"
    avatar_id: str | None = None
    image: AssetInput | None = None
    script: str | None = None
    voice_id: str | None = None
    voice_settings: VoiceSettings = VoiceSettings()
    audio_url: str | None = Field(None, max_length=2000)
    audio_asset_id: str | None = None
    background: Background | None = None
    remove_background: bool = False
    motion_prompt: str | None = None
    engine: Any = None
    expressiveness: Literal["low", "medium", "high"] | None = None


class Caption(Loose):
    """Captions come beside the video in any case; with any style they are drawn onto the picture too."""

    file_format: Literal["srt", "vtt"] | None = None
    style: Any = None


class CreateVideo(SceneOrder):
    """A video of one scene, or of several in ``scenes``, which HeyGen's own third version does not have."""

    scenes: list[SceneOrder] = Field(default=[], max_length=MAX_SCENES)
    title: str | None = Field(None, max_length=200)
    resolution: Resolution = "1080p"
    aspect_ratio: AspectRatio = "16:9"
    output_format: Literal["mp4", "webm"] = "mp4"
    caption: Caption | None = None
    callback_url: str | None = Field(None, max_length=2000)
    callback_id: str | None = Field(None, max_length=LONGEST_CALLBACK)


class VideoAgent(Loose):
    """A video from a prompt: its script is written first."""

    prompt: str = Field(min_length=1, max_length=10_000)
    avatar_id: str | None = None
    voice_id: str | None = None
    orientation: Literal["landscape", "portrait"] = "landscape"
    callback_url: str | None = Field(None, max_length=2000)
    callback_id: str | None = Field(None, max_length=LONGEST_CALLBACK)


@router.post("/videos")
def create_video(order: CreateVideo, here: Here, who: Who, body: RawBody, key: IdempotencyKey = None) -> JSONResponse:
    """Ask for a video."""
    refuse("output_format", order.output_format, "mp4")
    if order.scenes and (order.script is not None or order.avatar_id or order.image or order.audio_url or order.audio_asset_id):
        raise BadInput("Scenes and a scene beside them were both given: put everything that is said into the scenes.", field="scenes")
    width, height = size_of(order.aspect_ratio, order.resolution)

    def make(id: str) -> dict[str, Any]:
        with Brought(here, who) as brought:
            scenes = [_scene(scene, f"scenes.{number}.", brought) for number, scene in enumerate(order.scenes)]
            video = in_one_video(scenes or [_scene(order, "", brought)])
            captions = order.caption is not None and bool(order.caption.style)
            fields = {**video, "width": width, "height": height, "title": order.title or "", "captions": captions}
            make_video(fields, id, here, who, callback_url=order.callback_url, callback_id=order.callback_id)
        return {"data": {"video_id": id, "status": "pending"}}

    return here.idempotency.once(who.owner, key, "POST /v3/videos", body, make, status=200)


@router.get("/videos")
def list_videos(here: Here, who: Who, limit: Limit = 10, token: Token = None) -> dict[str, Any]:
    """Your videos, the newest first."""
    jobs, following = page_of_jobs(here.jobs, who.owner, limit, token or None)
    return {"data": [video(job, here, who) for job in jobs], "has_more": following is not None, "next_token": following}


@router.get("/videos/{video_id}")
def get_video(video_id: str, here: Here, who: Who) -> dict[str, Any]:
    """How far a video is."""
    return {"data": video(own_job(video_id, here, who), here, who)}


@router.delete("/videos/{video_id}")
def delete_video(video_id: str, here: Here, who: Who) -> dict[str, Any]:
    """Remove a video."""
    delete(own_job(video_id, here, who), here)
    return {"data": {"id": video_id}}


@router.post("/video-agents")
def create_from_prompt(order: VideoAgent, here: Here, who: Who, body: RawBody, key: IdempotencyKey = None) -> JSONResponse:
    """Ask for a video from a prompt."""
    width, height = size_of("16:9" if order.orientation == "landscape" else "9:16", "720p")

    def make(id: str) -> dict[str, Any]:
        fields = {"prompt": order.prompt, "voice": order.voice_id, "width": width, "height": height}
        if order.avatar_id is not None:
            fields["avatar"] = order.avatar_id
        make_video(fields, id, here, who, callback_url=order.callback_url, callback_id=order.callback_id)
        return {"data": {"session_id": id, "video_id": id, "status": "generating", "created_at": int(here.jobs.get(id).created)}}

    return here.idempotency.once(who.owner, key, "POST /v3/video-agents", body, make, status=200)


@router.post("/assets", openapi_extra=BODY)
def upload_asset(sent: SentFile, here: Here, who: Who) -> dict[str, Any]:
    """Upload a picture, a sound or a video."""
    kept = here.uploads.add(sent.file, owner=who.owner, name=sent.name or "asset", consent=consent_of(who))
    facts = {"asset_id": kept.id, "url": upload_link(kept, "content", here, who), "mime_type": kept.media_type, "size_bytes": kept.size}
    return {"data": facts}


@router.get("/avatars/looks")
def list_looks(here: Here, who: Who) -> dict[str, Any]:
    """The stock portraits and your photos."""
    own = [(photo.id, photo.name, upload_link(photo, "preview", here, who)) for photo in here.uploads.list(who.owner, "photo")]
    stock = [(avatar.id, avatar.label, f"{who.base}/api/avatars/{avatar.id}/preview.jpg") for avatar in avatars()]
    looks = [{"id": id, "name": name, "avatar_type": "photo_avatar", "preview_image_url": preview} for id, name, preview in own + stock]
    return {"data": looks, "has_more": False, "next_token": None}


@router.get("/voices")
def list_voices(who: Who) -> dict[str, Any]:
    """The voices."""
    return {"data": [voice_facts(voice) for voice in voices()], "has_more": False, "next_token": None}


def video(job: Job, here: Services, who: Caller) -> dict[str, Any]:
    """A video as HeyGen's third version tells it."""
    facts = facts_of(job, here, who)
    failure = facts.pop("failure")
    code = "video_failed" if facts["status"] == "failed" else None
    return {"id": job.id, **facts, "subtitle_url": facts.pop("caption_url"), "failure_code": code, "failure_message": failure}


def _scene(order: SceneOrder, field: str, brought: Brought) -> dict[str, Any]:
    """The fields of a scene of the studio. field: what stands before the names of its fields, "" or with a point. Raises `BadInput`."""
    refuse(f"{field}voice_settings.pitch", order.voice_settings.pitch, 0.0)
    refuse(f"{field}remove_background", order.remove_background, False)
    refuse(f"{field}motion_prompt", order.motion_prompt, None, "")
    return {
        "avatar": _face(order, field, brought),
        **_speech(order, field, brought),
        **background_fields(order.background, f"{field}background", brought),
    }


def _speech(order: SceneOrder, field: str, brought: Brought) -> dict[str, Any]:
    """What is said. Raises `BadInput`."""
    if order.script is None:
        return {"audio": recording(order.audio_asset_id, order.audio_url, field, brought)}
    if order.audio_url or order.audio_asset_id:
        raise BadInput("A script and a recording were both given: give one of them.", field=f"{field}script")
    settings = order.voice_settings
    spoken = {"text": order.script, "voice": order.voice_id, "speed": settings.speed}
    return {**spoken, **language_of(settings.locale, f"{field}voice_settings.locale")}


def _face(order: SceneOrder, field: str, brought: Brought) -> str:
    """The id of the face: a stock portrait or an upload. Raises `BadInput`."""
    if order.type == "avatar":
        if not order.avatar_id:
            raise BadInput(f"{field}avatar_id is missing: /v3/avatars/looks lists what there is.", field=f"{field}avatar_id")
        return order.avatar_id
    given, where = order.image, f"{field}image"
    if given is None:
        raise BadInput(f"{where} is missing: give a photo of the face that shall speak.", field=where)
    if given.type == "asset_id" and given.asset_id:
        return given.asset_id
    if given.type == "url" and given.url:
        return brought.fetched(given.url, "photo", f"{where}.url")
    if given.type == "base64" and given.data:
        try:
            content = io.BytesIO(base64.b64decode(given.data, validate=True))
        except (binascii.Error, ValueError):
            raise BadInput(f"{where}.data is no base64: encode the content of a photo.", field=f"{where}.data") from None
        return brought.photo(content)
    raise BadInput(f"{where}.{given.type} is missing.", field=where)
