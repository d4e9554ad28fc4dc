"""What the encoder is fed: an animated portrait, or a video with another mouth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from ..errors import BadInput
from ..motion.motion import Motion
from ..portrait.portrait import Image, Portrait
from ..progress import Cancel, OnEvent, interruptible
from ..speech.speech import Speech
from ..video.colour import BT709, Colour
from ..video.footage import Footage
from ..video.layout import Layout
from .renderers import frame_engine, repaint_engine

#: Places of a video in which a face is looked for before anything is made of it, as parts of its length.
LOOKED_AT = (0.0, 0.15, 0.35, 0.5, 0.65, 0.85, 1.0)


@dataclass(frozen=True)
class Picture:
    """frames: starts the stream of ``count`` frames of ``size`` (width, height) at ``fps``; notes: sentences for the user;
    kept: filled by the stream, the number of frames that kept their own mouth, by why."""

    frames: Callable[[Cancel], Iterator[Image]]
    count: int
    size: tuple[int, int]
    fps: float
    colour: Colour = BT709
    notes: tuple[str, ...] = ()
    kept: Counter[str] = field(default_factory=Counter)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.count / self.fps


def animated(portrait: Portrait, motion: Motion, speech: Speech, engine: str) -> Picture:
    """The portrait, drawn by the renderer called ``engine``."""

    def frames(cancel: Cancel) -> Iterator[Image]:
        renderer = interruptible(lambda: frame_engine(engine), cancel)  # its libraries take seconds to load
        return renderer.frames(portrait, motion, speech=speech, cancel=cancel)

    return Picture(frames, len(motion), portrait.size, motion.fps, notes=portrait.notes)


def laid_out(picture: Picture, layout: Layout, scenery: Image) -> Picture:
    """The picture in its part of the frame, over the ``scenery``."""
    return replace(picture, frames=lambda cancel: layout.over(scenery, picture.frames(cancel)), size=layout.frame)


def lip_synced(footage: Footage, speech: Speech, engine: str, *, whole: bool, notes: tuple[str, ...]) -> Picture:
    """The video with a mouth that says the speech, by the renderer called ``engine``. It lasts as long as the speech, or, if it is to
    be the ``whole`` video, at least as long as the video; where the speech is longer, the video runs backwards and on again.
    """
    fps = float(footage.rate)
    spoken = math.ceil(speech.duration * fps - 1e-6)
    count = max(spoken, footage.count) if whole else spoken
    kept: Counter[str] = Counter()

    def frames(cancel: Cancel) -> Iterator[Image]:
        repainter = interruptible(lambda: repaint_engine(engine), cancel)
        return repainter.repaint(footage.frames(count), fps, speech, kept=kept, cancel=cancel)

    return Picture(frames, count, footage.size, fps, footage.colour, notes, kept)


def check_faces(footage: Footage, on_event: OnEvent, cancel: Cancel) -> tuple[str, ...]:
    """Look at a few frames of the video and return notes on them. Raises `BadInput` if no mouth can be painted in any of them."""
    from ..portrait.landmarks import FaceTracker
    from ..weights import fetch
    from .repaint.watch import FaceWatcher

    landmarker = fetch("face-landmarker", on_event=on_event, cancel=cancel)
    found: Counter[str] = Counter()
    for part in LOOKED_AT:
        tick = round(part * (footage.count - 1))
        seen = interruptible(lambda tick=tick: FaceWatcher(FaceTracker(landmarker))(footage.frame(tick)), cancel)  # type: ignore[misc]
        found[seen.kept] += 1
    if not found[""]:
        why = {"no face": "shows no face", "face too small": "shows a face that is too small"}
        (reason, _), *_ = found.most_common(1)
        said = why.get(reason, "shows no mouth: the face is turned away, or something is before it")
        raise BadInput(
            f"The video {footage.path.name!r} {said} in {len(LOOKED_AT)} places that were looked at: give a video of one person who looks "
            f"into the camera.",
            field="avatar",
        )
    hidden = len(LOOKED_AT) - found[""]
    return (f"In about {hidden / len(LOOKED_AT):.0%} of the video no mouth can be painted; it keeps its own there.",) if hidden else ()
