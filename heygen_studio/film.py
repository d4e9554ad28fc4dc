"""Takes -> one video: scene after scene through one encoder, with captions and a report."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .output import check_space
from .progress import Event, OnEvent
from .request import VideoRequest
from .run import VERSION, Made, Run, load, save
from .stages import drop, key, link_or_copy, new_folder
from .take import Take
from .video.video import Video

if TYPE_CHECKING:
    from .motion.motion import Motion
    from .portrait.portrait import Image
    from .script.script import Script
    from .video.captions import Cue

#: Raised when captions are drawn otherwise, so that older videos are not taken for new ones.
CAPTIONS_VERSION = 1

#: What a finished result holds at least.
PARTS = ("video.mp4", "captions.srt", "captions.vtt", "report.json")


@dataclass(frozen=True)
class Shot:
    """A take in the film: ``frames`` of its frames are shown from frame ``first`` on."""

    take: Take
    first: int
    frames: int


class Film:
    """The video of some takes whose stages are done. seconds: only so much of its beginning, as a preview."""

    def __init__(self, run: Run, request: VideoRequest, takes: Sequence[Take], on_event: OnEvent, seconds: float = math.inf) -> None:
        from .video.encode import frame_rate

        self.run, self.request, self.on_event = run, request, on_event
        footage = takes[0].footage
        self.fps, self.size = (request.fps, request.size) if footage is None else (float(footage.rate), footage.size)
        self.rate = frame_rate(self.fps)
        self.is_preview = math.isfinite(seconds)
        left = round(seconds * self.rate) if self.is_preview else sum(take.count for take in takes)
        self.shots: list[Shot] = []
        #: Frames of a video that kept their own mouth, by why.
        self.kept: Counter[str] = Counter()
        for take in takes:
            frames = min(take.count, left)
            if frames:
                self.shots.append(Shot(take, sum(shot.frames for shot in self.shots), frames))
            left -= frames
        self.frames = sum(shot.frames for shot in self.shots)
        #: One whole take: its sound needs no joining.
        self.is_single = len(self.shots) == 1 and self.frames == takes[0].count

    def make(self) -> Video:
        """The finished video, made now or before."""
        run, name = self.run, self._key()
        target = (run.settings.stages / "preview" if self.is_preview else run.settings.library) / name
        started = time.perf_counter()
        with run.turns.take(name, run.cancel):
            reused = all((target / part).is_file() for part in PARTS)
            if not reused:
                drop(target)  # what is left of a result that lost a file
                check_space(run.settings.data, float(self.frames / self.rate))
                with new_folder(target) as folder:
                    self._write(folder)
                    made = Made("video", name, target, False, time.perf_counter() - started)
                    save(dict[str, Any], self._report(made), folder / "report.json")
        if reused:
            self.kept = Counter(load(dict[str, Any], target / "report.json").get("kept", {}))
        report = self._report(Made("video", name, target, reused, time.perf_counter() - started))
        self.on_event(Event("video", 1, 1, "finished before" if reused else ""))
        return Video(
            path=target / "video.mp4",
            srt=target / "captions.srt",
            vtt=target / "captions.vtt",
            wav=target / "speech.wav",
            folder=target,
            duration=float(self.frames / self.rate),
            width=self.size[0],
            height=self.size[1],
            fps=self.fps,
            report=report,
        )

    def _key(self) -> str:
        """A name for what is shown. What a request does not use stays out, so that the results of older versions keep their names."""
        from .frames import weights_used

        request = self.request
        keys = [{stage: made.key for stage, made in shot.take.made.items()} for shot in self.shots]
        inputs: dict[str, Any] = {"engine": request.engine, "title": request.title, "request": request.prompt}
        if request.scenes:
            inputs["scenes"] = keys
        else:
            inputs["made"] = keys[0]
        if self.is_preview:
            inputs["frames"] = self.frames
        if request.captions:
            inputs["captions"] = [CAPTIONS_VERSION, request.caption_position, request.caption_size]
        if weights := weights_used(request.engine):
            inputs["weights"] = weights
        return key(version=VERSION, **inputs)

    def _write(self, folder: Path) -> None:
        from .motion import save_motion
        from .script.script import Script
        from .speech.joining import join_speech, join_times
        from .speech.speech import Speech
        from .video.captions import write_captions
        from .video.colour import BT709
        from .video.encode import encode_video

        run = self.run
        (folder / "request.json").write_text(self.request.model_dump_json(indent=1), encoding="utf-8")
        save(Script, _joined_script(self.shots), folder / "script.json")
        parts = [(shot.take.speech, shot.frames) for shot in self.shots]
        save(Speech, join_times(parts, self.rate), folder / "speech.json")
        if self.is_single:
            link_or_copy(self.shots[0].take.speech.wav, folder / "speech.wav")
        else:
            join_speech(parts, self.rate, folder / "speech.wav", run.cancel)
        if self.is_single and (motion := self.shots[0].take.made.get("motion")):
            link_or_copy(motion.folder / "motion.npz", folder / "motion.npz")
        elif self.shots[0].take.footage is None:
            save_motion(_joined_motion(self.shots), folder / "motion.npz")
        cues = self._cues()
        write_captions(cues, srt=folder / "captions.srt", vtt=folder / "captions.vtt")
        encode_video(
            self._captioned(self._frames(), cues) if self.request.captions else self._frames(),
            self.frames,
            size=self.size,
            fps=self.fps,
            wav=folder / "speech.wav",
            output=folder / "video.mp4",
            tags=self._tags(),
            colour=footage.colour if (footage := self.shots[0].take.footage) else BT709,
            on_event=self.on_event,
            cancel=run.cancel,
        )

    def _frames(self) -> Iterator[Image]:
        """The frames of all shots, one at a time; only the portrait at hand is in memory."""
        shown, portrait = "", None
        for shot in self.shots:
            take = shot.take
            if take.footage is None and take.made["portrait"].key != shown:
                shown, portrait = take.made["portrait"].key, take.portrait()
            picture = take.picture(portrait)
            yield from islice(picture.frames(self.run.cancel), shot.frames)
            self.kept += picture.kept

    def _captioned(self, frames: Iterator[Image], cues: list[Cue]) -> Iterator[Image]:
        """The frames with captions drawn onto them."""
        from .video.burn import CaptionPainter, fonts_for

        request = self.request
        fonts = fonts_for(cues, on_event=self.on_event, cancel=self.run.cancel)
        painter = CaptionPainter(fonts, self.size, request.caption_size, request.caption_position)
        return painter.painted(frames, cues, self.rate)

    def _cues(self) -> list[Cue]:
        """The captions of all shots at their times in the film; none crosses a cut."""
        from .video.captions import make_cues, shifted

        cues: list[Cue] = []
        for shot in self.shots:
            speech, lasts = shot.take.speech, float(shot.frames / self.rate)
            words = [word for word in speech.words if word.start < lasts]
            own = make_cues(words, speech.lines, speech.duration if self.is_single else lasts)
            cues += [shifted(cue, float(shot.first / self.rate)) for cue in own]
        return cues

    def _tags(self) -> dict[str, str]:
        """Metadata of the MP4: where it comes from, for people and programs that find it elsewhere."""
        request = self.request
        lines = [line.text for shot in self.shots for line in shot.take.script.lines]
        said: dict[str, Any] = {"prompt": request.prompt, "text": request.text}
        if request.scenes or request.lines:
            said["lines"] = lines
        return {
            "title": (request.title or (lines[0] if lines else ""))[:200],
            "comment": f"AI-generated by HeyGen Studio; prompt sha256 {key(**said)}",
            "artist": "HeyGen Studio",  # MP4 has no field for the program that ffmpeg would write
        }

    def _report(self, video: Made) -> dict[str, Any]:
        made = [*self.run.made, video]
        takes = [shot.take for shot in self.shots]
        report = {
            "ai_generated": True,
            "stages": {stage: _summary([one for one in made if one.stage == stage]) for stage in dict.fromkeys(one.stage for one in made)},
            "folders": sorted({f"{one.stage}/{one.key}" for one in self.run.made}),
            "duration": takes[0].speech.duration if self.is_single else float(self.frames / self.rate),
            "voice": takes[0].speech.voice,
            "words": sum(len(take.speech.words) for take in takes),
            "script": _script_report([take.script for take in takes]),
            "painted": takes[0].painted,
            "kept": dict(self.kept),
            "notes": [*dict.fromkeys(note for take in takes for note in take.notes), *_kept_note(self.kept, self.frames)],
        }
        if self.request.scenes:
            report["scenes"] = [self._scene_report(shot) for shot in self.shots]
        return report

    def _scene_report(self, shot: Shot) -> dict[str, Any]:
        take = shot.take
        return {
            "start": float(shot.first / self.rate),
            "duration": float(shot.frames / self.rate),
            "avatar": take.request.avatar,
            "painted": take.painted,
            "voice": take.speech.voice,
            "words": len(take.speech.words),
            "script": _script_report([take.script]),
            "notes": take.notes,
            "stages": {stage: _summary([made]) for stage, made in take.made.items()},
        }


def _kept_note(kept: Counter[str], count: int) -> Iterator[str]:
    """What became of the frames of a video whose mouth could not be painted."""
    if kept:
        reasons = ", ".join(f"{reason}: {number}" for reason, number in sorted(kept.items()))
        yield f"{sum(kept.values())} of {count} frames keep their own mouth ({reasons})."


def _summary(made: list[Made]) -> dict[str, Any]:
    """Time and origin of a stage's outputs; the key is the last one's, which the video was made from."""
    seconds = round(sum(one.seconds for one in made), 3)
    return {"seconds": seconds, "reused": all(one.reused for one in made), "key": made[-1].key}


def _script_report(scripts: Sequence[Script]) -> dict[str, Any]:
    first = scripts[0] if len(scripts) == 1 else None
    return {
        "text": "\n".join(script.text for script in scripts if script.lines),
        "winner": first.winner if first else -1,
        "why": first.why if first else "",
        "unbacked": tuple(sentence for script in scripts for sentence in script.unbacked),
    }


def _joined_script(shots: Sequence[Shot]) -> Script:
    """The scripts one after the other; attempts and reasons only where there is one."""
    first, *others = (shot.take.script for shot in shots)
    if not others:
        return first
    return replace(
        first,
        lines=tuple(line for script in (first, *others) for line in script.lines),
        attempts=(),
        winner=-1,
        why="",
        unbacked=tuple(sentence for script in (first, *others) for sentence in script.unbacked),
    )


def _joined_motion(shots: Sequence[Shot]) -> Motion:
    import numpy as np

    parts = [_cut(shot.take.motion, shot.frames) for shot in shots]
    tracks: dict[str, Any] = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in _tracks(parts[0])}
    return replace(parts[0], **tracks)


def _cut(motion: Motion, frames: int) -> Motion:
    """The first frames of a motion."""
    if frames == len(motion):
        return motion
    tracks: dict[str, Any] = {field.name: getattr(motion, field.name)[:frames] for field in _tracks(motion)}
    return replace(motion, **tracks)


def _tracks(motion: Motion) -> list[Any]:
    return [field for field in fields(motion) if field.name != "fps"]
