"""The files of the web app: what everybody may have, and what only its owner gets.

Nothing is served by its path: an address names a job, an upload or a voice, and whoever asks must own it.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ..errors import BadInput, StudioError
from ..output import clear_errors
from ..speech import voices
from .assets import ASSETS
from .contact_sheet import contact_sheet
from .desk import Desk
from .samples import file_name, sample_of
from .visitors import owner_of
from .words import language_of, sentence

#: What may be asked of a video, and its media type.
PARTS = {
    "video.mp4": "video/mp4",
    "captions.srt": "application/x-subrip",
    "captions.vtt": "text/vtt",
    "speech.wav": "audio/wav",
    "thumbnail.jpg": "image/jpeg",
    "sheet.jpg": "image/jpeg",
}
#: The folders of ``assets/`` that everybody may have.
PUBLIC = ("fonts", "avatars", "examples")
#: A visitor's own files stay out of shared caches, and a browser takes them for nothing but what they are called.
OWN = {"cache-control": "private, max-age=600", "x-content-type-options": "nosniff"}


def routes(desk: Desk) -> list[Route | Mount]:
    """The addresses under ``studio/``."""
    shared = [Mount(f"/studio/assets/{name}", StaticFiles(directory=ASSETS / name)) for name in PUBLIC if (ASSETS / name).is_dir()]
    return [
        *shared,
        Route("/studio/videos/{id}/{part}", partial(_answer, partial(_video, desk))),
        Route("/studio/previews/{name}.mp4", partial(_answer, partial(_preview, desk))),
        Route("/studio/photos/{id}", partial(_answer, partial(_photo, desk))),
        Route("/studio/batches/{id}.zip", partial(_answer, partial(_batch, desk))),
        Route("/studio/samples/{voice}", partial(_answer, partial(_sample, desk))),
    ]


async def _answer(find: Callable[[Request], Response], request: Request) -> Response:
    """What ``find`` finds, or one sentence why not; it may take a while and runs in a thread."""
    try:
        return await run_in_threadpool(find, request)
    except StudioError as error:
        return PlainTextResponse(sentence(error, language_of(request)), status_code=404)


def _owner(request: Request) -> str:
    owner = owner_of(request)
    if owner is None:
        raise BadInput("It is not known who asks for this file: open the studio's page first.")
    return owner


def _video(desk: Desk, request: Request) -> Response:
    """A file of a finished video; ``?name=`` makes it a download of that name."""
    id, part = request.path_params["id"], request.path_params["part"]
    if part not in PARTS:
        raise BadInput(f"A video has no file {part[:80]!r}: there are {', '.join(PARTS)}.")
    owner = _owner(request)
    result = desk.result(id, owner)
    if part == "thumbnail.jpg":
        path = desk.library.thumbnail(result.id)
    elif part == "sheet.jpg":
        path = contact_sheet(result.video, result.folder / "sheet.jpg")
    else:
        path = desk.file(id, owner, part)
    headers = dict(OWN)
    if name := request.query_params.get("name"):
        headers["content-disposition"] = f"attachment; filename*=utf-8''{quote(f'{name[:80]}{path.suffix}')}"
    return FileResponse(path, media_type=PARTS[part], headers=headers)


def _preview(desk: Desk, request: Request) -> Response:
    """The first seconds of a video that the visitor looked at before."""
    return FileResponse(desk.preview(request.path_params["name"], _owner(request)), media_type="video/mp4", headers=OWN)


def _photo(desk: Desk, request: Request) -> Response:
    """The framed face of an own photo."""
    preview = desk.upload(request.path_params["id"], _owner(request)).preview
    if preview is None or not preview.is_file():
        raise BadInput("This upload has no picture: upload the photo again.")
    return FileResponse(preview, media_type="image/jpeg", headers=OWN)


def _sample(desk: Desk, request: Request) -> Response:
    """The sample of a voice of the catalogue."""
    wanted = request.path_params["voice"]
    for voice in voices():
        if file_name(voice) == wanted:
            path: Path = sample_of(voice, desk.settings)
            return FileResponse(path, media_type="audio/mpeg", headers={"cache-control": "public, max-age=86400"})
    raise BadInput(f"There is no voice {wanted[:80]!r}.")


def _batch(desk: Desk, request: Request) -> Response:
    """The finished videos of a batch with their captions, under the names that its rows gave them."""
    owner = _owner(request)
    kept = desk.sets.get(request.path_params["id"], owner)
    folder = tempfile.TemporaryDirectory(prefix="studio-batch-")
    target = Path(folder.name) / "batch.zip"
    try:
        with clear_errors(target), zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for member in kept.members:
                with suppress(BadInput):  # not finished, failed or deleted
                    for part in ("video.mp4", "captions.srt"):
                        path = desk.file(member.job, owner, part)
                        archive.write(path, Path(member.output).with_suffix(path.suffix).name)
    except BaseException:
        folder.cleanup()
        raise
    headers = {**OWN, "content-disposition": f"attachment; filename*=utf-8''{quote(kept.name[:80])}.zip"}
    return FileResponse(target, media_type="application/zip", headers=headers, background=BackgroundTask(folder.cleanup))
