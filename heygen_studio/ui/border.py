"""What a visitor may ask for: no paths of this machine, no models of others, and only photos and recordings of their own."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput
from ..request import VideoRequest
from ..service.files import map_files, voices_asked
from ..service.uploads import Uploads
from ..speech import voices

#: How a visitor names an upload: "own:" and its id. In a batch its name does, too.
OWN = "own:"


def permitted(request: VideoRequest, uploads: Uploads, owner: str) -> VideoRequest:
    """The request with the visitor's uploads in place of their names.

    Raises `BadInput`, with the field, for a path, for an upload of somebody else, and for a model that is not one of the studio's.
    """
    known = {voice.id for voice in voices()}
    for field, voice in voices_asked(request).items():
        if voice not in known:
            raise BadInput(f"There is no voice {voice[:80]!r}: choose one of the list.", field=field)
    if request.writer is not None:
        raise BadInput("The script writer is chosen by whoever runs this studio: leave the field out.", field="writer")

    def own(path: Path) -> Path:
        """The visitor's upload that a path of the request means: by its id, its name, or its name without the ending."""
        name = str(path)
        for upload in uploads.list(owner):
            if name in (OWN + upload.id, upload.name, Path(upload.name).stem):
                return upload.file
        field = next((field for field in ("avatar", "background", "audio", "voice") if name in str(getattr(request, field))), "")
        raise BadInput(f"There is no {field or 'file'} {name[:80]!r}: upload it first, or choose one that is there.", field=field)

    return map_files(request, own)
