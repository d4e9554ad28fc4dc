"""The files that a request names. Whatever carries requests to another folder, process or machine asks here."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ..input_file import user_path
from ..portrait.avatars import avatars, words_of
from ..portrait.backdrop import backdrop_file
from ..request import Scene, VideoRequest

#: Begins the name of a voice that is cloned from a recording.
CLONED = "xtts:"


def map_files(request: VideoRequest, change: Callable[[Path], Path]) -> VideoRequest:
    """The request with every path in it and its scenes (photo, background, recording, voice to clone) passed through
    ``change``; stock portraits and descriptions of faces stay."""
    scenes = tuple(map_scene(scene, change) for scene in request.scenes)
    return request.model_copy(update={**_changes(request, change), "scenes": scenes})


def map_scene(scene: Scene, change: Callable[[Path], Path]) -> Scene:
    """The scene with every path in it passed through ``change``."""
    return scene.model_copy(update=_changes(scene, change))


def _changes(source: VideoRequest | Scene, change: Callable[[Path], Path]) -> dict[str, str | Path]:
    changes: dict[str, str | Path] = {}
    stock = {avatar.id for avatar in avatars()}
    if source.avatar is not None and source.avatar not in stock and words_of(source.avatar) is None:
        changes["avatar"] = str(change(Path(source.avatar)))
    if (background := backdrop_file(source.background or "")) is not None:
        changes["background"] = str(change(background))
    if source.voice and source.voice.startswith(CLONED):
        changes["voice"] = f"{CLONED}{change(Path(source.voice.removeprefix(CLONED)))}"
    if source.audio is not None:
        changes["audio"] = change(source.audio)
    return changes


def voices_asked(request: VideoRequest) -> dict[str, str]:
    """The voices that the request and its scenes name, by the field that does; those that are cloned from a recording are files."""
    asked = {"voice": request.voice, **{f"scenes.{number}.voice": scene.voice for number, scene in enumerate(request.scenes)}}
    return {field: voice for field, voice in asked.items() if voice is not None and not voice.startswith(CLONED)}


def files_of(request: VideoRequest) -> list[Path]:
    """The existing files that the request names, as it names them."""
    found: list[Path] = []

    def look(path: Path) -> Path:
        if os.path.isfile(path):
            found.append(path)
        return path

    map_files(request, look)
    return found


def with_paths_from(request: VideoRequest, folder: Path) -> VideoRequest:
    """The request with its paths seen from ``folder``, so that it means the same in any process.

    A path to nothing there stays as it is.
    """
    return map_files(request, lambda path: seen_from(folder, path))


def seen_from(folder: Path, path: Path) -> Path:
    """The path of a file in ``folder``; a path to nothing there stays as it is."""
    there = folder / user_path(path)
    return there if os.path.exists(there) else path
