"""From what a client asks for to a job. A client names files by the ids of its uploads and never by a path of this machine."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import Field

from ...errors import BadInput
from ...input_file import user_path
from ...request import VideoRequest
from ...speech import voices
from ..check import blaming
from ..files import CLONED, map_files, voices_asked
from ..uploads import Kind
from .fetch import check_url
from .services import Caller, Services

#: Writers that come with the studio and cost nobody anything but time; others only if the settings name them.
OWN_WRITERS = ("gguf:qwen2.5-coder-1.5b", "gguf:smollm2-135m")
#: What an upload has to be for a field of a request.
KINDS: dict[str, tuple[Kind, ...]] = {
    "avatar": ("photo", "image", "video"),
    "audio": ("audio", "video"),
    "voice": ("audio", "video"),
    "background": ("image", "photo"),
}
#: Longest name that a client may give a job of its own.
LONGEST_CALLBACK = 200


class VideoOrder(VideoRequest):
    """A video. The fields are those of a `VideoRequest`; avatar: id of a stock portrait, or of an uploaded photo or video; audio: id of
    an uploaded recording; voice: id of a voice, or "xtts:" and the id of an uploaded recording that is cloned; background: a colour,
    "blur", or id of an uploaded picture. callback_url: is told when the video is finished; callback_id: comes along then."""

    callback_url: str | None = Field(None, max_length=2000)
    callback_id: str | None = Field(None, max_length=LONGEST_CALLBACK)


def request_of(order: VideoOrder, here: Services, owner: str) -> VideoRequest:
    """The request that an order means, with the owner's uploads in place. Raises `BadInput` with the field."""
    if order.callback_url is not None:
        check_url(order.callback_url, "callback_url")
    request = VideoRequest.model_validate({name: getattr(order, name) for name in VideoRequest.model_fields})
    return with_uploads(request, here, owner)


def with_uploads(request: VideoRequest, here: Services, owner: str) -> VideoRequest:
    """The request with the ids of uploads replaced by their files, and nothing in it that only the owner of this machine may choose."""
    known = {name.lower() for voice in voices() for name in (voice.id, voice.name, voice.label)}
    for field, voice in voices_asked(request).items():
        if voice.lower() not in known:
            raise BadInput(f"There is no voice {voice[:80]!r}: /api/voices lists them.", field=field)
    if request.writer is not None and request.writer not in (*OWN_WRITERS, here.settings.writer):
        raise BadInput(f"The writer {request.writer[:80]!r} is not offered here: leave it out.", field="writer")

    def find(named: Path) -> Path:
        field = _field_with(str(named), request.model_dump())
        if not re.fullmatch("[0-9a-f]{32}", str(named)):
            raise BadInput(f"There is no upload {named.name[:80]!r}: name a file by the id that it got when it was uploaded.", field=field)
        with blaming(field):
            upload = here.uploads.get(str(named), owner)
            kinds = KINDS.get(field.rpartition(".")[2], (upload.kind,))
            if upload.kind not in kinds:
                raise BadInput(f"The upload {upload.id} is of the kind {upload.kind}, and {' or '.join(kinds)} is needed: name another.")
            return upload.file

    return map_files(request, find)


def _field_with(path: str, value: Any, field: str = "") -> str:
    """The field that names this file, "" if none does."""
    if isinstance(value, (dict, list, tuple)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        found = (_field_with(path, item, f"{field}.{name}" if field else str(name)) for name, item in items)
        return next((name for name in found if name), "")
    if not value or field.rpartition(".")[2] not in KINDS:
        return ""
    named = Path(str(value).removeprefix(CLONED))
    return field if path in (str(named), str(user_path(named))) else ""


def place(
    requests: dict[str, VideoRequest], here: Services, who: Caller, *, callback_url: str | None = None, callbacks: dict[str, str | None]
) -> None:
    """Queue jobs of these ids, all or none, and remember whom to tell. callbacks: what the client calls each job.

    Raises `BadInput` and `QuotaExceeded`.
    """
    for id in requests:
        here.webhooks.expect(id, who.owner, who.base, url=callback_url, callback=callbacks.get(id))
    try:
        here.jobs.submit_all(requests, owner=who.owner)
    except BaseException:
        for id in requests:
            here.webhooks.forget(job=id)
        raise


def numbered(seed: str, number: int) -> str:
    """The id of one of several jobs that one request asks for."""
    return hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest()[:32]


def asked_for(asked: str, here: Services) -> dict[str, Any]:
    """The request of a job as its owner may see it: what differs from the defaults, and ids instead of paths."""
    uploads = re.escape(str(here.settings.uploads))

    def public(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: public(item) for name, item in value.items()}
        if isinstance(value, list):
            return [public(item) for item in value]
        return re.sub(rf"{uploads}/[0-9a-f]+/([0-9a-f]+)/[^/]+", r"\1", value) if isinstance(value, str) else value

    try:
        request = VideoRequest.model_validate_json(asked)
    except BadInput:  # another version of this program, with other fields, wrote it
        return {}
    shown: dict[str, Any] = public(request.model_dump(mode="json", exclude_defaults=True))
    return shown
