"""HeyGen's scenes as requests of the studio. What the studio cannot do is refused by the name of its field, not left out silently."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from ....errors import BadInput
from ....portrait.backdrop import PHOTO
from ....script.script import Language
from .brought import Brought

#: Moods by HeyGen's names of emotions and expressions.
MOODS = {
    "excited": "excited",
    "friendly": "warm",
    "soothing": "warm",
    "serious": "serious",
    "broadcaster": "neutral",
    "happy": "happy",
    "default": "auto",
}
#: How much the head moves, by HeyGen's names of talking styles.
STYLES = {"stable": "natural", "expressive": "lively"}

Resolution = Literal["720p", "1080p", "4k"]
AspectRatio = Literal["16:9", "9:16", "4:5", "5:4", "1:1"]


class Loose(BaseModel):
    """A part of a request in which every field is known."""

    model_config = ConfigDict(extra="forbid")


class Offset(Loose):
    """By how much the character stands right of the middle and below it, in parts of the picture."""

    x: float = Field(default=0.0, ge=-2, le=2)
    y: float = Field(default=0.0, ge=-2, le=2)


class Character(Loose):
    """Who speaks, how large, and where. Hints that make no difference here: matting, super_resolution, use_avatar_iv_model."""

    type: Literal["avatar", "talking_photo"]
    avatar_id: str | None = None
    talking_photo_id: str | None = None
    scale: float = Field(1.0, ge=0.1, le=3)
    offset: Offset = Offset()
    avatar_style: str | None = None
    talking_photo_style: str | None = None
    circle_background_color: str | None = Field(None, max_length=20)
    talking_style: Literal["stable", "expressive"] | None = None
    expression: Literal["default", "happy"] | None = None
    matting: bool | None = None
    super_resolution: bool | None = None
    use_avatar_iv_model: bool | None = None


class Voice(Loose):
    """What is said and how."""

    type: Literal["text", "audio", "silence"]
    voice_id: str | None = None
    input_text: str | None = None
    speed: float = Field(1.0, ge=0.5, le=1.5)
    pitch: float = 0.0
    emotion: str | None = None
    locale: str | None = None
    audio_url: str | None = Field(None, max_length=2000)
    audio_asset_id: str | None = None
    duration: float | None = None


class Background(Loose):
    """What stands behind the character: a colour, or a picture that fills the video."""

    type: Literal["color", "image", "video"]
    value: str | None = Field(None, max_length=20)
    url: str | None = Field(None, max_length=2000)
    image_asset_id: str | None = None
    asset_id: str | None = None
    fit: Literal["cover", "crop", "contain", "none"] | None = None


def character_fields(character: Character, field: str) -> dict[str, Any]:
    """The fields of a request that say who speaks. Raises `BadInput`."""
    name = "avatar_id" if character.type == "avatar" else "talking_photo_id"
    id = getattr(character, name)
    if not id:
        raise BadInput(f"{field}.{name} is missing: /v2/avatars lists what there is.", field=f"{field}.{name}")
    refuse(f"{field}.avatar_style", character.avatar_style, None, "normal", "circle")
    refuse(f"{field}.talking_photo_style", character.talking_photo_style, None, "square", "circle")
    is_round = (character.avatar_style if character.type == "avatar" else character.talking_photo_style) == "circle"
    inside = (
        PHOTO
        if character.circle_background_color is None
        else colour(character.circle_background_color, f"{field}.circle_background_color")
    )
    return {
        "avatar": id,
        "scale": character.scale,
        "offset_x": character.offset.x,
        "offset_y": character.offset.y,
        "circle": inside if is_round else "",
        "style": STYLES.get(character.talking_style or "", "natural"),
        "expression": MOODS.get(character.expression or "default", "auto"),
    }


def background_fields(background: Background | None, field: str, brought: Brought) -> dict[str, Any]:
    """The field of a request that says what stands behind. A picture at an address is fetched. Raises `BadInput`."""
    if background is None:
        return {}
    refuse(f"{field}.type", background.type, "color", "image")
    refuse(f"{field}.fit", background.fit, None, "cover", "crop")
    if background.type == "color":
        return {"background": colour(background.value or "#ffffff", f"{field}.value")}
    if asset := background.image_asset_id or background.asset_id:
        return {"background": asset}
    if not background.url:
        raise BadInput(f"{field}.url and {field}.image_asset_id are missing: give one of them.", field=f"{field}.url")
    return {"background": brought.fetched(background.url, "image", f"{field}.url")}


def colour(value: str, field: str) -> str:
    """A colour. Raises `BadInput` for what is none."""
    if not re.fullmatch("#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value):
        raise BadInput(f"{field} is {value!r}: write a colour such as #1e90ff.", field=field)
    return value


def voice_fields(voice: Voice, field: str, brought: Brought) -> dict[str, Any]:
    """The fields of a scene that say what is said. A recording at an address is fetched. Raises `BadInput`."""
    refuse(f"{field}.pitch", voice.pitch, 0.0)
    if voice.type == "silence":
        return {"silence": 1.0 if voice.duration is None else voice.duration}
    if voice.type == "audio":
        return {"audio": recording(voice.audio_asset_id, voice.audio_url, f"{field}.", brought)}
    if not (voice.input_text or "").strip():
        raise BadInput(f"{field}.input_text is missing: write what should be spoken.", field=f"{field}.input_text")
    fields: dict[str, Any] = {"text": voice.input_text, "voice": voice.voice_id, "speed": voice.speed}
    if voice.emotion is not None:
        if voice.emotion.lower() not in MOODS:
            names = ", ".join(name.capitalize() for name in list(MOODS)[:5])
            raise BadInput(f"{field}.emotion is {voice.emotion[:40]!r}: there are {names}.", field=f"{field}.emotion")
        fields["expression"] = MOODS[voice.emotion.lower()]
    return {**fields, **language_of(voice.locale, f"{field}.locale")}


def language_of(locale: str | None, field: str) -> dict[str, str]:
    """The language of a locale such as "en-GB". Raises `BadInput` for one that the studio does not speak."""
    if not locale:
        return {}
    language = locale.replace("_", "-").split("-")[0].lower()
    if language not in get_args(Language):
        raise BadInput(f"{field} is {locale[:20]!r}: the studio speaks {', '.join(get_args(Language))}.", field=field)
    return {"language": language}


def in_one_video(scenes: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of a request for these scenes. One scene is a video by itself, in which more can be done than in a scene."""
    return scenes[0] if len(scenes) == 1 and "silence" not in scenes[0] else {"scenes": scenes}


def recording(asset: str | None, url: str | None, field: str, brought: Brought) -> str:
    """The id of the upload that is the recording. field: what stands before the names of its fields. Raises `BadInput`."""
    if asset:
        return asset
    if not url:
        raise BadInput(f"{field}audio_url and {field}audio_asset_id are missing: give one of them.", field=f"{field}audio_url")
    return brought.fetched(url, "audio", f"{field}audio_url")


def refuse(field: str, value: object, *usual: object) -> None:
    """Raise `BadInput` for a wish that cannot be fulfilled."""
    if value not in usual:
        raise BadInput(f"{field} is {value!r}, which the studio cannot do yet: leave it out.", field=field)
