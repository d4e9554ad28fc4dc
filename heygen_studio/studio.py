"""The pipeline: request -> script -> speech -> motion -> frames -> video. The command line, the API and the web app all call it."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from .errors import BadInput
from .output import check_data, check_output, check_space, clear_errors, hand_out
from .progress import Cancel, Event, OnEvent, ignore, interruptible
from .request import VideoRequest
from .settings import Settings, settings
from .stages import StageStore, Turns, drop, file_hash, key, link_or_copy, new_folder
from .video.video import Video

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .frames.picture import Picture
    from .motion.motion import Motion
    from .portrait.candidates import Candidate
    from .portrait.portrait import Portrait
    from .script.script import Language, Mood, Script
    from .service.many import OnEventOf, Outcome
    from .speech.speech import Speech
    from .speech.voice import Voice
    from .video.footage import Footage

#: Raised when a stage's output would change for the same inputs, so that older outputs are not taken for new ones.
VERSION = 3

#: What loading a damaged output raises: unreadable, incomplete, no JSON, no archive, or no portrait.
DAMAGED = (OSError, RuntimeError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, BadInput)

T = TypeVar("T")


@dataclass(frozen=True)
class Made:
    """The output of a stage, its key, and whether it was made before."""

    key: str
    reused: bool
    seconds: float


class Studio:
    """Makes videos. One instance serves many renders and threads; models are loaded once per process."""

    def __init__(self, where: Settings | None = None) -> None:
        self.settings = where or settings()
        self._turns = Turns()

    def render(
        self,
        request: VideoRequest,
        *,
        output: Path | None = None,
        on_event: OnEvent = ignore,
        cancel: Cancel | None = None,
    ) -> Video:
        """Make the video of ``request``; a finished one is returned at once, a killed one resumes after its last finished stage.

        output: where to put the MP4 (captions go beside it); absent: only the library keeps it.
        on_event: called with every `Event`, from this thread. cancel: set it from any thread to stop within a second.
        Raises `StudioError` with one sentence for the user, or `Cancelled`; either way nothing half-written remains.
        """
        cancel = cancel or Cancel()
        check_data(self.settings.data)
        with clear_errors(self.settings.data):
            if output is not None:
                check_output(output)
            with StageStore(self.settings.stages) as store:
                video = _Render(self, store, request, on_event, cancel).run()
            return video if output is None else hand_out(video, output)

    def render_many(
        self,
        requests: Iterable[VideoRequest],
        *,
        outputs: Iterable[Path | None] | None = None,
        workers: int | None = None,
        cluster: str | None = None,
        on_event: OnEventOf | None = None,
        cancel: Cancel | None = None,
    ) -> Iterator[Outcome]:
        """Make many videos, ``workers`` at a time, and yield an `Outcome` for each as it finishes; see `heygen_studio.service.many`.

        cluster: address of a Ray cluster that does the work, or "auto" for the one that this machine belongs to.
        workers: absent: one here, and on a cluster as many as it has GPUs or cores.
        """
        from .service.many import render_many

        return render_many(self, requests, outputs=outputs, workers=workers, cluster=cluster, on_event=on_event, cancel=cancel)

    def paint_avatar(
        self,
        prompt: str,
        *,
        seed: int = 0,
        model: str | None = None,
        commercial: bool = False,
        on_event: OnEvent = ignore,
        cancel: Cancel | None = None,
    ) -> tuple[Candidate, ...]:
        """Up to four painted faces of ``prompt`` to choose from, the best first. Their pictures lie in the cache: copy what is to stay.

        model: as HEYGEN_STUDIO_PAINTER, which is the default. Raises `StudioError` with one sentence, or `Cancelled`.
        """
        from .portrait.painting import paint

        check_data(self.settings.data)
        with clear_errors(self.settings.data), StageStore(self.settings.stages) as store:
            return paint(
                prompt,
                seed=seed,
                commercial=commercial,
                model=model or self.settings.painter,
                store=store,
                turns=self._turns,
                on_event=on_event,
                cancel=cancel or Cancel(),
            )


class _Render:
    """One run of the pipeline. Each ``_stage`` method returns its output and leaves it in the stage store."""

    def __init__(self, studio: Studio, store: StageStore, request: VideoRequest, on_event: OnEvent, cancel: Cancel) -> None:
        self.request, self.on_event, self.cancel = request, on_event, cancel
        self.settings, self.turns, self.store = studio.settings, studio._turns, store
        self.made: dict[str, Made] = {}
        self.painted: dict[str, Any] = {}

    def run(self) -> Video:
        # The face comes first: it is quick, and a photo that cannot be used should not cost the wait for a script.
        from .frames import check_renderer, fetch_renderer, no_background
        from .frames.picture import animated, lip_synced
        from .portrait import check_backdrop
        from .video.footage import is_video

        request = self.request
        check_backdrop(request.background)
        check_renderer(request.engine, commercial=request.commercial)
        avatar = self._photo()
        if is_video(avatar):
            check_renderer(request.engine, commercial=request.commercial, video=True)
            no_background(request.background)
        fetch_renderer(request.engine, on_event=self.on_event, cancel=self.cancel)
        if is_video(avatar):
            footage, notes = self._footage(avatar)
            script, speech = self._speaking()
            # A recording was made for the video, which stays whole; words that are spoken end the video with them.
            picture = lip_synced(footage, speech, request.engine, whole=request.audio is not None, notes=notes)
        else:
            portrait = self._portrait(avatar)
            script, speech = self._speaking()
            picture = animated(portrait, self._motion(script, speech), speech, request.engine)
        return self._video(script, speech, picture)

    def _speaking(self) -> tuple[Script, Speech]:
        return self._silent() if self.request.listen else self._recorded() if self.request.audio else self._spoken()

    def _stage(self, stage: str, inputs: dict[str, Any], make: Callable[[Path], None], load: Callable[[Path], T]) -> T:
        """The stage's output, loaded from its folder, which was made now or before; keeps its key and time for the report.

        An output of before that cannot be loaded, because the disk or a program damaged it, is made again.
        """
        self.cancel.check()
        started = time.perf_counter()
        name = key(version=VERSION, **inputs)
        with self.turns.take(name, self.cancel):  # renders that share a portrait prepare it once
            folder, reused = self.store.folder(stage, name, make)
            try:
                output = load(folder)
            except DAMAGED:
                if not reused:
                    raise
                drop(folder)
                folder, reused = self.store.folder(stage, name, make)
                output = load(folder)
        self.made[stage] = Made(name, reused, time.perf_counter() - started)
        self.on_event(Event(stage, 1, 1, "finished before" if reused else ""))  # type: ignore[arg-type]
        return output

    def _footage(self, video: Path) -> tuple[Footage, tuple[str, ...]]:
        from .frames.picture import check_faces
        from .video.footage import open_footage

        footage = interruptible(lambda: open_footage(video), self.cancel)

        def make(folder: Path) -> None:
            _save(tuple[str, ...], check_faces(footage, self.on_event, self.cancel), folder / "notes.json")

        inputs = {"footage": interruptible(lambda: file_hash(video), self.cancel)}
        return footage, self._stage("portrait", inputs, make, lambda folder: _load(tuple[str, ...], folder / "notes.json"))

    def _portrait(self, photo: Path) -> Portrait:
        from .portrait import (
            backdrop_key,
            load_portrait,
            portrait_key,
            prepare_portrait,
            save_portrait,
            with_backdrop,
        )

        background = self.request.background

        def make(folder: Path) -> None:
            portrait = prepare_portrait(photo, self.request.size, on_event=self.on_event, cancel=self.cancel)
            save_portrait(portrait, folder / "portrait.npz")

        def load(folder: Path) -> Portrait:
            return load_portrait(folder / "portrait.npz")

        inputs = {"portrait": portrait_key(photo, self.request.size)}
        portrait = self._stage("portrait", inputs, make, load)
        if not background:
            return portrait

        def place(folder: Path) -> None:
            save_portrait(interruptible(lambda: with_backdrop(portrait, background), self.cancel), folder / "portrait.npz")

        return self._stage("portrait", {**inputs, "background": backdrop_key(background)}, place, load)

    def _photo(self) -> Path:
        """The file that the avatar names, painted first if it is a description: the same words give the same face in every video."""
        from .portrait.avatars import find_avatar, words_of

        words = words_of(self.request.avatar)
        if words is None:
            return find_avatar(self.request.avatar, on_event=self.on_event, cancel=self.cancel)
        from .portrait.painting import paint

        found = paint(
            words,
            seed=0,
            commercial=self.request.commercial,
            model=self.settings.painter,
            store=self.store,
            turns=self.turns,
            on_event=self.on_event,
            cancel=self.cancel,
        )
        self.painted = {"words": words, "model": self.settings.painter, "seed": found[0].seed}
        return found[0].image

    def _spoken(self) -> tuple[Script, Speech]:
        from .script import detect_language
        from .speech import find_voice

        language = self.request.language or detect_language(self.request.text or self.request.prompt)
        voice = find_voice(self.request.voice, language=language, commercial=self.request.commercial)
        script = self._script(language, voice)
        return script, self._speech(script, voice)

    def _script(self, language: Language, voice: Voice) -> Script:
        from .script import script_from_text, write_script
        from .script.brief import Brief
        from .script.writer import check_writer
        from .speech.engines import warm_up

        request = self.request
        if request.text:
            script = script_from_text(request.text, language)
            return self._keep_script({"text": request.text, "language": language}, lambda: script)
        brief = Brief(
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
        writer = request.writer or self.settings.writer
        if request.commercial:
            check_writer(writer)
        inputs = {"brief": vars(brief), "writer": writer}

        def write() -> Script:
            warm_up(voice)  # the voice loads on one core while the script is written on the others
            return write_script(brief, writer, on_event=self.on_event, cancel=self.cancel)

        return self._keep_script(inputs, write)

    def _keep_script(self, inputs: dict[str, Any], write: Callable[[], Script]) -> Script:
        from .script.script import Script

        def make(folder: Path) -> None:
            _save(Script, write(), folder / "script.json")

        return self._stage("script", inputs, make, lambda folder: _load(Script, folder / "script.json"))

    def _speech(self, script: Script, voice: Voice) -> Speech:
        from .script.roles import find_role
        from .speech import speak

        speed = self.request.speed * (1.0 if self.request.text else find_role(self.request.role).pace)

        def make(folder: Path) -> None:
            speech = speak(script, voice, folder=folder, speed=speed, seed=self.request.seed, on_event=self.on_event, cancel=self.cancel)
            _save_speech(speech, folder)

        lines = [(line.text, line.mood) for line in script.lines]
        inputs = {"lines": lines, "language": script.language, "voice": voice.id, "speed": speed, "seed": self.request.seed}
        if voice.heard:
            inputs["heard"] = voice.heard
        return self._stage("speech", inputs, make, _load_speech)

    def _recorded(self) -> tuple[Script, Speech]:
        from .script.script import Script
        from .speech.audio_file import check_audio
        from .speech.recording import speech_from_recording

        assert self.request.audio is not None
        recording, text, language = self.request.audio, self.request.text or None, self.request.language
        check_audio(recording)

        def make(folder: Path) -> None:
            speech, script = speech_from_recording(
                recording, text=text, language=language, folder=folder, on_event=self.on_event, cancel=self.cancel
            )
            _save_speech(speech, folder)
            _save(Script, script, folder / "script.json")

        inputs = {"recording": file_hash(recording), "text": text, "language": language}
        return self._stage("speech", inputs, make, lambda folder: (_load(Script, folder / "script.json"), _load_speech(folder)))

    def _silent(self) -> tuple[Script, Speech]:
        from .script.script import Script
        from .speech.silence import silent_speech

        seconds = round(self.request.seconds * self.request.fps) / self.request.fps  # whole frames, or the loop would limp

        def make(folder: Path) -> None:
            _save_speech(silent_speech(seconds, folder), folder)

        return Script(()), self._stage("speech", {"silence": seconds}, make, _load_speech)

    def _motion(self, script: Script, speech: Speech) -> Motion:
        from .motion import listening_motion, load_motion, make_motion, save_motion

        request = self.request
        own: tuple[Mood, ...] = ("neutral",) if request.listen else tuple(line.mood for line in script.lines)
        moods = own if request.expression == "auto" else (request.expression,) * len(own)
        strength, style, head = request.expression_strength, request.style, request.head_motion

        def make(folder: Path) -> None:
            fps, seed = request.fps, request.seed
            if request.listen:
                motion = listening_motion(
                    speech.duration, fps=fps, seed=seed, mood=moods[0], expression_strength=strength, style=style, head_motion=head
                )
            else:
                motion = make_motion(speech, fps=fps, seed=seed, moods=moods, expression_strength=strength, style=style, head_motion=head)
            save_motion(motion, folder / "motion.npz")

        inputs = {
            "speech": self.made["speech"].key,
            "fps": request.fps,
            "seed": request.seed,
            "moods": moods,
            "strength": strength,
            "style": style,
            "head_motion": head,
        }
        return self._stage("motion", inputs, make, lambda folder: load_motion(folder / "motion.npz"))

    def _video(self, script: Script, speech: Speech, picture: Picture) -> Video:
        from .frames import weights_used

        request = self.request
        name = key(
            version=VERSION,
            made={s: m.key for s, m in self.made.items()},
            engine=request.engine,
            title=request.title,
            request=request.prompt,
            **({"weights": painted_with} if (painted_with := weights_used(request.engine)) else {}),
        )
        target = self.settings.library / name
        started = time.perf_counter()
        with self.turns.take(name, self.cancel):
            reused = all((target / part).is_file() for part in ("video.mp4", "captions.srt", "captions.vtt", "report.json"))
            if not reused:
                drop(target)  # what is left of a result that lost a file
                check_space(self.settings.data, picture.duration)
                with new_folder(target) as folder:
                    self._write_video(folder, script, speech, picture)
                    self.made["video"] = Made(name, False, time.perf_counter() - started)
                    _save(dict[str, Any], self._report(script, speech, picture, picture.kept), folder / "report.json")
        self.made["video"] = Made(name, reused, time.perf_counter() - started)
        self.on_event(Event("video", 1, 1, "finished before" if reused else ""))
        kept = _load(dict[str, Any], target / "report.json").get("kept", {})
        return Video(
            path=target / "video.mp4",
            srt=target / "captions.srt",
            vtt=target / "captions.vtt",
            wav=target / "speech.wav",
            folder=target,
            duration=picture.duration,
            width=picture.size[0],
            height=picture.size[1],
            fps=picture.fps,
            report=self._report(script, speech, picture, kept),
        )

    def _write_video(self, folder: Path, script: Script, speech: Speech, picture: Picture) -> None:
        from .script.script import Script
        from .video.captions import write_captions
        from .video.encode import encode_video

        request = self.request
        (folder / "request.json").write_text(request.model_dump_json(indent=1), encoding="utf-8")
        _save(Script, script, folder / "script.json")
        link_or_copy(speech.wav, folder / "speech.wav")
        if "motion" in self.made:
            link_or_copy(self.store.root / "motion" / self.made["motion"].key / "motion.npz", folder / "motion.npz")
        srt, vtt = folder / "captions.srt", folder / "captions.vtt"
        write_captions(speech.words, speech.lines, srt=srt, vtt=vtt, duration=speech.duration)
        encode_video(
            picture.frames(self.cancel),
            picture.count,
            size=picture.size,
            fps=picture.fps,
            wav=speech.wav,
            output=folder / "video.mp4",
            tags=self._tags(script),
            colour=picture.colour,
            on_event=self.on_event,
            cancel=self.cancel,
        )

    def _tags(self, script: Script) -> dict[str, str]:
        """Metadata of the MP4: where it comes from, for people and programs that find it elsewhere."""
        title = self.request.title or (script.lines[0].text if script.lines else "")
        return {
            "title": title[:200],
            "comment": f"AI-generated by HeyGen Studio; prompt sha256 {key(prompt=self.request.prompt, text=self.request.text)}",
            "artist": "HeyGen Studio",  # MP4 has no field for the program that ffmpeg would write
        }

    def _report(self, script: Script, speech: Speech, picture: Picture, kept: Mapping[str, int]) -> dict[str, Any]:
        return {
            "ai_generated": True,
            "stages": {
                stage: {"seconds": round(made.seconds, 3), "reused": made.reused, "key": made.key} for stage, made in self.made.items()
            },
            "duration": speech.duration,
            "voice": speech.voice,
            "words": len(speech.words),
            "script": {"text": script.text, "winner": script.winner, "why": script.why, "unbacked": script.unbacked},
            "painted": self.painted,
            "kept": dict(kept),
            "notes": [*picture.notes, *([_kept_note(kept, picture.count)] if kept else [])],
        }


def _kept_note(kept: Mapping[str, int], count: int) -> str:
    """What became of the frames of a video whose mouth could not be painted."""
    reasons = ", ".join(f"{reason}: {number}" for reason, number in sorted(kept.items()))
    return f"{sum(kept.values())} of {count} frames keep their own mouth ({reasons})."


def _save(kind: Any, value: Any, path: Path) -> None:
    path.write_bytes(TypeAdapter(kind).dump_json(value, indent=1))


def _load(kind: type[T], path: Path) -> T:
    return TypeAdapter(kind).validate_json(path.read_bytes())


def _save_speech(speech: Speech, folder: Path) -> None:
    from .speech.speech import Speech

    _save(Speech, speech, folder / "speech.json")


def _load_speech(folder: Path) -> Speech:
    """The speech of a finished stage; its folder was renamed since it was saved. Raises ValueError if the sound is cut short."""
    import soundfile

    from .speech.speech import Speech

    speech = replace(_load(Speech, folder / "speech.json"), wav=folder / "speech.wav")
    if abs(soundfile.info(speech.wav).duration - speech.duration) > 0.01:
        raise ValueError(f"{speech.wav} does not last {speech.duration:.2f} s")
    return speech
