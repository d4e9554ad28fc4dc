"""The controls of the create page, and the request that they add up to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gradio.blocks import Block
from gradio.components import Component

from ..errors import BadInput
from ..request import VideoRequest
from ..script import detect_language
from ..service.uploads import CONSENT
from .border import OWN
from .moods import lines_of

if TYPE_CHECKING:
    from .desk import Desk

C = TypeVar("C", bound=Component)

#: The voice that is chosen at first: the fastest, and free for any work.
FIRST_VOICE = "hibari:heart"
#: Length of the shorter side in pixels.
SIZES = {"draft": 256, "standard": 512, "hd": 720, "full": 1080}
ASPECTS = {"wide": (16, 9), "tall": (9, 16), "square": (1, 1)}


class Form:
    """The controls by the name of what they decide; most names are those of the fields of `VideoRequest`."""

    def __init__(self) -> None:
        self.controls: dict[str, Component] = {}

    def add(self, name: str, control: C) -> C:
        self.controls[name] = control
        return control

    @property
    def inputs(self) -> set[Block]:
        """The inputs of an event whose function takes the data as a dictionary."""
        return set(self.controls.values())

    def values(self, data: dict[Any, Any]) -> dict[str, Any]:
        return {name: data[control] for name, control in self.controls.items() if control in data}


def frame_size(aspect: str, size: str) -> tuple[int, int]:
    """Width and height in even pixels."""
    across, down = ASPECTS[aspect]
    scale = SIZES[size] / min(across, down)
    return 2 * round(across * scale / 2), 2 * round(down * scale / 2)


def request_of(values: dict[str, Any], desk: Desk, owner: str) -> VideoRequest:
    """The request of a visitor. Raises `BadInput`, with the field where it is one's fault."""
    width, height = frame_size(values["aspect"], values["size"])
    fields: dict[str, Any] = {
        **_words_of(values, desk, owner),
        "title": (values["title"] or "").strip(),
        "language": values["language"] if values["language"] != "auto" else None,
        "avatar": values["avatar"],
        "voice": voice_of(values["voice"], values["text"] or values["prompt"] or "", values["language"]),
        "speed": values["speed"],
        "width": width,
        "height": height,
        "background": _background(values, desk, owner),
        "style": values["style"],
        "expression": values["expression"],
        "expression_strength": values["strength"],
        "captions": bool(values["captions"]),
        "caption_position": values["caption_position"],
        "engine": values["engine"],
        "seed": int(values["seed"] or 0),
        "commercial": bool(values["commercial"]),
    }
    return VideoRequest.model_validate(fields)


def voice_of(chosen: str, words: str, language: str) -> str | None:
    """The chosen voice; where it is the one that everybody begins with and speaks another language than the words, that language's own."""
    speaks_english = (detect_language(words) if language == "auto" else language) == "en"
    return None if not chosen or (chosen == FIRST_VOICE and not speaks_english) else chosen


def _words_of(values: dict[str, Any], desk: Desk, owner: str) -> dict[str, Any]:
    """What is said: a recording, words as they are, or a prompt from which the render writes them."""
    text = (values["text"] or "").strip()
    if values["mode"] == "record":
        return {"audio": _recording(values, desk, owner)}
    if values["mode"] == "text" or text:
        if not text:
            raise BadInput("There is nothing to say: write or paste what should be spoken.", field="text")
        lines = lines_of(text, values["language"], values["moods"])
        return {"text": text} if lines == lines_of(text, values["language"]) else {"lines": lines}
    if not (values["prompt"] or "").strip():
        raise BadInput("There is nothing to say: describe the video first, or choose to write the words yourself.", field="prompt")
    return {
        "prompt": values["prompt"].strip(),
        "role": values["role"],
        "tone": (values["tone"] or "").strip(),
        "seconds": values["seconds"],
    }


def _background(values: dict[str, Any], desk: Desk, owner: str) -> str:
    """What stands behind the person, as a request names it; a picture is kept among the visitor's uploads."""
    if values["backdrop"] == "colour":
        return hex_colour(values["colour"] or "")
    if values["backdrop"] != "picture":
        return {"photo": "", "blur": "blur"}[values["backdrop"]]
    if not values["picture"]:
        raise BadInput("There is no picture for the background yet: upload one, or choose another background.", field="background")
    source = Path(values["picture"])
    with open(source, "rb") as file:
        return OWN + desk.uploads.add(file, owner=owner, name=source.name, consent="", kind="image").id


def hex_colour(colour: str) -> str:
    """A colour as "#1e90ff"; browsers' pickers also say "rgba(30.4, 144, 255, 1)"."""
    numbers = re.findall(r"[\d.]+", colour) if colour.startswith("rgb") else []
    if len(numbers) >= 3:
        return "#" + "".join(f"{min(255, round(float(number))):02x}" for number in numbers[:3])
    return colour


def _recording(values: dict[str, Any], desk: Desk, owner: str) -> str:
    """The visitor's recording, kept with their consent, as a request names it."""
    if not values["audio"]:
        raise BadInput("There is no recording yet: upload one, or record it with the microphone.", field="audio")
    if not values["audio_consent"]:
        raise BadInput("Nobody's consent was given: tick the box under the recording first.", field="audio")
    source = Path(values["audio"])
    with open(source, "rb") as file:
        return OWN + desk.uploads.add(file, owner=owner, name=source.name, consent=CONSENT, kind="audio").id
