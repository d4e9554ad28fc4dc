"""The pipeline: request -> script -> speech -> motion -> frames -> video. The command line, the API and the web app all call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BadInput, StudioError
from .film import Film
from .output import check_data, check_output, clear_errors, hand_out
from .preview import estimate_seconds, opening
from .progress import Cancel, Event, OnEvent, Stage, ignore
from .request import VideoRequest, scene_error
from .run import Run
from .settings import Settings, settings
from .stages import StageStore, Turns
from .take import Take
from .video.video import Video

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .portrait.candidates import Candidate
    from .script.script import Script
    from .service.many import OnEventOf, Outcome


class Studio:
    """Makes videos. One instance serves many renders and threads; models are loaded once per process."""

    def __init__(self, where: Settings | None = None) -> None:
        self.settings = where or settings()
        self._turns = Turns(self.settings.data / "turns")

    def render(
        self,
        request: VideoRequest,
        *,
        output: Path | str | None = None,
        on_event: OnEvent = ignore,
        cancel: Cancel | None = None,
    ) -> Video:
        """Make the video of ``request``; a finished one is returned at once, a killed one resumes after its last finished stage.

        output: where to put the MP4 (captions go beside it); absent: only the library keeps it.
        on_event: called with every `Event`, from this thread. cancel: set it from any thread to stop within a second.
        Raises `StudioError` with one sentence for the user, or `Cancelled`; either way nothing half-written remains.
        """
        cancel, target = cancel or Cancel(), None if output is None else Path(output)
        check_data(self.settings.data)
        with clear_errors(self.settings.data):
            if target is not None:
                check_output(target)
            with self._run(cancel) as run:
                video = Film(run, request, _takes(run, request, on_event), on_event).make()
            return video if target is None else hand_out(video, target)

    def preview(self, request: VideoRequest, *, seconds: float = 3.0, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Video:
        """The first ``seconds`` of the video as it will be, in a few seconds: only what is heard in them is spoken and drawn.

        A prompt must have become a script first (`write_script`; give its ``lines``). Raises as `render` does.
        """
        cancel = cancel or Cancel()
        check_data(self.settings.data)
        with clear_errors(self.settings.data), self._run(cancel) as run:
            start = opening(run, request, seconds)
            return Film(run, start, _takes(run, start, on_event), on_event, seconds).make()

    def write_script(self, request: VideoRequest, *, on_event: OnEvent = ignore, cancel: Cancel | None = None) -> Script:
        """The script of ``request`` without a video; events carry the draft as it is written.

        Its lines, changed or not, can be given to a request as ``lines``; rendering the same prompt later uses the same script.
        Raises `StudioError`, also for a recording or scenes (ask for each of `VideoRequest.parts`), or `Cancelled`.
        """
        if request.audio is not None or request.listen or request.scenes:
            raise BadInput("Only a prompt, a text or lines have a script of their own: give one of them.")
        check_data(self.settings.data)
        with clear_errors(self.settings.data), self._run(cancel or Cancel()) as run:
            take = Take(run, request, on_event)
            take.write()
            return take.script

    def estimate(self, request: VideoRequest) -> float:
        """About how many seconds the video of ``request`` will last; nothing is loaded."""
        return estimate_seconds(request)

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
        workers: absent: one, and on a cluster as many as it has GPUs or cores. One renders in this thread with the models that are loaded;
        more are processes of their own, each with its models, for as many cores.
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
        with clear_errors(self.settings.data), self._run(cancel or Cancel()) as run:
            return paint(
                prompt,
                seed=seed,
                commercial=commercial,
                model=model or self.settings.painter,
                store=run.store,
                turns=run.turns,
                on_event=on_event,
                cancel=run.cancel,
            )

    @contextmanager
    def _run(self, cancel: Cancel) -> Iterator[Run]:
        with StageStore(self.settings.stages) as store:
            yield Run(self.settings, store, self._turns, cancel)


def _takes(run: Run, request: VideoRequest, on_event: OnEvent) -> list[Take]:
    """The scenes of a request, acted: every stage of all of them, one stage after the other."""
    parts = request.parts()
    takes = [Take(run, part, on_event, number, len(parts), is_scene=bool(request.scenes)) for number, part in enumerate(parts)]
    # The portrait comes first: it is quick, and a photo that cannot be used should not cost the wait for a script.
    stages: tuple[tuple[Stage, Callable[[Take], None]], ...]
    stages = (("portrait", Take.prepare), ("script", Take.write), ("speech", Take.speak), ("motion", Take.move))
    for stage, make in stages:
        for number, take in enumerate(takes):
            with _naming_scene(number, request):
                make(take)
        if request.scenes:
            on_event(Event(stage, 1, 1))  # not every scene has a script
    return takes


@contextmanager
def _naming_scene(number: int, request: VideoRequest) -> Iterator[None]:
    """Errors in the block tell which scene is to blame, where there are several."""
    try:
        yield
    except StudioError as error:
        if not request.scenes:
            raise
        raise scene_error(error, number) from error
