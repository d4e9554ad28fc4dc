"""Repainting as a `FrameEngine`, and of videos that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np

from ...devices import Batches, Device, choose_device, models
from ...motion.motion import Motion
from ...portrait.landmarks import FaceTracker
from ...portrait.portrait import Image, Portrait
from ...progress import Cancel, interruptible
from ...speech.speech import Speech
from ...weights import fetch
from ..mesh.engine import MeshEngine
from ..renderers import REPAINTERS, weights_used
from .ahead import ahead
from .crop import Square, cut
from .painter import MouthPainter, Order
from .paste import Plane, paste
from .sound import Sound
from .watch import FaceWatcher, Seen, steadied

#: Bytes of the frames of one batch; five of them are on their way at once: gathered, waiting, in the network, painted, pasted.
WAITING_BYTES = 128_000_000

#: Frames that wait between decoding, looking and cutting out.
LOOKED_AHEAD = 4

#: Made crisper, or restored by another network: uint8 RGB [side, side, 3] to the same.
Sharpen = Callable[[Image], Image]


@dataclass(frozen=True)
class _Job:
    """A frame with what the network needs to paint it (None: nothing is painted), and then with what it painted."""

    seen: Seen
    square: Square | None = None
    order: Order | None = None
    painted: Image | None = None


class RepaintEngine:
    """Paints the mouth with a network. Thread-safe; the network is loaded once per process and unloaded where memory is short."""

    def __init__(self, name: str, painter: Callable[..., MouthPainter], sharpen: Sharpen | None = None) -> None:
        """painter: called with a device and the paths of the weights in `REPAINTERS`; sharpen: goes over every painted face."""
        self._name, self._painter, self._sharpen = name, painter, sharpen
        self._animator = MeshEngine()

    def load(self) -> None:
        """Put the network on the device now."""
        with self.network():
            return

    def frames(self, portrait: Portrait, motion: Motion, *, speech: Speech | None = None, cancel: Cancel | None = None) -> Iterator[Image]:
        """See `FrameEngine.frames`: the built-in renderer moves head, eyes and expression, the network paints the mouth.

        While nobody speaks the mouth at rest is the portrait's own.
        """
        if speech is None:
            raise ValueError(f"{self._name} paints the mouth from the sound, and no speech was given")
        cancel = cancel or Cancel()
        sound = interruptible(lambda: Sound(speech), cancel)
        animated = self._animated(portrait, motion, sound, cancel)
        yield from self._run(animated, sound, motion.fps, cancel, still=True, person=portrait.matte)

    def repaint(
        self, frames: Iterable[Image], fps: float, speech: Speech, *, kept: Counter[str] | None = None, cancel: Cancel | None = None
    ) -> Iterator[Image]:
        """The ``frames`` of a video, uint8 RGB [H, W, 3] at ``fps``, with a mouth that says the speech.

        One frame comes out for each that goes in. In pauses the network hears silence itself, and lets the lips rest. Where nothing
        can be painted (no face, a profile, a hand before the mouth) a frame keeps its pixels; ``kept`` counts why. Raises `Cancelled`.
        """
        cancel, kept = cancel or Cancel(), Counter() if kept is None else kept
        sound = interruptible(lambda: Sound(speech), cancel)
        yield from self._run(self._watched(frames, kept, cancel), sound, fps, cancel, still=False)

    def network(self) -> AbstractContextManager[MouthPainter]:
        """The loaded network, which stays on its device as long as the block lasts."""
        device, files = choose_device(), [fetch(weight) for weight in REPAINTERS[self._name]]
        size = sum(size for _, size, _ in weights_used(self._name))

        def load(device: Device) -> MouthPainter:
            return self._painter(device, *files)

        return models().use(self._name, size * device.dtype.itemsize // 4, load, device)  # published in float32

    def _animated(self, portrait: Portrait, motion: Motion, sound: Sound, cancel: Cancel) -> Iterator[Seen]:
        """The portrait in motion, its mouth at rest; where the face is, is known from the pose."""
        rested = replace(motion, mouth=np.zeros_like(motion.mouth))
        rig = interruptible(lambda: self._animator.rig(portrait), cancel)
        points = rig.poser.head.to_head(portrait.landmarks)
        for row, frame in enumerate(self._animator.frames(portrait, rested, cancel=cancel)):
            mesh = rig.poser.pose(motion.pose[row], motion.shift[row]).to_image(points)
            yield Seen(frame.copy(), mesh, weight=sound.speaking((row + 0.5) / motion.fps))

    def _watched(self, frames: Iterable[Image], kept: Counter[str], cancel: Cancel) -> Iterator[Seen]:
        watcher = interruptible(lambda: FaceWatcher(FaceTracker(fetch("face-landmarker", cancel=cancel))), cancel)
        for seen in steadied(map(watcher, ahead(frames, LOOKED_AHEAD, cancel))):
            cancel.check()
            if seen.kept:
                kept[seen.kept] += 1
            yield seen

    def _run(
        self, seen: Iterator[Seen], sound: Sound, fps: float, cancel: Cancel, *, still: bool, person: Plane | None = None
    ) -> Iterator[Image]:
        """Look, paint and paste, each at the same time as the others."""
        interruptible(self.load, cancel)  # can take many seconds; the next line finds it loaded
        with self.network() as painter:
            found = ahead(seen, LOOKED_AHEAD, cancel)
            jobs = ahead(_ordered(found, painter, sound, fps, still), LOOKED_AHEAD, cancel)
            groups = ahead(_grouped(jobs, painter.batch), 1, cancel)
            for group in ahead(_painted(groups, painter), 1, cancel):
                for job in group:
                    cancel.check()
                    yield self._finished(job, person)

    def _finished(self, job: _Job, person: Plane | None) -> Image:
        if job.painted is None or job.square is None or job.seen.mesh is None:
            return job.seen.frame
        painted = self._sharpen(job.painted) if self._sharpen else job.painted
        return paste(job.seen.frame, painted, job.square, job.seen.mesh, job.seen.weight, person)


def _ordered(seen: Iterator[Seen], painter: MouthPainter, sound: Sound, fps: float, still: bool) -> Iterator[_Job]:
    """Cut out the faces. still: all frames show one portrait, whose first crop, at rest, is the reference of all."""
    listen = painter.listen(sound, fps)
    reference: Image | None = None
    for number, one in enumerate(seen):
        if one.mesh is None or not (one.weight > 0 or (still and reference is None)):
            yield _Job(one)
            continue
        square = painter.square(one.mesh)
        face = cut(one.frame, square, painter.side)
        if reference is None or not still:
            reference = face
        yield _Job(one, square, Order(face, reference, listen(number / fps))) if one.weight > 0 else _Job(one)


def _grouped(jobs: Iterable[_Job], batch: int) -> Iterator[list[_Job]]:
    """As many frames as the network takes at once, fewer where frames are large."""
    group: list[_Job] = []
    for job in jobs:
        group.append(job)
        if len(group) >= max(1, min(batch, WAITING_BYTES // job.seen.frame.nbytes)):
            yield group
            group = []
    if group:
        yield group


def _painted(groups: Iterable[list[_Job]], painter: MouthPainter) -> Iterator[list[_Job]]:
    batches: Batches[Order, Image] = Batches(painter.paint, painter.batch)
    for group in groups:
        orders: Sequence[Order] = [job.order for job in group if job.order is not None]
        painted = iter(batches(orders))
        yield [replace(job, order=None, painted=None if job.order is None else next(painted)) for job in group]
