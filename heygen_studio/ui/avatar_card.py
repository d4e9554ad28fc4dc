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
from .desk import Desk
from .form import Form
from .parts import Picker, card, error_box, note_box
from .visitors import owner_of
from .words import Language, both, language_of, safe, say, sentence, t

#: Pixels a side of the crop that is shown for a photo.
CROP = (320, 320)
STOCK = "hopper"


def avatar_card(desk: Desk, form: Form) -> Picker:
    """The card; returns its gallery, which the page fills with the visitor's own photos when it is opened."""
    with card("avatar", 2):
        gallery = form.add("avatar", Picker(STOCK, name="avatar", heading=both("avatar.title"), choices=stock_choices()))
        with gr.Accordion(t("avatar.own"), open=False, elem_classes="fold"):
            with gr.Row(equal_height=False):
                photo = gr.Image(
                    label=t("avatar.photo"), sources=["upload", "webcam"], type="filepath", height=220, elem_classes="photo", buttons=[],
                    webcam_options=gr.WebcamOptions(mirror=True),
                )  # fmt: skip
                crop = gr.HTML(f'<div class="crop-hint">{t("avatar.photo.hint")}</div>', elem_id="face-check")
            consent = gr.Checkbox(False, label=t("consent"), elem_id="avatar-consent")
            with gr.Row(elem_classes="actions"):
                add = gr.Button(t("avatar.add"), variant="secondary", elem_id="avatar-add")
                remove = gr.Button(t("avatar.remove"), variant="stop", visible=False, elem_id="avatar-remove")
            outcome = gr.HTML(elem_id="avatar-outcome")
    _wire(desk, gallery, photo, crop, consent, add, remove, outcome)
    return gallery


def _wire(
    desk: Desk, gallery: Picker, photo: gr.Image, crop: gr.HTML, consent: gr.Checkbox, add: gr.Button, remove: gr.Button, outcome: gr.HTML
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
        shown = gr.update(choices=choices_of(desk, owner), value=f"own:{upload.id}")
        return shown, None, False, note_box(say(language, "avatar.added"))

    def drop(chosen: str, request: gr.Request) -> tuple[Any, ...]:
        language, owner = language_of(request), owner_of(request) or ""
        try:
            desk.uploads.delete(chosen.removeprefix("own:"), owner)
        except StudioError as error:
            return gr.skip(), error_box(safe(sentence(error, language)))
        return gr.update(choices=choices_of(desk, owner), value=STOCK), note_box(say(language, "avatar.removed"))

    photo.change(look, photo, crop, api_visibility="private", concurrency_id="face", concurrency_limit=2)
    add.click(
        keep, [photo, consent], [gallery, photo, consent, outcome], api_visibility="private", concurrency_id="face", concurrency_limit=2
    )
    remove.click(drop, gallery, [gallery, outcome], api_visibility="private")
    gallery.change(
        lambda chosen: gr.update(visible=str(chosen).startswith("own:")), gallery, remove,
        api_visibility="private", queue=False, show_progress="hidden",
    )  # fmt: skip


def stock_choices() -> list[dict[str, str]]:
    return [
        {"id": avatar.id, "label": avatar.label, "note": both(f"avatar.of.{avatar.id}"), "picture": f"studio/assets/avatars/{avatar.id}.jpg"}
        for avatar in avatars()
    ]


def choices_of(desk: Desk, owner: str) -> list[dict[str, str]]:
    """The stock portraits and the visitor's own photos."""
    own = [
        {"id": f"own:{upload.id}", "label": safe(Path(upload.name).stem), "note": both("avatar.yours"), "picture": f"studio/photos/{upload.id}"}
        for upload in desk.uploads.list(owner, "photo")
    ]
    return [*stock_choices(), *own]


def _crop_shown(portrait: Portrait, language: Language) -> str:
    """The framed picture with a box around the face that was found, and what could be better."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(portrait.image).save(buffer, "JPEG", quality=85)
    width, height = portrait.size
    (left, top), (right, bottom) = portrait.landmarks[:, :2].min(0), portrait.landmarks[:, :2].max(0)
    box = f"left:{100 * left / width:.1f}%;top:{100 * top / height:.1f}%;width:{100 * (right - left) / width:.1f}%;height:{100 * (bottom - top) / height:.1f}%"
    notes = "".join(note_box(safe(sentence(BadInput(note), language))) for note in portrait.notes)
    picture = f'<img src="data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}" alt="">'
    return (
        f'<figure class="crop">{picture}<span class="face-box" style="{box}"></span>'
        f"<figcaption>{say(language, 'avatar.face.good')}</figcaption></figure>{notes}"
    )
