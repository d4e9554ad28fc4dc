"""From an old request back to the values of the form: "make another like this"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..request import VideoRequest
from ..service.files import CLONED
from .border import OWN
from .form import ASPECTS, SIZES
from .moods import shown


def values_of(request: VideoRequest) -> dict[str, Any]:
    """The controls' values with which the form asks for the same video; a recording has to be given again."""
    shape, size = _shape(request.width, request.height)
    mode = "record" if request.audio else "text" if request.given_text else "write"
    return {
        "mode": mode,
        "prompt": request.prompt,
        "role": request.role,
        "tone": request.tone,
        "seconds": request.seconds,
        "language": request.language or "auto",
        "text": _joined(request),
        "moods": shown(request.lines),
        "title": request.title,
        "avatar": _avatar(request.avatar),
        "voice": _voice(request.voice),
        "speed": request.speed,
        "aspect": shape,
        "size": size,
        **_background(request.background),
        "style": request.style,
        "expression": request.expression,
        "strength": request.expression_strength,
        "captions": request.captions,
        "caption_position": request.caption_position,
        "engine": request.engine,
        "seed": request.seed,
        "commercial": request.commercial,
    }


def _joined(request: VideoRequest) -> str:
    """The words that are spoken as they are; Chinese sentences need no space between them."""
    return request.text or ("" if request.given_text and request.spoken_language == "zh" else " ").join(line.text for line in request.lines)


def _voice(voice: str | None) -> str:
    if voice and voice.startswith(CLONED):
        return CLONED + OWN + Path(voice.removeprefix(CLONED)).parent.name
    return voice or ""


def _avatar(avatar: str) -> str:
    """An own photo lies in a folder that is called like the upload."""
    return OWN + Path(avatar).parent.name if "/" in avatar else avatar


def _background(background: str) -> dict[str, Any]:
    """A picture has to be given again."""
    if background.startswith("#"):
        return {"backdrop": "colour", "colour": background, "picture": None}
    return {"backdrop": "blur" if background == "blur" else "photo", "picture": None}


def _shape(width: int, height: int) -> tuple[str, str]:
    """The names of the nearest shape and size that the form offers."""
    shape = min(ASPECTS, key=lambda name: abs(ASPECTS[name][0] / ASPECTS[name][1] - width / height))
    size = min(SIZES, key=lambda name: abs(SIZES[name] - min(width, height)))
    return shape, size
