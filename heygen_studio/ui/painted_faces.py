"""A face from words: painted, looked at, and kept as a photo of the visitor's; or what that would need."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from ..devices import zero_gpu
from ..errors import BadInput, StudioError
from ..progress import Cancelled
from .availability import in_both, needed_for_painting
from .desk import Desk
from .lent_gpu import with_lent_gpu
from .parts import error_box, html, note_box, picker
from .watched import watched
from .words import LANGUAGES, both, language_of, safe, say, sentence, t

#: Pixels a side of the pictures to choose from.
SIDE = 256


def painted_faces(desk: Desk) -> tuple[gr.Button, gr.State, gr.HTML, gr.HTML] | None:
    """The controls; returns the button that keeps a face, the paths of the painted ones, which is chosen, and where problems are told.

    None if painting is not possible here: then the page says what it needs.
    """
    # Declared even where nothing can be painted yet: a ZeroGPU Space wants to see at its start what a GPU is for.
    paint_now = with_lent_gpu(lambda description, seed: desk.studio.paint_avatar(description, seed=seed))
    with gr.Accordion(t("paint.title"), open=False, elem_classes="fold"):
        needed = {language: needed_for_painting(desk.settings, language) for language in LANGUAGES}
        if needed["en"]:
            html(note_box(in_both(needed)))
            return None
        with gr.Row():
            words = gr.Textbox("", label=t("paint.words"), placeholder=t("paint.words.example"), max_lines=2, elem_id="paint-words")
            seed = gr.Number(0, precision=0, minimum=0, label=t("look.seed"), scale=0, min_width=110)
        with gr.Row(elem_classes="actions"):
            paint = gr.Button(t("paint.button"), elem_id="paint")
            keep = gr.Button(t("paint.keep"), visible=False, elem_id="paint-keep")
        status = html(elem_id="paint-status")
        found = gr.State([])
        faces = picker("painted", both("paint.title"), [], "")

    def run(description: str, number: float, request: gr.Request) -> Iterator[dict[Any, Any]]:
        language = language_of(request)
        yield {status: note_box(say(language, "paint.starting")), keep: gr.update(visible=False)}
        number = int(number or 0)
        work = watched(
            (lambda on_event, cancel: paint_now(description, number))
            if zero_gpu()  # events do not travel between processes
            else (lambda on_event, cancel: desk.studio.paint_avatar(description, seed=number, on_event=on_event, cancel=cancel))
        )
        try:
            while True:
                for event in next(work)[-1:]:
                    yield {status: note_box(f"{safe(event.note)} · {event.fraction:.0%}")}
        except StopIteration as end:
            paths = [str(candidate.image) for candidate in end.value]
            choices = [{"id": str(index), "label": "", "note": "", "picture": _shown(path)} for index, path in enumerate(paths)]
            yield {faces: gr.update(choices=choices, value="0"), found: paths, status: "", keep: gr.update(visible=True)}
        except (StudioError, Cancelled) as error:
            yield {status: error_box(safe(sentence(error, language) if isinstance(error, StudioError) else ""))}
        finally:
            work.close()

    paint.click(
        run, [words, seed], [status, faces, found, keep],
        api_visibility="private", show_progress="hidden", concurrency_id="painter", concurrency_limit=1,
    )  # fmt: skip
    return keep, found, faces, status


def keep_face(desk: Desk, paths: list[str], chosen: str, owner: str) -> str:
    """Keep a painted face as a photo of the visitor's and return its id. Raises `BadInput`."""
    if not chosen.isdigit() or int(chosen) >= len(paths):
        raise BadInput("No face is chosen: paint some first.", field="avatar")
    path = Path(paths[int(chosen)])
    with open(path, "rb") as file:
        return desk.uploads.add(file, owner=owner, name=path.name, consent="Painted from words; shows nobody who exists.", kind="photo").id


def _shown(path: str) -> str:
    """The picture in the page itself: it lies where no address leads."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((SIDE, SIDE))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
