"""The endpoints for programs (gradio_client): few, named, and the same whatever the pages look like.

A program shows who it is by a secret of its own, at least 32 characters, in the header ``x-studio-visitor``; without one it is known for
as long as its connection lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from ..portrait import avatars as stock
from ..request import VideoRequest
from ..service.uploads import Kind, as_json
from ..speech import voices as catalogue
from .batch_page import submit_rows
from .desk import Desk, VideoOf
from .engines_page import engines as all_engines
from .visitors import owner_of
from .words import language_of, sentence

#: Files of a video that `/download` hands out.
FILES = {"mp4": "video.mp4", "srt": "captions.srt", "vtt": "captions.vtt", "wav": "speech.wav"}


def add_endpoints(desk: Desk) -> None:
    """Add the endpoints to the blocks that are being built. Their docstrings are their documentation.

    Only writing takes long enough to wait in the queue, behind the drafts of the page.
    """
    for name, function in endpoints(desk).items():
        gr.api(function, api_name=name, queue=name == "draft", concurrency_limit=1, concurrency_id="writer")
    _add_files(desk)


def endpoints(desk: Desk) -> dict[str, Callable[..., Any]]:
    """The endpoints whose arguments and results are JSON, by name."""

    def render(fields: dict[str, Any], request: gr.Request) -> dict[str, Any]:
        """Queue a video. fields: those of a VideoRequest; avatar and audio may be "own:ID" of an upload. Returns the job."""
        with told(request) as owner:
            id = desk.submit(VideoRequest.model_validate(fields), owner)
            return describe(desk.video(id, owner))

    def status(id: str, request: gr.Request) -> dict[str, Any]:
        """How far a job is: state, stage, fraction, error."""
        with told(request) as owner:
            return describe(desk.video(id, owner))

    def cancel(id: str, request: gr.Request) -> dict[str, Any]:
        """Cancel a job; it stops within about a second."""
        with told(request) as owner:
            desk.cancel(id, owner)
            return describe(desk.video(id, owner))

    def videos(search: str = "", request: gr.Request = None) -> list[dict[str, Any]]:  # type: ignore[assignment]
        """Your videos, the newest first, whose words contain the search."""
        with told(request) as owner:
            return [describe(video) for video in desk.videos(owner, search)]

    def delete(id: str, request: gr.Request) -> bool:
        """Delete a video for good."""
        with told(request) as owner:
            desk.delete(id, owner)
            return True

    def draft(fields: dict[str, Any], request: gr.Request) -> Iterator[str]:
        """Write a script from a request with a prompt; streams the text so far."""
        with told(request) as owner:
            for draft in desk.drafts(desk.permitted(VideoRequest.model_validate(fields), owner)):
                yield draft if isinstance(draft, str) else draft.text

    def uploads(request: gr.Request) -> list[dict[str, Any]]:
        """Your photos and recordings."""
        with told(request) as owner:
            return [as_json(upload) for upload in desk.uploads.list(owner)]

    def delete_upload(id: str, request: gr.Request) -> bool:
        """Delete an upload for good."""
        with told(request) as owner:
            desk.uploads.delete(id, owner)
            return True

    def voices() -> list[dict[str, Any]]:
        """The voices."""
        return [asdict(voice) for voice in catalogue()]

    def avatars() -> list[dict[str, Any]]:
        """The stock portraits."""
        return [asdict(avatar) for avatar in stock()]

    def engines() -> list[dict[str, Any]]:
        """What this studio can do here, and why it cannot do the rest."""
        return [asdict(entry) for entry in all_engines(desk.settings, "en")]

    functions = (render, status, cancel, videos, delete, draft, uploads, delete_upload, voices, avatars, engines)
    return {function.__name__: function for function in functions}


def _add_files(desk: Desk) -> None:
    """The endpoints that take or give files: these need components, which no page shows."""
    with gr.Column(visible=False):
        file, kind, consent, made = gr.File(), gr.Textbox(), gr.Textbox(), gr.JSON()
        rows, queued = gr.File(), gr.JSON()
        id, wanted, given = gr.Textbox(), gr.Textbox("mp4"), gr.File()
        button = gr.Button()  # an event needs a trigger; programs call it by its name

    def upload(file: str | None, kind: Kind, consent: str, request: gr.Request) -> dict[str, Any]:
        """Keep a photo ("photo") or a recording ("audio") of yours, with a statement of who agreed to its use. Its id is for "own:ID"."""
        with told(request) as owner:
            if file is None:
                raise BadInput("There is no file: send one with handle_file(path).")
            with open(file, "rb") as source:
                return as_json(desk.uploads.add(source, owner=owner, name=Path(file).name, consent=consent, kind=kind))

    def batch(file: str | None, request: gr.Request) -> dict[str, Any]:
        """Queue every good row of a CSV, JSON Lines or YAML file."""
        with told(request) as owner:
            return asdict(submit_rows(desk, file, owner))

    def download(id: str, kind: str, request: gr.Request) -> str:
        """A file of a finished video: mp4, srt, vtt or wav."""
        with told(request) as owner:
            if kind not in FILES:
                raise BadInput(f"A video has no file of kind {kind[:20]!r}: say one of {', '.join(FILES)}.")
            return str(desk.file(id, owner, FILES[kind]))

    button.click(upload, [file, kind, consent], made, api_name="upload")
    button.click(batch, rows, queued, api_name="batch")
    button.click(download, [id, wanted], given, api_name="download")


class told:
    """Runs a block for the owner who asks; an error reaches them as one sentence in their language."""

    def __init__(self, request: gr.Request | None) -> None:
        self._request = request

    def __enter__(self) -> str:
        owner = owner_of(self._request)
        if owner is None:
            raise gr.Error("It is not known who asks: send a secret of 32 characters or more in the header x-studio-visitor.")
        return owner

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StudioError):
            raise gr.Error(sentence(error, language_of(self._request)), print_exception=False) from error


def describe(video: VideoOf) -> dict[str, Any]:
    """A video for programs."""
    job, result = video.job, video.result
    return {
        "id": job.id,
        "state": job.state,
        "stage": job.stage,
        "fraction": job.fraction,
        "title": video.title,
        "error": job.error,
        "field": job.field,
        "created": job.created,
        "duration": result.duration if result else None,
        "size": [result.width, result.height] if result else None,
    }
