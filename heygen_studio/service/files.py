"""The files that a request names. Whatever carries requests to another folder, process or machine asks here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..portrait.avatars import avatars, words_of
from ..portrait.backdrop import backdrop_file
from ..request import VideoRequest


def map_files(request: VideoRequest, change: Callable[[Path], Path]) -> VideoRequest:
    """The request with every path in it (photo, background, recording, voice to clone) passed through ``change``; stock portraits
    and descriptions of faces stay."""
    changes: dict[str, str | Path] = {}
    if request.avatar not in {avatar.id for avatar in avatars()} and words_of(request.avatar) is None:
        changes["avatar"] = str(change(Path(request.avatar)))
    if (background := backdrop_file(request.background)) is not None:
        changes["background"] = str(change(background))
    if request.voice and request.voice.startswith("xtts:"):
        changes["voice"] = f"xtts:{change(Path(request.voice.removeprefix('xtts:')))}"
    if request.audio is not None:
        changes["audio"] = change(request.audio)
    return request.model_copy(update=changes)


def files_of(request: VideoRequest) -> list[Path]:
    """The existing files that the request names, as it names them."""
    found: list[Path] = []

    def look(path: Path) -> Path:
        if path.is_file():
            found.append(path)
        return path

    map_files(request, look)
    return found


def with_paths_from(request: VideoRequest, folder: Path) -> VideoRequest:
    """The request with its paths seen from ``folder``, so that it means the same in any process.

    A path to nothing there stays as it is.
    """

    def see(path: Path) -> Path:
        there = folder / path.expanduser()
        return there if there.exists() else path

    return map_files(request, see)
