"""The stock portraits, and how a user names a face."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput
from ..input_file import user_path
from ..progress import Cancel, OnEvent, ignore
from ..weights import fetch


@dataclass(frozen=True)
class Avatar:
    """A stock portrait. ``id`` is what a user types; ``credit`` belongs into the video's description."""

    id: str
    label: str
    licence: str
    credit: str


_STOCK = (
    Avatar("hopper", "Grace Hopper", "public domain (US Navy)", "Rear Admiral Grace Hopper, photographed by James S. Davis, US Navy, 1984"),
    Avatar("astronaut", "Eileen Collins", "public domain (NASA)", "Eileen Collins, astronaut, official portrait, NASA, 1993"),
)


#: Before a description of a face that is to be painted.
WORDS = "text:"


def words_of(spec: str) -> str | None:
    """The description in "text:a friendly teacher"; None for a portrait or photo."""
    return spec[len(WORDS) :].strip() if spec.startswith(WORDS) else None


def avatars() -> tuple[Avatar, ...]:
    """The stock portraits."""
    return _STOCK


def find_avatar(spec: str | Path, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Path:
    """The photo that ``spec`` names: the id of a stock portrait (fetched if need be) or a path.

    Raises `BadInput` if it is neither, `WeightsError` if the stock portrait cannot be fetched.
    """
    if str(spec) in {avatar.id for avatar in _STOCK}:
        return fetch(f"portrait-{spec}", on_event=on_event, cancel=cancel)
    path = user_path(spec)
    if os.path.exists(path):
        return path
    ids = ", ".join(avatar.id for avatar in _STOCK)
    raise BadInput(f"There is no avatar {str(spec)!r}: give the path of a photo that exists, or one of {ids}.")
