"""A worker of a Ray cluster: it renders on its node, keeps its models warm, and sends finished results back in pieces.

Nodes share no disk with the caller, so photos and recordings come, and results go, through Ray's object store; in pieces, so that no
long video has to fit into the memory of anyone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StudioError
from ..output import check_data
from ..progress import Cancel, Event, OnEvent
from ..request import VideoRequest
from ..settings import settings
from ..stages import file_hash, key, scratch_folder
from ..studio import Studio
from ..video.video import Video
from .files import map_files
from .news import news_of
from .retention import apply_retention

if TYPE_CHECKING:
    from ray import ObjectRef

#: Bytes of a file that travel as one object.
PIECE = 8 << 20
#: A node keeps results and unused stages this long, in days, unless its own settings say less: they are only copies.
KEEP_DAYS = 1.0


@dataclass(frozen=True)
class Rendered:
    """How a render on a node ended: ``video`` has the node's own paths; without it, ``error`` and ``field`` say why."""

    video: Video | None = None
    error: str = ""
    field: str = ""


class RayWorker:
    """The class of the Ray actors. Its methods run in threads, so that `cancel` is heard during `render`."""

    def __init__(self) -> None:
        own = settings()
        keep_days = KEEP_DAYS if own.keep_days is None else min(own.keep_days, KEEP_DAYS)
        # A folder beside the node's library, which may be the caller's own if both are one machine.
        self._where = replace(own, data=own.data / "cluster", keep_days=keep_days)
        self._studio, self._cancel = Studio(self._where), Cancel()

    def code(self) -> str:
        """`code_hash` on this node; answered as soon as the worker can work."""
        return code_hash()

    def cancel(self) -> None:
        """Stop the render within a second."""
        self._cancel.cancel()

    def render(self, request: VideoRequest, files: dict[str, list[ObjectRef]]) -> Iterator[list[Event] | Rendered]:
        """Make a video; yield what happens, every now and then, and at last the `Rendered`.

        files: the content, in pieces, of the files that the request names, by their paths.
        """
        self._cancel.cancel()  # of a render whose caller was out of reach and has given it to another worker
        self._cancel = Cancel()
        yield from news_of(lambda tell: self._render(request, files, tell))

    def send(self, folder: Path) -> Iterator[tuple[str, bytes]]:
        """The files of a finished result: name and next piece."""
        for file in sorted(folder.iterdir()):
            for piece in pieces(file):
                yield file.name, piece

    def _render(self, request: VideoRequest, files: dict[str, list[ObjectRef]], tell: OnEvent) -> Rendered:
        try:
            check_data(self._where.data)
            apply_retention(self._where)
            with scratch_folder(self._where.data / "inputs") as folder:

                def here(path: Path) -> Path:
                    return _unpack(files[str(path)], folder, path.name) if str(path) in files else path

                return Rendered(self._studio.render(map_files(request, here), on_event=tell, cancel=self._cancel))
        except StudioError as error:
            return Rendered(error=str(error), field=error.field)


def code_hash() -> str:
    """A hash of this program's source: nodes that have another would make other videos."""
    root = Path(__file__).parents[1]
    return key(files={str(path.relative_to(root)): file_hash(path) for path in root.rglob("*.py")})


def pieces(path: Path) -> Iterator[bytes]:
    """A file's content in pieces; one empty piece of an empty file."""
    with open(path, "rb") as file:
        piece = file.read(PIECE)
        yield piece
        while len(piece) == PIECE:
            piece = file.read(PIECE)
            yield piece


def _unpack(content: list[ObjectRef], folder: Path, name: str) -> Path:
    """Write a file that came in pieces into a folder of its own in ``folder``, so that messages can call it by its name."""
    import ray

    path = Path(tempfile.mkdtemp(dir=folder), name)
    with open(path, "wb") as file:
        for piece in content:
            file.write(ray.get(piece))
    return path
