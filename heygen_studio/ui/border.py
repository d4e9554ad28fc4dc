"""What a visitor may ask for: no paths of this machine, no models of others, and only photos and recordings of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import BadInput
from ..portrait import avatars
from ..request import VideoRequest
from ..service.uploads import Kind, Upload, Uploads
from ..speech import voices

#: How a visitor names an upload: "own:" and its id. In a batch its name does, too.
OWN = "own:"


def permitted(request: VideoRequest, uploads: Uploads, owner: str) -> VideoRequest:
    """The request with the visitor's uploads in place of their names.

    Raises `BadInput`, with the field, for a path, for an upload of somebody else, and for a model that is not one of the studio's.
    """
    changes: dict[str, Any] = {}
    if request.avatar not in {avatar.id for avatar in avatars()}:
        changes["avatar"] = str(_own(request.avatar, "photo", "avatar", uploads, owner).file)
    if request.audio is not None:
        changes["audio"] = _own(str(request.audio), "audio", "audio", uploads, owner).file
    if request.voice is not None and request.voice not in {voice.id for voice in voices()}:
        raise BadInput(f"There is no voice {request.voice[:80]!r}: choose one of the list.", field="voice")
    if request.writer is not None:
        raise BadInput("The script writer is chosen by whoever runs this studio: leave the field out.", field="writer")
    return request.model_copy(update=changes)


def _own(name: str, kind: Kind, field: str, uploads: Uploads, owner: str) -> Upload:
    """The visitor's upload of this kind that ``name`` means: by its id, its name, or its name without the ending."""
    if name.startswith(OWN):
        try:
            upload = uploads.get(name.removeprefix(OWN), owner)
        except BadInput as error:
            error.field = field
            raise
        if upload.kind == kind:
            return upload
    else:
        for upload in uploads.list(owner, kind):
            if name in (upload.name, Path(upload.name).stem):
                return upload
    what = "photo" if kind == "photo" else "recording"
    raise BadInput(f"There is no {field} {name[:80]!r}: upload the {what} first, or choose one that is there.", field=field)
