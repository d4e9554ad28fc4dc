"""What the pages work with: the services of one data folder, and the rule that everybody reaches only what is theirs."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput
from ..progress import Event
from ..request import VideoRequest
from ..script import Script
from ..service.job_sets import JobSets
from ..service.jobs import Job, Jobs, Quota
from ..service.library import Library, Result
from ..service.previews import Previews
from ..service.uploads import Upload, Uploads
from ..settings import Settings
from ..studio import Studio
from ..weights import WEIGHTS, local_path
from .border import OWN, permitted
from .watched import drafts, watched

#: Previews that can still be seen.
MOST_PREVIEWS = 200
#: How long a finished video is shown to those who come back, in seconds.
FRESH_S = 3600.0
#: How long a delete waits for the worker that renders the video, in seconds.
PATIENCE_S = 5.0


@dataclass(frozen=True)
class VideoOf:
    """A job of a visitor and, once it is done, its result."""

    job: Job
    result: Result | None = None

    @property
    def title(self) -> str:
        """What it is called: its title, or else the beginning of what is said."""
        request = self.job.request
        words = request.title or (self.result.title if self.result else "") or request.given_text or request.prompt
        return " ".join(words.split())[:120]


class Desk:
    """The services behind the pages. Every method that takes an owner raises `BadInput` for what belongs to somebody else."""

    def __init__(self, where: Settings) -> None:
        self.settings = where
        self.studio, self.library, self.uploads = Studio(where), Library(where), Uploads(where)
        self.sets, self._all_previews = JobSets(where), Previews(where)
        self._previews: dict[str, tuple[str, Path]] = {}
        self.jobs = Jobs(where, Quota(unfinished=where.visitor_jobs, a_day=where.visitor_jobs_a_day))

    def submit(self, request: VideoRequest, owner: str) -> str:
        """Queue a video that this visitor may ask for, and return the job's id."""
        return self.jobs.submit(self.permitted(request, owner), owner=owner)

    def job(self, id: str, owner: str) -> Job:
        job = self.jobs.get(id)
        if job.owner != owner:
            raise BadInput(f"There is no job {id[:80]!r}.")
        return job

    def video(self, id: str, owner: str) -> VideoOf:
        """A job with its result. Raises `BadInput`, too, for one that another version of this program wrote."""
        job = self.job(id, owner)
        _ = job.request  # which whoever shows the job reads
        return VideoOf(job, self.library.get(job.result) if job.result else None)

    def videos(self, owner: str, search: str = "") -> Iterator[VideoOf]:
        """The visitor's videos, the newest first, whose title or words contain ``search``."""
        results = {result.id: result for result in self.library.results()}
        for job in self.jobs.find(owner, limit=500):
            with suppress(BadInput):  # written by another version of this program
                found = VideoOf(job, results.get(job.result or ""))
                if job.state == "done" and found.result is None:  # deleted, or removed by a retention
                    continue
                if search.strip().casefold() in f"{found.title} {job.request.given_text} {job.request.prompt}".casefold():
                    yield found

    def latest(self, owner: str) -> Job | None:
        """The visitor's newest job, if it still goes on or was finished a short while ago."""
        for job in self.jobs.find(owner, limit=1):
            if job.state in ("queued", "running") or (job.state == "done" and time.time() - (job.finished or 0) < FRESH_S):
                return job
        return None

    def is_unfinished(self, id: str, owner: str) -> bool:
        """Whether the visitor's job still goes on; not if there is none of this id."""
        with suppress(BadInput):
            return self.job(id, owner).state in ("queued", "running")
        return False

    def ahead_of(self, job: Job) -> int:
        """How many jobs wait before this one; those of other visitors are only counted."""
        waiting = self.jobs.find(state="queued", limit=1000)
        return sum((-other.priority, other.created) < (-job.priority, job.created) for other in waiting)

    def drafts(self, request: VideoRequest) -> Iterator[Script | str]:
        """The script of a request with a prompt, as it is written: the text so far, again and again, and at last the script."""
        return drafts(lambda on_event, cancel: self.studio.write_script(request, on_event=on_event, cancel=cancel))

    def previewed(self, request: VideoRequest, owner: str) -> Generator[list[Event], None, str]:
        """Make the first seconds of a video, telling how far it is; at last the name under which `preview` gives it to this visitor."""
        asked = self.permitted(request, owner)
        video = yield from watched(lambda on_event, cancel: self.studio.preview(asked, on_event=on_event, cancel=cancel))
        self._all_previews.add(owner, video)
        name = secrets.token_hex(16)
        self._previews[name] = (owner, video.path)
        while len(self._previews) > MOST_PREVIEWS:
            del self._previews[next(iter(self._previews))]
        return name

    def warm_up(self) -> None:
        """Load what a first preview needs, in the background, so that the first visitor does not wait for it."""
        greeting = VideoRequest.model_validate({"text": "Hello.", "voice": "hibari:heart", "width": 128, "height": 128})
        if all(local_path(WEIGHTS[name]) for name in ("hibari-heart", "face-landmarker", "selfie-matte", "portrait-hopper")):
            threading.Thread(target=self.studio.preview, args=(greeting,), name="warm-up", daemon=True).start()

    def preview(self, name: str, owner: str) -> Path:
        """The MP4 of a preview."""
        whose, path = self._previews.get(name, ("", Path()))
        if whose != owner or not path.is_file():
            raise BadInput("This preview is gone: make it again.")
        return path

    def cancel(self, id: str, owner: str) -> Job:
        return self.jobs.cancel(self.job(id, owner).id)

    def delete(self, id: str, owner: str) -> None:
        """Delete a video for good: the job with its text, and the result unless another job led to it as well."""
        job = self.job(id, owner)
        if job.state in ("queued", "running"):
            self.jobs.cancel(id)
            self._wait_for_end(id)
        self.jobs.remove(id)
        if job.result and not self.jobs.led_to(job.result):
            with suppress(BadInput):  # deleted before
                self.library.delete(job.result)

    def _wait_for_end(self, id: str) -> None:
        """A worker lets go of a cancelled job within a second or two."""
        until = time.monotonic() + PATIENCE_S
        while self.jobs.get(id).state == "running" and time.monotonic() < until:
            time.sleep(0.1)

    def result(self, id: str, owner: str) -> Result:
        """The result of a finished video."""
        job = self.job(id, owner)
        if job.result is None:
            raise BadInput("This video is not finished: wait until it is.")
        return self.library.get(job.result)

    def file(self, id: str, owner: str, name: str) -> Path:
        """A file of a finished video."""
        path = self.result(id, owner).folder / name
        if not path.is_file():
            raise BadInput(f"This video has no {name} any more: render it again.")
        return path

    def permitted(self, request: VideoRequest, owner: str) -> VideoRequest:
        """The request as this visitor may ask for it, see `border.permitted`."""
        return permitted(request, self.uploads, owner)

    def upload(self, spec: str, owner: str) -> Upload:
        return self.uploads.get(spec.removeprefix(OWN), owner)
