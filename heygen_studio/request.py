"""What a user asks for, validated at the border."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from typing_extensions import Self

from .errors import BadInput, StudioError
from .script.brief import MAX_PROMPT
from .script.given import MAX_TEXT
from .script.script import WRITTEN, Language, Line, Mood
from .script.sentences import detect_language, foreign_word
from .video.layout import Layout, layout_of

#: Scenes of one video, and sentences of one scene.
MAX_SCENES, MAX_LINES = 50, 2_000
#: Languages for whose writing there is no font.
UNDRAWN: frozenset[Language] = frozenset({"ar", "hi", "ko"})


class Scene(BaseModel):
    """A part of a video with words, a face, a voice or a background of its own. What is not given is as in the request around it.

    Give exactly one of ``prompt``, ``text``, ``lines``, ``audio`` and ``silence`` (seconds in which the person only listens); the
    other fields are those of `VideoRequest`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str = ""
    text: str = ""
    lines: tuple[Line, ...] = Field((), max_length=MAX_LINES)
    audio: Path | None = None
    silence: float | None = Field(None, ge=0.2, le=100)
    role: str | None = None
    tone: str | None = None
    audience: str | None = None
    language: Language | None = None
    facts: tuple[str, ...] | None = None
    banned_words: tuple[str, ...] | None = None
    seconds: float | None = None
    max_words: int | None = None
    avatar: str | None = None
    voice: str | None = None
    speed: float | None = None
    background: str | None = None
    scale: float | None = None
    offset_x: float | None = None
    offset_y: float | None = None
    circle: str | None = None
    style: Literal["still", "natural", "lively"] | None = None
    head_motion: bool | None = None
    expression: Mood | Literal["auto"] | None = None
    expression_strength: float | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        return _explained(cls, data, validate)


class VideoRequest(BaseModel):
    """One video. Give exactly one of ``prompt`` (a script is written), ``text`` (spoken as it is), ``lines`` (spoken as they are, each
    in its mood), ``audio`` (a recording drives the face; its ``text`` may come along, if it is known), ``listen`` (a silent loop of a
    listener that can be played on and on) and ``scenes`` (1 to 50, one after the other in one video).

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
    scale, offset_x, offset_y: size of the person's part of the picture, 1 for all of it, and by how much its middle lies right of and below
    the picture's, in widths and heights of it; around it stands the background, or else the blurred photo. circle: cut that part out
    round, as large as the shorter side at scale 1: "photo" with the photo's own background in it, or a colour; "" does not.
    engine: renderer, "mesh", "wav2lip" or "musetalk". style: how much head and brows move; head_motion: False holds
    the head still while mouth, eyes and brows act. expression: one mood for the whole face, or "auto" for the script's mood
    of each sentence; expression_strength: 0 (none shows) to 1.
    captions: draw them onto the picture, at the caption_position, with letters of caption_size times the video's shorter side.
    commercial: refuse every weight that paid work may not use.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str = ""
    text: str = ""
    lines: tuple[Line, ...] = Field((), max_length=MAX_LINES)
    audio: Path | None = None
    listen: bool = False
    scenes: tuple[Scene, ...] = Field((), max_length=MAX_SCENES)
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
    scale: float = Field(1.0, ge=0.1, le=3)
    offset_x: float = Field(0.0, ge=-2, le=2)
    offset_y: float = Field(0.0, ge=-2, le=2)
    circle: str = ""
    engine: str = "mesh"
    style: Literal["still", "natural", "lively"] = "natural"
    head_motion: bool = True
    expression: Mood | Literal["auto"] = "auto"
    expression_strength: float = Field(1.0, ge=0, le=1)
    captions: bool = False
    caption_position: Literal["bottom", "top"] = "bottom"
    caption_size: float = Field(0.045, ge=0.02, le=0.1)
    commercial: bool = False

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        request = _explained(cls, data, validate)
        request._check_letters()
        request._check_source()
        request._check_layout()
        request.parts()  # each scene is checked like a request
        return request

    @field_validator("scenes", mode="before")
    @classmethod
    def _name_scenes(cls, value: Any) -> Any:
        """Validate each scene by itself, so that an error can name it."""
        if not isinstance(value, list | tuple) or len(value) > MAX_SCENES:
            return value
        scenes = []
        for number, scene in enumerate(value):
            try:
                scenes.append(Scene.model_validate(scene))
            except BadInput as error:
                raise scene_error(error, number) from None
        return tuple(scenes)

    def _check_letters(self) -> None:
        """Refuse halves of surrogate pairs, which JSON may hold and no file can."""
        for field, value in self.model_dump().items():
            try:
                json.dumps(value, ensure_ascii=False, default=str).encode()
            except UnicodeEncodeError:
                raise BadInput(f"{field} holds a damaged character (half of a surrogate pair): remove it.", field=field) from None

    def _check_source(self) -> None:
        given = {
            "a prompt": self.prompt.strip(),
            "a text": self.text.strip() and self.audio is None,
            "lines": self.lines,
            "a recording": self.audio is not None,
            "a listening loop": self.listen,
            "scenes": self.scenes,
        }
        sources = [name for name, value in given.items() if value]
        if not sources:
            raise BadInput("There is nothing to say: the prompt is empty; give a prompt, a text, lines, a recording or scenes.")
        if len(sources) > 1:
            first, second = (name[0].upper() + name[1:] if n == 0 else name for n, name in enumerate(sources[:2]))
            hint = ": a listening loop says nothing" if self.listen else ""
            raise BadInput(
                f"{first} and {second} were both given{hint}: give a prompt to have a script written, a text or lines to speak them as "
                f"they are, a recording (with its text, if known), or scenes."
            )
        self._check_language()
        if len(self.prompt) > MAX_PROMPT:
            raise BadInput(
                f"The prompt has {len(self.prompt):,} characters, and at most {MAX_PROMPT:,} are allowed: shorten it, or give it as the "
                f"text to speak."
            )
        if (length := len(self.text) + sum(len(line.text) for line in self.lines)) > MAX_TEXT:
            raise BadInput(f"The text has {length:,} characters, and at most {MAX_TEXT:,} are allowed: split it into several videos.")

    def _check_layout(self) -> None:
        """Refuse a person whom nobody could see."""
        _ = self.layout

    def _check_language(self) -> None:
        """Most languages can only be spoken (by a cloned voice) or recognised, not written or read; their letters say that one is meant."""
        if self.language is None or self.language in WRITTEN:
            if word := foreign_word(self.text or self.given_text):
                raise BadInput(
                    f"The text is in letters that no voice for English (en) or Chinese (zh) can read, for example “{word}”: name its "
                    f"language, and a recording of somebody whose voice is to speak it (voice xtts:recording.wav).",
                    field="language",
                )
            return
        if self.captions and self.language in UNDRAWN:
            raise BadInput(
                f"The letters of the language {self.language} cannot be drawn onto the picture: leave captions out, and use the .srt or "
                f".vtt file beside the video.",
                field="captions",
            )
        if self.prompt:
            raise BadInput(
                "Scripts are written in English (en) and Chinese (zh): in another language, give the text to speak.", field="language"
            )
        if self.audio is not None and self.text:
            raise BadInput(
                "The text of a recording is found in it in English (en) and Chinese (zh): in another language, leave the text out.",
                field="text",
            )

    def parts(self) -> tuple[Self, ...]:
        """The request of each scene, whole in itself; without scenes, this one. Raises `BadInput`, which names the scene."""
        if not self.scenes:
            return (self,)
        return tuple(self._part(number, scene) for number, scene in enumerate(self.scenes))

    def _part(self, number: int, scene: Scene) -> Self:
        shared = {name: getattr(self, name) for name in type(self).model_fields if name not in (*_SOURCES, "scenes", "title")}
        own = {name: value for name, value in scene if value is not None and name != "silence"}
        # A seed of its own: the head would nod alike in every scene.
        values = {**shared, **own, "seed": (self.seed + number) % 2**32, "listen": scene.silence is not None}
        try:
            part = type(self).model_validate(values)
        except BadInput as error:
            raise scene_error(error, number) from None
        return part if scene.silence is None else part.model_copy(update={"seconds": scene.silence})

    @property
    def given_text(self) -> str:
        """What is spoken as it is: the text or the lines; "" for a prompt, a recording and a listener."""
        if self.audio is not None:
            return ""
        return self.text if self.text.strip() else "\n".join(line.text for line in self.lines)

    @property
    def spoken_language(self) -> Language:
        """The language asked for, or that of the words."""
        return self.language or detect_language(self.given_text or self.prompt)

    @property
    def layout(self) -> Layout | None:
        """Where the person stands; None: in all of the picture."""
        return layout_of(self.size, self.scale, (self.offset_x, self.offset_y), bool(self.circle))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the video in pixels."""
        return self.width, self.height


#: Fields that say what is said.
_SOURCES = ("prompt", "text", "lines", "audio", "listen")


def scene_error(error: StudioError, number: int) -> StudioError:
    """The error of a scene (counted from 0), as the request around it tells it."""
    said = str(error)
    return type(error)(f"Scene {number + 1}: {said[0].lower() + said[1:]}", field=f"scenes.{number}.{error.field}".rstrip("."))


def no_video_in_scenes() -> BadInput:
    """The error of a scene whose avatar is a video."""
    return BadInput("The avatar of a scene is a video, which has a size and frame rate of its own: give a photo.", field="avatar")


_M = TypeVar("_M", bound=BaseModel)


def _explained(model: type[BaseModel], data: Any, validate: ModelWrapValidatorHandler[_M]) -> _M:
    """The validated model. Raises `BadInput` with one sentence and the field."""
    try:
        return validate(data)
    except ValidationError as error:
        raise BadInput(_sentence(error, model), field=".".join(map(str, error.errors()[0]["loc"]))) from None


def _sentence(error: ValidationError, model: type[BaseModel]) -> str:
    """The first fault of a request as one sentence with the field's name."""
    fault = error.errors()[0]
    field = ".".join(str(part) for part in fault["loc"]) or "request"
    if fault["type"] == "extra_forbidden":
        return f"The {'scene' if model is Scene else 'request'} has no field {field!r}: the fields are {', '.join(model.model_fields)}."
    given = repr(fault["input"])
    shown = given if len(given) <= 60 else given[:57] + "..."
    return f"{field} is {shown}, which cannot be used: {fault['msg'][0].lower()}{fault['msg'][1:]}."
