"""``/api/avatars``, ``/api/voices`` and ``/api/roles``: what a video can be made of."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel

from ...portrait.avatars import avatars, find_avatar
from ...script.roles import ROLES
from ...speech import voices
from .errors import NotFound
from .services import Here, Who
from .views import upload_link

router = APIRouter(prefix="/api", tags=["Catalogue"])


class AvatarView(BaseModel):
    """A face. kind: "stock" comes with the studio, "photo" is an upload of yours."""

    id: str
    label: str
    kind: Literal["stock", "photo"]
    licence: str
    credit: str
    preview: str


class VoiceView(BaseModel):
    """A voice. commercial: whether paid work may use it."""

    id: str
    label: str
    language: str
    gender: str
    licence: str
    commercial: bool
    note: str


class RoleView(BaseModel):
    """Who speaks in a written script. pace: factor of the voice's speed."""

    id: str
    label: dict[str, str]
    mood: str
    pace: float


@router.get("/avatars", response_model=list[AvatarView])
def list_avatars(here: Here, who: Who) -> list[dict[str, Any]]:
    """The stock portraits and your photos."""
    stock = [{**vars(avatar), "kind": "stock", "preview": f"{who.base}/api/avatars/{avatar.id}/preview.jpg"} for avatar in avatars()]
    own = [
        {
            "id": photo.id,
            "label": photo.name,
            "kind": "photo",
            "licence": "yours",
            "credit": "",
            "preview": upload_link(photo, "preview", here, who),
        }
        for photo in here.uploads.list(who.owner, "photo")
    ]
    return stock + own


@router.get("/avatars/{id}/preview.jpg", response_class=FileResponse)
def avatar_preview(id: str) -> FileResponse:
    """The picture of a stock portrait; needs no key."""
    if id not in {avatar.id for avatar in avatars()}:
        raise NotFound(f"There is no stock portrait {id[:80]!r}.")
    return FileResponse(find_avatar(id), media_type="image/jpeg")


@router.get("/voices", response_model=list[VoiceView])
def list_voices(who: Who) -> list[dict[str, Any]]:
    """The voices."""
    return [{name: getattr(voice, name) for name in VoiceView.model_fields} for voice in voices()]


@router.get("/roles", response_model=list[RoleView])
def list_roles(who: Who) -> list[dict[str, Any]]:
    """The roles for which a script can be written."""
    return [{"id": name, "label": role.label, "mood": role.mood, "pace": role.pace} for name, role in ROLES.items()]
