"""What a user asks for, validated at the border."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from typing_extensions import Self

from .errors import BadInput
from .script.script import WRITTEN, Language, Mood

#: Longest text that is spoken as it is: about 30 minutes.
MAX_TEXT = 30_000
#: Longest prompt: it is an assignment for a writer, not the text itself.
MAX_PROMPT = 4_000


class VideoRequest(BaseModel):
    """One video. Give exactly one of ``prompt`` (a script is written), ``text`` (spoken as it is), ``audio`` (a recording
    drives the face; its ``text`` may come along, if it is known) and ``listen`` (a silent loop of a listener that can be played on and on).

    Raises `BadInput` with one sentence when a field is wrong.

    role, tone, audience, facts, banned_words, seconds, max_words: for the script writer; ``seconds`` is the wished length,
    and the length of a listening loop.
    language: "en" or "zh"; found from the words when absent. A text for a cloned voice may be in one of 15 more, which has to be named.
    writer: script engine ("gguf:…", "hub:owner/model", "openai:model").
    avatar: id of a stock portrait, path of a photo, or "text:" and a description of a face, which is then painted; or path of a
    video, which keeps its size, frame rate and colours and gets another mouth (width, height, fps, style and expression say nothing).
    voice: id ("coqui:joe"), or "xtts:" and a recording whose voice is cloned; absent: the language's default. speed: of the voice,
    0.5-1.5. width, height: pixels, even. fps: frames a second. seed: same request and seed, same video.
    background: "" for the photo's own, "blur" for the same out of focus, a colour ("#1e90ff"), or the path of a picture.
    engine: renderer, "mesh", "wav2lip" or "musetalk". style: how much head and brows move; head_motion: False holds
    the head still while mouth, eyes and brows act. expression: one mood for the whole face, or "auto" for the script's mood
    of each sentence; expression_strength: 0 (none shows) to 1. commercial: refuse every weight that paid work may not use.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str = ""
    text: str = ""
    audio: Path | None = None
    listen: bool = False
    title: str = Field("", max_length=200)
    role: str = "presenter"
    tone: str = Field("", max_length=200)
    audience: str = Field("", max_length=200)
    language: Language | None = None
    facts: tuple[str, ...] = Field((), max_length=50)
    banned_words: tuple[str, ...] = Field((), max_length=200)
    seconds: float = Field(20.0, ge=3, le=600)
    max_words: int | None = Field(None, ge=5, le=5000)
    writer: str | None = None
    avatar: str = "hopper"
    voice: str | None = None
    speed: float = Field(1.0, ge=0.5, le=1.5)
    width: int = Field(512, ge=128, le=3840, multiple_of=2)
    height: int = Field(512, ge=128, le=3840, multiple_of=2)
    fps: float = Field(25.0, ge=12, le=60)
    seed: int = Field(0, ge=0, lt=2**32)
    background: str = ""
    engine: str = "mesh"
    style: Literal["still", "natural", "lively"] = "natural"
    head_motion: bool = True
    expression: Mood | Literal["auto"] = "auto"
    expression_strength: float = Field(1.0, ge=0, le=1)
    commercial: bool = False

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            request = validate(data)
        except ValidationError as error:
            raise BadInput(_sentence(error), field=str(next(iter(error.errors()[0]["loc"]), ""))) from None
        request._check_letters()
        request._check_source()
        return request

    def _check_letters(self) -> None:
        """Refuse halves of surrogate pairs, which JSON may hold and no file can."""
        for field, value in self.model_dump().items():
            try:
                json.dumps(value, ensure_ascii=False, default=str).encode()
            except UnicodeEncodeError:
                raise BadInput(f"{field} holds a damaged character (half of a surrogate pair): remove it.", field=field) from None

    def _check_source(self) -> None:
        if self.listen:
            if self.prompt or self.text or self.audio is not None:
                raise BadInput("A listening loop says nothing, but words or a recording were given too: leave them or the loop out.")
            return
        self._check_language()
        if self.audio is not None and self.prompt:
            raise BadInput("A recording and a prompt were both given: give a recording (with its text, if known) or a prompt, not both.")
        if self.audio is None and self.text and self.prompt:
            raise BadInput(
                "A prompt and a text were both given: give the prompt to have a script written, or the text to speak it as it is."
            )
        if self.audio is None and not self.text.strip() and not self.prompt.strip():
            raise BadInput("There is nothing to say: the prompt is empty; give a prompt, a text or a recording.")
        if len(self.prompt) > MAX_PROMPT:
            raise BadInput(
                f"The prompt has {len(self.prompt):,} characters, and at most {MAX_PROMPT:,} are allowed: shorten it, or give it as the "
                f"text to speak."
            )
        if len(self.text) > MAX_TEXT:
            raise BadInput(
                f"The text has {len(self.text):,} characters, and at most {MAX_TEXT:,} are allowed: split it into several videos."
            )

    def _check_language(self) -> None:
        """Most languages can only be spoken (by a cloned voice) or recognised, not written or read."""
        if self.language is None or self.language in WRITTEN:
            return
        if self.prompt:
            raise BadInput(
                "Scripts are written in English (en) and Chinese (zh): in another language, give the text to speak.", field="language"
            )
        if self.audio is not None and self.text:
            raise BadInput(
                "The text of a recording is found in it in English (en) and Chinese (zh): in another language, leave the text out.",
                field="text",
            )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the video in pixels."""
        return self.width, self.height


def _sentence(error: ValidationError) -> str:
    """The first fault of a request as one sentence with the field's name."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"]) or "request"
    if fault["type"] == "extra_forbidden":
        return f"The request has no field {field!r}: the fields are {', '.join(VideoRequest.model_fields)}."
    given = repr(fault["input"])
    shown = given if len(given) <= 60 else given[:57] + "..."
    return f"{field} is {shown}, which cannot be used: {fault['msg'][0].lower()}{fault['msg'][1:]}."
