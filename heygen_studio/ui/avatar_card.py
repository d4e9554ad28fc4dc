"""Who speaks: a stock portrait, a photo of the visitor's own, or one made from words."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import gradio as gr

from ..errors import BadInput, StudioError
from ..portrait import Portrait, avatars, prepare_portrait
from ..service.uploads import CONSENT
from .border import OWN
from .desk import Desk
from .form import Form
from .painted_faces import keep_face, painted_faces
from .parts import card, error_box, html, note_box, picker
from .screen import picture_of
from .visitors import owner_of
from .words import Language, both, language_of, safe, say, sentence, t

#: Pixels a side of the crop that is shown for a photo.
CROP = (320, 320)
STOCK = "hopper"


def avatar_card(desk: Desk, form: Form) -> gr.HTML:
    """The card; returns its gallery, which the page fills with the visitor's own photos when it is opened."""
    with card("avatar", 2):
        gallery = form.add("avatar", picker("avatar", both("avatar.title"), stock_choices(), STOCK))
        with gr.Accordion(t("avatar.own"), open=False, elem_classes="fold"):
            with gr.Row(equal_height=False):
                photo = gr.Image(
                    label=t("avatar.photo"), sources=["upload", "webcam"], type="filepath", height=220, elem_classes="photo", buttons=[],
                    webcam_options=gr.WebcamOptions(mirror=True),
                )  # fmt: skip
                crop = html(f'<div class="crop-hint">{both("avatar.photo.hint")}</div>', elem_id="face-check")
            consent = gr.Checkbox(False, label=t("consent"), elem_id="avatar-consent")
            with gr.Row(elem_classes="actions"):
                add = gr.Button(t("avatar.add"), variant="secondary", elem_id="avatar-add")
                remove = gr.Button(t("avatar.remove"), variant="stop", visible=False, elem_id="avatar-remove")
            outcome = html(elem_id="avatar-outcome")
        if painted := painted_faces(desk):
            _wire_painted(desk, gallery, *painted)
    _wire(desk, gallery, photo, crop, consent, add, remove, outcome)
    return gallery


def _wire(
    desk: Desk, gallery: gr.HTML, photo: gr.Image, crop: gr.HTML, consent: gr.Checkbox, add: gr.Button, remove: gr.Button, outcome: gr.HTML
) -> None:
    def look(path: str | None, request: gr.Request) -> str:
        language = language_of(request)
        if not path:
            return f'<div class="crop-hint">{say(language, "avatar.photo.hint")}</div>'
        try:
            return _crop_shown(prepare_portrait(Path(path), CROP), language)
        except StudioError as error:
            return error_box(safe(sentence(error, language)))

    def keep(path: str | None, agreed: bool, request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            if not path:
                raise BadInput("There is no photo yet: upload one, or take one with the camera.", field="avatar")
            if not agreed:
                raise BadInput("Nobody's consent was given: tick the box under the photo first.", field="avatar")
            with open(path, "rb") as file:
                upload = desk.uploads.add(file, owner=owner, name=Path(path).name, consent=CONSENT, kind="photo")
        except StudioError as error:
            return gr.skip(), gr.skip(), gr.skip(), error_box(safe(sentence(error, language)))
        shown = gr.update(choices=choices_of(desk, owner), value=OWN + upload.id)
        return shown, None, False, note_box(say(language, "avatar.added"))

    def drop(chosen: str, request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            desk.uploads.delete(chosen.removeprefix(OWN), owner)
        except StudioError as error:
            return gr.skip(), error_box(safe(sentence(error, language)))
        return gr.update(choices=choices_of(desk, owner), value=STOCK), note_box(say(language, "avatar.removed"))

    photo.change(look, photo, crop, api_visibility="private", concurrency_id="face", concurrency_limit=2)
    add.click(
        keep, [photo, consent], [gallery, photo, consent, outcome], api_visibility="private", concurrency_id="face", concurrency_limit=2
    )
    remove.click(drop, gallery, [gallery, outcome], api_visibility="private")
    gallery.change(
        lambda chosen: gr.update(visible=str(chosen).startswith(OWN)), gallery, remove,
        api_visibility="private", queue=False, show_progress="hidden",
    )  # fmt: skip


def _wire_painted(desk: Desk, gallery: gr.HTML, keep: gr.Button, found: gr.State, faces: gr.HTML, status: gr.HTML) -> None:
    def take(paths: list[str], chosen: str, request: gr.Request) -> tuple[Any, Any]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            id = keep_face(desk, paths, chosen, owner)
        except StudioError as error:
            return gr.skip(), error_box(safe(sentence(error, language)))
        return gr.update(choices=choices_of(desk, owner), value=OWN + id), note_box(say(language, "avatar.added"))

    keep.click(take, [found, faces], [gallery, status], api_visibility="private", concurrency_id="face", concurrency_limit=2)


def stock_choices() -> list[dict[str, str]]:
    return [_choice(avatar.id, avatar.label, f"avatar.of.{avatar.id}") for avatar in avatars()]


def choices_of(desk: Desk, owner: str) -> list[dict[str, str]]:
    """The stock portraits and the visitor's own photos."""
    photos = desk.uploads.list(owner, "photo")
    return [*stock_choices(), *(_choice(OWN + photo.id, safe(Path(photo.name).stem), "avatar.yours") for photo in photos)]


def _choice(id: str, label: str, note: str) -> dict[str, str]:
    return {"id": id, "label": label, "note": both(note), "picture": picture_of(id)}


def _crop_shown(portrait: Portrait, language: Language) -> str:
    """The framed picture with a box around the face that was found, and what could be better."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(portrait.image).save(buffer, "JPEG", quality=85)
    picture = f'<img src="data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}" alt="">'
    low, high = (100 * edge / portrait.size for edge in (portrait.landmarks[:, :2].min(0), portrait.landmarks[:, :2].max(0)))
    box = f"left:{low[0]:.1f}%;top:{low[1]:.1f}%;width:{high[0] - low[0]:.1f}%;height:{high[1] - low[1]:.1f}%"
    notes = "".join(note_box(safe(sentence(BadInput(note), language))) for note in portrait.notes)
    return (
        f'<figure class="crop">{picture}<span class="face-box" style="{box}"></span>'
        f"<figcaption>{say(language, 'avatar.face.good')}</figcaption></figure>{notes}"
    )
