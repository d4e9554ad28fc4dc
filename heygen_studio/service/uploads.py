"""What users bring along: photos that shall speak, recordings, pictures and videos, each with who agreed to its use.

``DATA/uploads/<hash of the owner>/<id>/{the file, _preview.jpg, upload.json}``, written under a temporary name and renamed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from ..errors import BadInput
from ..output import check_data, check_space, clear_errors
from ..progress import Cancel
from ..settings import Settings
from ..stages import CHUNK, drop, new_folder, remove_abandoned
from .check import blaming
from .media import Media, identify

#: photo: a face that can speak. image: any picture. audio, video: with a sound track, with moving pictures.
Kind = Literal["photo", "image", "audio", "video"]
KINDS: tuple[Kind, ...] = ("photo", "image", "audio", "video")
#: What a person states who brings a face or a voice along; user interfaces show it beside the button.
CONSENT = "I am the person shown or heard here, or that person has agreed that I make videos with their face and voice."
#: Characters of a name and of a statement that are kept.
LONGEST_NAME, LONGEST_CONSENT = 100, 2000
#: Pixels a side in which a photo is tried; the framed face becomes its preview.
PREVIEW = (512, 512)

#: Photos that are tried at the same time.
MOST_TRIED = 2

_ID = re.compile(r"[0-9a-f]{32}")
_RECORD, _PREVIEW = "upload.json", "_preview.jpg"


@dataclass(frozen=True)
class Upload:
    """A file that an owner brought along.

    id: unguessable. file: where its content is. name: what the owner calls it. media_type: by its content. size: bytes. created:
    seconds since 1970. consent: the statement that came with it. width, height: pixels, 0 for a sound. duration: seconds, 0 if
    unknown. notes: what will look worse than it could ("The face is dark: ..."). preview: the face of a photo as JPEG.
    """

    id: str
    kind: Kind
    file: Path
    name: str
    media_type: str
    size: int
    sha256: str
    created: float
    consent: str
    width: int
    height: int
    duration: float
    notes: tuple[str, ...]

    @property
    def preview(self) -> Path | None:
        return self.file.with_name(_PREVIEW) if self.kind == "photo" else None


class Uploads:
    """The uploads in ``settings.uploads``. Many processes may use them at the same time; an owner reaches only their own."""

    def __init__(self, where: Settings) -> None:
        self._where = where
        self._trying = threading.BoundedSemaphore(MOST_TRIED)  # decoded photos are large

    def add(
        self, source: BinaryIO, *, owner: str, name: str, consent: str, kind: Kind | None = None, cancel: Cancel | None = None
    ) -> Upload:
        """Keep the content of ``source`` (read to its end) for ``owner``.

        name: what the owner calls it, such as its file name. consent: who agreed to its use, see `CONSENT`; may be empty for an "image".
        kind: what it is meant for; None takes it as its content says, a picture as "image".
        Raises `BadInput` with the field if it is too large, not what it should be, shows no usable face ("photo"), or if the owner's
        space is used up; `OutputError`; `Cancelled`. Nothing remains then.
        """
        name, consent = _clean(name)[:LONGEST_NAME] or "unnamed", consent.strip()
        if kind is not None and kind not in KINDS:
            raise BadInput(f"There is no kind of upload called {kind[:80]!r}: say one of {', '.join(KINDS)}.", field="kind")
        if len(consent) > LONGEST_CONSENT:
            raise BadInput(f"The consent statement is longer than {LONGEST_CONSENT:,} characters: shorten it.", field="consent")
        check_data(self._where.data)
        check_space(self._where.data, 0)
        id = secrets.token_hex(16)
        with clear_errors(self._where.data), new_folder(self._folder(owner) / id) as folder:
            path = folder / _file_name(name)
            with blaming("file"):
                size, sha256 = self._copy(source, path, self._room(owner))
                media = identify(path)
                kind = _kind_of(media, kind, name)
            if kind != "image" and not consent:
                raise BadInput("Nobody's consent was given: say who is shown or heard and that they agreed.", field="consent")
            path = path.replace(path.with_name(f"{path.stem}.{media.ending}"))
            with blaming("file"):
                notes = self._try_face(path, cancel) if kind == "photo" else ()
            record = {
                "kind": kind,
                "file": path.name,
                "name": name,
                "media_type": media.media_type,
                "size": size,
                "sha256": sha256,
                "created": time.time(),
                "consent": consent,
                "width": media.width,
                "height": media.height,
                "duration": media.duration,
                "notes": notes,
            }
            (folder / _RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        return self.get(id, owner)

    def get(self, id: str, owner: str) -> Upload:
        """An owner's upload. Raises `BadInput` if this owner has none of this id."""
        found = self._read(self._folder(owner) / id) if _ID.fullmatch(id) else None
        if found is None:
            raise BadInput(f"There is no upload {id[:80]!r}: it was deleted, or it belongs to someone else.")
        return found

    def list(self, owner: str, kind: Kind | None = None) -> list[Upload]:
        """An owner's uploads, the newest first."""
        found = [upload for upload in self._all(owner) if kind in (None, upload.kind)]
        return sorted(found, key=lambda upload: (-upload.created, upload.id))

    def delete(self, id: str, owner: str) -> None:
        """Remove an upload for good; a job that waits for it will fail. Raises `BadInput` if this owner has none of this id."""
        with clear_errors(self._where.data):
            drop(self.get(id, owner).file.parent)

    def forget(self, owner: str) -> int:
        """Remove all of an owner's uploads for good and return their number."""
        uploads = self.list(owner)
        with clear_errors(self._where.data):
            drop(self._folder(owner))
        return len(uploads)

    def _folder(self, owner: str) -> Path:
        """Where an owner's uploads are: a name that cannot lead anywhere else, whatever the owner is called."""
        return self._where.uploads / hashlib.sha256(owner.encode()).hexdigest()[:32]

    def _all(self, owner: str) -> Iterator[Upload]:
        folder = self._folder(owner)
        if folder.is_dir():
            remove_abandoned(folder)
            for child in folder.iterdir():
                if _ID.fullmatch(child.name) and (upload := self._read(child)):
                    yield upload

    def _read(self, folder: Path) -> Upload | None:
        """The upload in ``folder``; None if there is none or what is left of it cannot be read."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            record: dict[str, Any] = json.loads((folder / _RECORD).read_bytes())
            upload = Upload(**{**record, "id": folder.name, "file": folder / record["file"], "notes": tuple(record["notes"])})
            return upload if upload.file.is_file() and upload.file.parent == folder else None
        return None

    def _room(self, owner: str) -> int:
        """Bytes that one more upload of this owner may have. Raises `BadInput` if there is no room for any."""
        used = sum(upload.size for upload in self._all(owner))
        room = int(min(self._where.upload_mb * 1e6, self._where.uploads_mb * 1e6 - used))
        if room <= 0:
            raise BadInput(f"Your uploads take {used / 1e6:.0f} MB, and {self._where.uploads_mb:g} MB are allowed: delete some.")
        return room

    def _try_face(self, photo: Path, cancel: Cancel | None) -> tuple[str, ...]:
        """Write the preview of a photo and return the notes on it. Raises `BadInput` if its face cannot be used."""
        from PIL import Image

        from ..portrait import prepare_portrait

        with self._trying:
            portrait = prepare_portrait(photo, PREVIEW, cancel=cancel)
        Image.fromarray(portrait.image).save(photo.with_name(_PREVIEW), quality=85)
        return portrait.notes

    def _copy(self, source: BinaryIO, target: Path, room: int) -> tuple[int, str]:
        """Write the source to the target; its size in bytes and its sha256."""
        size, digest = 0, hashlib.sha256()
        with open(target, "xb") as file:
            while chunk := source.read(CHUNK):
                size += len(chunk)
                if size > room:
                    raise BadInput(
                        f"The file {target.name} has more than {room / 1e6:g} MB, which is all that is left: send a smaller one."
                    )
                digest.update(chunk)
                file.write(chunk)
        return size, digest.hexdigest()


def as_json(upload: Upload) -> dict[str, Any]:
    """An upload as others may see it, without its place on this machine."""
    return {name: value for name, value in asdict(upload).items() if name != "file"}


def _kind_of(media: Media, kind: Kind | None, name: str) -> Kind:
    """What the upload is, if its content fits what it is meant for."""
    meant = "image" if kind == "photo" else kind
    if meant is None:
        return media.kind
    if meant != media.kind and not (meant == "audio" and media.kind == "video"):  # the sound of a video is a recording too
        raise BadInput(f"The file {name} is a {media.media_type} file, but it was sent as {kind}: send another file or say what it is.")
    return kind or media.kind


def _clean(name: str) -> str:
    """A name without control characters and without the folders that some browsers send along."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in re.split(r"[/\\]", name)[-1])).strip()


def _file_name(name: str) -> str:
    """A name for the file that is safe on any system and that its owner knows again in messages."""
    return re.sub(r"[^\w .()-]", "_", name)[:60].strip(" ._") or "file"
