"""``/v2``: avatars, voices and the making of videos."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from ....portrait.avatars import avatars
from ....speech import Voice as StudioVoice
from ....speech import voices
from ..idempotency import IdempotencyKey
from ..orders import LONGEST_CALLBACK
from ..services import Here, RawBody, Who
from ..uploads import delete_upload
from ..views import own_job, upload_link
from .brought import Brought
from .scenes import Background, Character, Loose, Voice, background_fields, character_fields, in_one_video, refuse, voice_fields
from .status import facts_of, make_video

router = APIRouter(prefix="/v2", tags=["For clients of HeyGen, v2"])

LANGUAGES = {"en": "English", "zh": "Chinese"}


class Dimension(Loose):
    """Pixels."""

    width: int = 1920
    height: int = 1080


class VideoInput(Loose):
    """A scene."""

    character: Character
    voice: Voice
    background: Background | None = None


class Generate(Loose):
    """A video. Hints that make no difference here: test, folder_id. caption, or caption_mode "burn_in": draw the captions onto the
    picture; they come beside the video in any case."""

    video_inputs: list[VideoInput] = Field(min_length=1, max_length=50)
    dimension: Dimension = Dimension()
    title: str | None = Field(None, max_length=200)
    caption: bool = False
    caption_mode: Literal["file_only", "burn_in"] | None = None
    callback_id: str | None = Field(None, max_length=LONGEST_CALLBACK)
    callback_url: str | None = Field(None, max_length=2000)
    folder_id: str | None = None
    fps: float = 25.0
    enable_watermark: bool = False
    test: bool = False


@router.post("/video/generate")
def generate(order: Generate, here: Here, who: Who, body: RawBody, key: IdempotencyKey = None) -> JSONResponse:
    """Ask for a video."""
    refuse("enable_watermark", order.enable_watermark, False)

    def make(id: str) -> dict[str, Any]:
        with Brought(here, who) as brought:
            scenes = [_scene(scene, f"video_inputs.{number}", brought) for number, scene in enumerate(order.video_inputs)]
            fields = {
                **in_one_video(scenes),
                "width": order.dimension.width,
                "height": order.dimension.height,
                "fps": order.fps,
                "title": order.title or "",
                "captions": order.caption if order.caption_mode is None else order.caption_mode == "burn_in",
            }
            make_video(fields, id, here, who, callback_url=order.callback_url, callback_id=order.callback_id)
        return success({"video_id": id})

    return here.idempotency.once(who.owner, key, "POST /v2/video/generate", body, make, status=200)


@router.get("/videos/{video_id}")
def get_video(video_id: str, here: Here, who: Who) -> dict[str, Any]:
    """How far a video is."""
    facts = facts_of(own_job(video_id, here, who), here, who)
    failure = facts.pop("failure")
    code = "video_failed" if facts["status"] == "failed" else None
    return success({"id": video_id, **facts, "subtitle_url": facts["caption_url"], "failure_code": code, "failure_message": failure})


@router.get("/avatars")
def list_avatars(here: Here, who: Who) -> dict[str, Any]:
    """The stock portraits and your photos."""
    stock = [
        {
            "avatar_id": avatar.id,
            "avatar_name": avatar.label,
            "gender": "unknown",
            "preview_image_url": f"{who.base}/api/avatars/{avatar.id}/preview.jpg",
            "preview_video_url": None,
            "premium": False,
            "type": None,
            "tags": None,
            "default_voice_id": None,
        }
        for avatar in avatars()
    ]
    photos = [
        {
            "talking_photo_id": photo.id,
            "talking_photo_name": photo.name,
            "preview_image_url": upload_link(photo, "preview", here, who),
        }
        for photo in here.uploads.list(who.owner, "photo")
    ]
    return success({"avatars": stock, "talking_photos": photos})


@router.get("/voices")
def list_voices(who: Who) -> dict[str, Any]:
    """The voices."""
    return success({"voices": [voice_facts(voice) for voice in voices()]})


@router.delete("/talking_photo/{talking_photo_id}")
def delete_talking_photo(talking_photo_id: str, here: Here, who: Who) -> dict[str, Any]:
    """Remove a photo."""
    delete_upload(talking_photo_id, here, who)
    return success(None)


@router.get("/user/remaining_quota")
def remaining_quota(here: Here, who: Who) -> dict[str, Any]:
    """How many more videos you may ask for today; nothing is counted in credits here."""
    daily = here.settings.owner_daily
    left = 1_000_000 if daily is None else max(0, int(daily) - here.jobs.submitted_within_a_day(who.owner))
    return success({"remaining_quota": left, "details": {}})


def _scene(scene: VideoInput, field: str, brought: Brought) -> dict[str, Any]:
    """The fields of a scene of the studio. Raises `BadInput`."""
    return {
        **character_fields(scene.character, f"{field}.character"),
        **voice_fields(scene.voice, f"{field}.voice", brought),
        **background_fields(scene.background, f"{field}.background", brought),
    }


def success(data: Any) -> dict[str, Any]:
    return {"error": None, "data": data}


def voice_facts(voice: StudioVoice) -> dict[str, Any]:
    """A voice as HeyGen's clients know it."""
    return {
        "voice_id": voice.id,
        "name": voice.label,
        "language": LANGUAGES[voice.language],
        "gender": voice.gender,
        "preview_audio": "",
        "support_pause": False,
        "emotion_support": False,
        "support_interactive_avatar": False,
        "support_locale": False,
    }
