"""The files that a request for a video brings along: at an address, or in itself."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import BinaryIO

from ....errors import StudioError
from ...uploads import Kind
from ..services import Caller, Services
from ..uploads import fetch


class Brought:
    """They become uploads. If the block raises, because the video is refused after all, none of them stays."""

    def __init__(self, here: Services, who: Caller) -> None:
        self._here, self._who = here, who
        self._ids: list[str] = []

    def __enter__(self) -> Brought:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for id in self._ids if error is not None else ():
            with suppress(StudioError):  # deleted meanwhile, or not to be removed now
                self._here.uploads.delete(id, self._who.owner)

    def fetched(self, url: str, kind: Kind, field: str) -> str:
        """The id of what is at an address. Raises `BadInput` with the field."""
        consent = "" if kind == "image" else consent_of(self._who)
        return self._noted(fetch(url, self._here, self._who, kind=kind, consent=consent, field=field).id)

    def photo(self, content: BinaryIO) -> str:
        """The id of a photo that is here. Raises `BadInput`."""
        return self._noted(
            self._here.uploads.add(content, owner=self._who.owner, name="image", consent=consent_of(self._who), kind="photo").id
        )

    def _noted(self, id: str) -> str:
        self._ids.append(id)
        return id


def consent_of(who: Caller) -> str:
    """HeyGen's API asks for no statement: this one says who sent the file, and so who answers for it."""
    return f"Sent by the holder of the API key {who.key!r}, who answers for the consent of whoever is shown or heard."
