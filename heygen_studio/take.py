"""One scene, stage by stage: portrait, script, speech, motion. Each method makes its output or finds the one made before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .progress import Event, OnEvent, interruptible
from .request import VideoRequest, no_video_in_scenes
from .run import Made, Run, load, save
from .stages import file_hash

if TYPE_CHECKING:
    from .frames.picture import Picture
    from .motion.motion import Motion
    from .portrait.portrait import Image, Portrait
    from .script.script import Language, Mood, Script
    from .speech.speech import Speech
    from .speech.voice import Voice
    from .video.footage import Footage
    from .video.layout import Layout


#: The picture behind a portrait that fills a part of the frame, beside it.
SCENERY = "scenery.png"


class Take:
    """A scene on its way. request: without scenes of its own; number: of ``total`` scenes, from 0, over which progress is counted.

    is_scene: of a film; there a listener comes from rest and returns to it, as everyone does, and makes no loop.
    """

    script: Script
    speech: Speech
    motion: Motion

    def __init__(self, run: Run, request: VideoRequest, on_event: OnEvent, number: int = 0, total: int = 1, is_scene: bool = False) -> None:
        self.run, self.request, self.is_scene = run, request, is_scene
        self.loops = request.listen and not is_scene
        self.on_event = on_event if total == 1 else _part(on_event, number, total)
        self.made: dict[str, Made] = {}
        self.notes: tuple[str, ...] = ()
        self.painted: dict[str, Any] = {}
        self.footage: Footage | None = None

    def prepare(self) -> None:
        """The face: a portrait, which stays on disk, for a film may show many; or a video whose mouth is to be painted."""
        from .frames import check_renderer, fetch_renderer, no_background
        from .portrait import check_backdrop, check_circle
        from .video.footage import is_video
        from .video.layout import no_layout

        request = self.request
        check_backdrop(request.background)
        check_circle(request.circle)
        check_renderer(request.engine, commercial=request.commercial)
        avatar = self._photo()
        if is_video(avatar):
            if self.is_scene:
                raise no_video_in_scenes()
            check_renderer(request.engine, commercial=request.commercial, video=True)
            no_background(request.background)
            no_layout(request.layout)
        fetch_renderer(request.engine, on_event=self.on_event, cancel=self.run.cancel)
        if is_video(avatar):
            self._look_at(avatar)
        else:
            self._prepare_portrait(avatar)

    def picture(self, portrait: Portrait | None = None) -> Picture:
        """What is to be drawn. portrait: the prepared one, where it is in memory."""
        from .frames.picture import animated, laid_out, lip_synced

        request = self.request
        if self.footage is None:
            drawn = animated(portrait or self.portrait(), self.motion, self.speech, request.engine)
            return drawn if request.layout is None else laid_out(drawn, request.layout, _load_picture(self._scenery_file))
        # A recording was made for the video, which stays whole; words that are spoken end the video with them.
        return lip_synced(self.footage, self.speech, request.engine, whole=request.audio is not None, notes=self.notes)

    def portrait(self) -> Portrait:
        """The prepared portrait."""
        from .portrait import load_portrait

        return load_portrait(self.made["portrait"].folder / "portrait.npz")

    @property
    def count(self) -> int:
        """Frames."""
        return len(self.motion) if self.footage is None else self.picture().count

    def _photo(self) -> Path:
        """The file that the avatar names, painted first if it is a description: the same words give the same face in every video."""
        from .portrait.avatars import find_avatar, words_of

        words = words_of(self.request.avatar)
        if words is None:
            return find_avatar(self.request.avatar, on_event=self.on_event, cancel=self.run.cancel)
        from .portrait.painting import paint

        run = self.run
        found = paint(
            words,
            seed=0,
            commercial=self.request.commercial,
            model=run.settings.painter,
            store=run.store,
            turns=run.turns,
            on_event=self.on_event,
            cancel=run.cancel,
        )
        self.painted = {"words": words, "model": run.settings.painter, "seed": found[0].seed}
        return found[0].image

    def _look_at(self, video: Path) -> None:
        from .frames.picture import check_faces
        from .video.footage import open_footage

        cancel = self.run.cancel
        self.footage = footage = interruptible(lambda: open_footage(video), cancel)

        def make(folder: Path) -> None:
            save(tuple[str, ...], check_faces(footage, self.on_event, cancel), folder / "notes.json")

        inputs = {"footage": interruptible(lambda: file_hash(video), cancel)}
        self.notes = self._stage("portrait", inputs, make, lambda folder: load(tuple[str, ...], folder / "notes.json"))

    def _prepare_portrait(self, photo: Path) -> None:
        from .portrait import backdrop_key, load_portrait, portrait_key, prepare_portrait, save_portrait, with_backdrop

        background, layout, cancel = self.request.background, self.request.layout, self.run.cancel
        size = self.request.size if layout is None else layout.card

        def make(folder: Path) -> None:
            portrait = prepare_portrait(photo, size, on_event=self.on_event, cancel=cancel)
            save_portrait(portrait, folder / "portrait.npz")

        def read(folder: Path) -> Portrait:
            return load_portrait(folder / "portrait.npz")

        def place(folder: Path) -> None:
            save_portrait(interruptible(lambda: with_backdrop(portrait, background), cancel), folder / "portrait.npz")

        inputs = {"portrait": portrait_key(photo, size)}
        portrait = self._stage("portrait", inputs, make, read)
        if layout is not None:
            self._lay_out(portrait, layout, inputs)
        elif background:
            self._stage("portrait", {**inputs, "background": backdrop_key(background)}, place, read)
        self.notes = portrait.notes

    def _lay_out(self, portrait: Portrait, layout: Layout, inputs: dict[str, Any]) -> None:
        """The portrait as its part of the frame shows it, and beside it the picture of the whole frame behind it."""
        from .portrait import backdrop_key, before, load_portrait, save_portrait, scenery
        from .portrait.backdrop import PHOTO

        background, circle = self.request.background, self.request.circle

        def arrange() -> tuple[Portrait, Image]:
            behind = scenery(portrait, background, layout.frame)
            if circle == PHOTO or not (circle or background):
                return portrait, behind
            return before(portrait, scenery(portrait, circle, layout.card) if circle else layout.crop(behind)), behind

        def make(folder: Path) -> None:
            card, behind = interruptible(arrange, self.run.cancel)
            save_portrait(card, folder / "portrait.npz")
            _save_picture(behind, folder / SCENERY)

        def read(folder: Path) -> Portrait:
            _load_picture(folder / SCENERY)
            return load_portrait(folder / "portrait.npz")

        inputs = {**inputs, "background": backdrop_key(background), "layout": vars(layout), "circle": circle.lower()}
        self._stage("portrait", inputs, make, read)

    @property
    def _scenery_file(self) -> Path:
        return self.made["portrait"].folder / SCENERY

    def write(self) -> None:
        """The script: the user's own or a language model's. That of a recording comes with its speech, and a listener has none."""
        from .script.script import Script

        if self.request.listen:
            self.script = Script(())
        elif self.request.audio is None:
            self.script = self._script()

    def speak(self) -> None:
        """The speech, once the script is there."""
        self.script, self.speech = (
            (self.script, self._silence())
            if self.request.listen
            else self._recorded(self.request.audio)
            if self.request.audio is not None
            else (self.script, self._spoken())
        )

    def move(self) -> None:
        """The motion, once the speech is there. A video has its own."""
        if self.footage is None:
            self.motion = self._motion()

    def _stage(self, stage: str, inputs: dict[str, Any], make: Callable[[Path], None], read: Callable[[Path], Any]) -> Any:
        output, self.made[stage] = self.run.stage(stage, inputs, make, read, self.on_event)
        return output

    def _language_and_voice(self) -> tuple[Language, Voice]:
        from .speech import find_voice

        request = self.request
        language = request.spoken_language
        return language, find_voice(request.voice, language=language, commercial=request.commercial)

    def _script(self) -> Script:
        from .script import script_from_lines, script_from_text, write_script
        from .script.script import Script
        from .script.writer import check_writer
        from .speech.engines import warm_up

        request = self.request
        language, voice = self._language_and_voice()
        if request.text:
            given = script_from_text(request.text, language)
            inputs: dict[str, Any] = {"text": request.text, "language": language}
        elif request.lines:
            given = script_from_lines(request.lines, language)
            inputs = {"lines": [(line.text, line.mood) for line in request.lines], "language": language}
        else:
            given = None
            brief = _brief(request, language, voice)
            writer = request.writer or self.run.settings.writer
            if request.commercial:
                check_writer(writer)
            inputs = {"brief": vars(brief), "writer": writer}

        def make(folder: Path) -> None:
            if given is None:
                warm_up(voice)  # the voice loads on one core while the script is written on the others
            script = given or write_script(brief, writer, on_event=self.on_event, cancel=self.run.cancel)
            save(Script, script, folder / "script.json")

        script: Script = self._stage("script", inputs, make, lambda folder: load(Script, folder / "script.json"))
        return script

    def _spoken(self) -> Speech:
        from .script.roles import find_role
        from .speech import speak

        request, script = self.request, self.script
        _, voice = self._language_and_voice()
        speed = request.speed * (1.0 if request.given_text else find_role(request.role).pace)

        def make(folder: Path) -> None:
            speech = speak(script, voice, folder=folder, speed=speed, seed=request.seed, on_event=self.on_event, cancel=self.run.cancel)
            _save_speech(speech, folder)

        lines = [(line.text, line.mood) for line in script.lines]
        inputs = {"lines": lines, "language": script.language, "voice": voice.id, "speed": speed, "seed": request.seed}
        if voice.heard:
            inputs["heard"] = voice.heard
        speech: Speech = self._stage("speech", inputs, make, _load_speech)
        return speech

    def _recorded(self, recording: Path) -> tuple[Script, Speech]:
        from .script.script import Script
        from .speech.audio_file import check_audio
        from .speech.recording import speech_from_recording

        text, language = self.request.text or None, self.request.language
        check_audio(recording)

        def make(folder: Path) -> None:
            speech, script = speech_from_recording(
                recording, text=text, language=language, folder=folder, on_event=self.on_event, cancel=self.run.cancel
            )
            _save_speech(speech, folder)
            save(Script, script, folder / "script.json")

        def read(folder: Path) -> tuple[Script, Speech]:
            return load(Script, folder / "script.json"), _load_speech(folder)

        inputs = {"recording": file_hash(recording), "text": text, "language": language}
        script, speech = self._stage("speech", inputs, make, read)
        return script, speech

    def _silence(self) -> Speech:
        from .speech.silence import silent_speech

        seconds = round(self.request.seconds * self.request.fps) / self.request.fps  # whole frames, or the loop would limp

        def make(folder: Path) -> None:
            _save_speech(silent_speech(seconds, folder), folder)

        speech: Speech = self._stage("speech", {"silence": seconds}, make, _load_speech)
        return speech

    def _motion(self) -> Motion:
        from .motion import listening_motion, load_motion, make_motion, save_motion

        request, speech = self.request, self.speech
        own: tuple[Mood, ...] = ("neutral",) if self.loops else tuple(line.mood for line in self.script.lines)
        moods = own if request.expression == "auto" else (request.expression,) * len(own)
        strength, style, head = request.expression_strength, request.style, request.head_motion

        def make(folder: Path) -> None:
            fps, seed = request.fps, request.seed
            if self.loops:
                motion = listening_motion(
                    speech.duration, fps=fps, seed=seed, mood=moods[0], expression_strength=strength, style=style, head_motion=head
                )
            else:
                motion = make_motion(speech, fps=fps, seed=seed, moods=moods, expression_strength=strength, style=style, head_motion=head)
            save_motion(motion, folder / "motion.npz")

        inputs = {
            "speech": self.made["speech"].key + ("" if self.loops == request.listen else " at rest"),
            "fps": request.fps,
            "seed": request.seed,
            "moods": moods,
            "strength": strength,
            "style": style,
            "head_motion": head,
        }
        motion: Motion = self._stage("motion", inputs, make, lambda folder: load_motion(folder / "motion.npz"))
        return motion


def _brief(request: VideoRequest, language: Language, voice: Voice) -> Any:
    """The assignment for the script writer."""
    from .script.brief import Brief

    return Brief(
        prompt=request.prompt,
        role=request.role,
        tone=request.tone,
        audience=request.audience,
        language=language,
        facts=request.facts,
        banned_words=request.banned_words,
        seconds=request.seconds,
        words_per_second=voice.words_per_second * request.speed,
        max_words=request.max_words,
        seed=request.seed,
    )


def _part(on_event: OnEvent, number: int, total: int) -> OnEvent:
    """The listener of one scene of many: its progress as part of the whole."""

    def tell(event: Event) -> None:
        if event.stage == "weights":
            on_event(event)
        else:
            note = f"scene {number + 1} of {total}" + (f": {event.note}" if event.note else "")
            on_event(Event(event.stage, number + event.fraction, total, note, event.text))

    return tell


def _save_picture(picture: Image, path: Path) -> None:
    """Write a picture without loss."""
    from PIL import Image as Pillow

    Pillow.fromarray(picture).save(path, compress_level=1)


def _load_picture(path: Path) -> Image:
    """A picture that `_save_picture` wrote. Raises OSError if it cannot be read."""
    import numpy as np
    from PIL import Image as Pillow

    with Pillow.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def _save_speech(speech: Speech, folder: Path) -> None:
    from .speech.speech import Speech

    save(Speech, speech, folder / "speech.json")


def _load_speech(folder: Path) -> Speech:
    """The speech of a finished stage; its folder was renamed since it was saved. Raises ValueError if the sound is cut short."""
    import soundfile

    from .speech.speech import Speech

    speech = replace(load(Speech, folder / "speech.json"), wav=folder / "speech.wav")
    if abs(soundfile.info(speech.wav).duration - speech.duration) > 0.01:
        raise ValueError(f"{speech.wav} does not last {speech.duration:.2f} s")
    return speech
