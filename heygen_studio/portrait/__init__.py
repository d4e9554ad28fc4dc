"""photo -> Portrait: read the photo, find the face, frame it for the video, separate the person from the background."""

from __future__ import annotations

from pathlib import Path

from ..progress import Cancel, OnEvent, ignore
from .avatars import Avatar, avatars, find_avatar
from .backdrop import backdrop_key, before, check_backdrop, check_circle, scenery, with_backdrop
from .portrait import Image, Portrait
from .storage import load_portrait, portrait_key, save_portrait

__all__ = [
    "Avatar",
    "Image",
    "Portrait",
    "avatars",
    "backdrop_key",
    "before",
    "check_backdrop",
    "check_circle",
    "find_avatar",
    "load_portrait",
    "portrait_key",
    "prepare_portrait",
    "save_portrait",
    "scenery",
    "with_backdrop",
]


def prepare_portrait(photo: Path, size: tuple[int, int], *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Portrait:
    """Make the face in ``photo`` ready to speak in a video of ``size`` (width, height) pixels.

    Raises `BadInput` if the photo cannot be read or its face cannot be used, `Cancelled` if the token is set meanwhile.
    """
    from .prepare import prepare  # OpenCV and the networks are loaded only when a portrait is made

    return prepare(photo, size, on_event, cancel or Cancel())
