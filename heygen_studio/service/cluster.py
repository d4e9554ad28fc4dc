"""Many renders on a Ray cluster: `Studio.render_many(..., cluster=...)`.

Ray places the workers (one per GPU, or per core where there is none), starts them again after a node was lost, and carries
photos there and videos back. What is ours: which request goes to which free worker, and that a request whose worker was lost goes to
another at once instead of waiting for its own to come back. A result counts when all of it is in the library here, so no
request gets two videos, whatever a node that was lost still does.
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import BadInput, EngineUnavailable
from ..output import check_data, check_output, clear_errors, hand_out
from ..progress import Cancel, Cancelled
from ..request import VideoRequest
from ..stages import drop, new_folder
from ..studio import Studio
from ..video.video import Video
from .check import check
from .files import files_of, with_paths_from
from .many import MOST_DEATHS, OnEventOf, Outcome, Todo, died, failed
from .ray_worker import RayWorker, Rendered, code_hash, pieces

#: How long to wait for Ray before looking at the cancel token, in seconds.
POLL_S = 0.1
#: How long an address may take to answer, in seconds.
KNOCK_S = 5.0
#: How long cancelled workers may take to stop by themselves, in seconds.
STOP_S = 2.0
#: Memory that Ray sets aside for each worker, in bytes: the models of one render and its frames.
WORKER_BYTES = 2_000_000_000
#: Pieces of a result that a node may send ahead.
AHEAD = 4
#: After so many seconds without any worker the log says what they wait for.
PATIENCE_S = 30.0

log = logging.getLogger(__name__)


@dataclass
class _Job:
    """A request on its way. sent: the request as a worker gets it; files: the content of the files that it names, by their paths, as
    references into Ray's object store; deaths: workers that were lost with it."""

    index: int
    request: VideoRequest
    output: Path | None
    sent: VideoRequest | None = None
    files: dict[str, list[Any]] = field(default_factory=dict)
    deaths: int = 0


def render_on_cluster(
    studio: Studio, todo: Todo, address: str, *, workers: int | None, on_event: OnEventOf | None, cancel: Cancel
) -> Iterator[Outcome]:
    """`render_many` on the Ray cluster at ``address``. Events are told, and videos fetched, while an outcome is waited for.

    Raises, with the first outcome, `EngineUnavailable` without Ray, without a cluster at the address, and if no node has the same
    version of this program; `Cancelled`.
    """
    with _connected(address), _Crew(studio, workers, on_event, cancel) as crew:
        yield from crew.work(_Job(index, request, output) for index, (request, output) in todo)


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """A connection to the cluster; one that the caller has already is used and left open."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports the use of clusters to its makers unless told not to
    try:
        import ray
    except ImportError as error:
        raise EngineUnavailable("Rendering on a cluster needs Ray: pip install 'heygen-studio[cluster]'.") from error
    if ray.is_initialized():
        yield
        return
    try:
        _knock(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
    except (OSError, ValueError, RuntimeError, AssertionError, ray.exceptions.RayError) as error:
        raise EngineUnavailable(
            f"There is no Ray cluster to be used at {address!r} ({_last_line(error)}): run 'ray start --head' on one machine, and on each"
            f" other, this one included, 'ray start --address=HOST:6379'."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Raise OSError or ValueError unless something answers at HOST:PORT: Ray would go on trying for minutes."""
    if address == "auto":
        # where Ray keeps the address of the cluster that this machine joined last
        noted = Path(os.environ.get("RAY_TMPDIR") or tempfile.gettempdir(), "ray", "ray_current_cluster")
        address = os.environ.get("RAY_ADDRESS") or (noted.read_text(encoding="utf-8").strip() if noted.is_file() else "")
        if not address:  # Ray looks for running programs, which takes a moment
            return
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), KNOCK_S).close()


class _Crew:
    """The workers of one call. Every worker is joining (made or lost, and not ready yet), free or running."""

    def __init__(self, studio: Studio, workers: int | None, on_event: OnEventOf | None, cancel: Cancel) -> None:
        import ray

        self._ray, self._studio, self._on_event, self._cancel = ray, studio, on_event, cancel
        gpus, cores = (int(ray.cluster_resources().get(what, 0)) for what in ("GPU", "CPU"))
        actor = ray.remote(RayWorker).options(
            num_cpus=1,
            num_gpus=1 if gpus else 0,
            memory=WORKER_BYTES,
            max_restarts=-1,
            max_task_retries=0,  # a lost render goes to a worker that is free, not to the one that comes back some time
            max_concurrency=3,
            scheduling_strategy="SPREAD",
        )
        self._all: list[Any] = [actor.remote() for _ in range(workers or max(1, gpus or cores))]
        self._free: list[Any] = []
        self._joining: dict[Any, Any] = {}
        self._running: dict[Any, tuple[Any, _Job]] = {}
        self._again: deque[_Job] = deque()
        self._seen_working, self._code = time.monotonic(), code_hash()
        for worker in self._all:
            self._join(worker)

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the running renders, and then the workers."""
        for worker, _job in self._running.values():
            worker.cancel.remote()
        ends = [stream.completed() for stream in self._running]
        if ends:
            self._ray.wait(ends, num_returns=len(ends), timeout=STOP_S, fetch_local=False)
        for worker in self._all:
            self._ray.kill(worker)

    def work(self, todo: Iterator[_Job]) -> Iterator[Outcome]:
        """Yield the outcome of each job as it finishes; a job is taken when a worker is free for it."""
        while True:
            while self._free and (job := self._again.popleft() if self._again else next(todo, None)):
                self._cancel.check()
                if (refused := self._start(job)) is not None:
                    yield refused
            if self._free and not self._running:
                return
            self._cancel.check()
            self._explain_waiting()
            ready, _ = self._ray.wait([*self._joining, *self._running], num_returns=1, timeout=POLL_S, fetch_local=False)
            for ref in ready:
                if ref in self._joining:
                    self._joined(ref)
                elif (outcome := self._went_on(ref)) is not None:
                    yield outcome

    def _explain_waiting(self) -> None:
        """Say in the log what the workers wait for, if none of them has work or could have it for a while."""
        now = time.monotonic()
        if self._running or self._free:
            self._seen_working = now
        elif now - self._seen_working > PATIENCE_S:
            log.warning("No node of the cluster has room for a worker (1 core and %.0f GB of memory) yet: waiting.", WORKER_BYTES / 1e9)
            self._seen_working = now

    # ------------------------------------------------------------ workers

    def _join(self, worker: Any) -> None:
        """Ask a worker that was made, or lost and is made again, to say when it can work."""
        self._joining[worker.code.options(max_task_retries=-1).remote()] = worker

    def _joined(self, ref: Any) -> None:
        worker = self._joining.pop(ref)
        try:
            code = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            self._dismiss(worker, _last_line(error))
            return
        if code == self._code:
            self._free.append(worker)
        else:
            self._dismiss(worker, "a node has another version of this program")

    def _dismiss(self, worker: Any, why: str) -> None:
        """Do without a worker that cannot work. Raises `EngineUnavailable` if it was the last."""
        log.warning("A worker of the cluster cannot be used: %s.", why)
        self._ray.kill(worker)
        self._all.remove(worker)
        if not self._all:
            raise EngineUnavailable(f"No node of the Ray cluster can render ({why}): install the same version of this program on all.")

    # ------------------------------------------------------------ jobs

    def _start(self, job: _Job) -> Outcome | None:
        """Hand a job to a free worker, or return why it is refused."""
        try:
            if not job.deaths:
                self._prepare(job)
        except Exception as error:  # a defect that one request meets must not cost the others
            return failed(job.index, job.request, error)
        worker = self._free.pop(0)
        self._running[worker.render.options(num_returns="streaming").remote(job.sent, job.files)] = worker, job
        return None

    def _prepare(self, job: _Job) -> None:
        """Make the request one that means the same on any node, with its files in the object store. Raises `StudioError`."""
        check_data(self._studio.settings.data)
        if job.output is not None:
            check_output(job.output)
        request = with_paths_from(job.request, Path.cwd())
        check(request)
        for path in files_of(request):
            try:
                job.files[str(path)] = [self._ray.put(piece) for piece in pieces(path)]
            except OSError as error:
                raise BadInput(f"{path} cannot be read ({error.strerror}): check its permissions.") from error
        job.sent = request.model_copy(update={"writer": request.writer or self._studio.settings.writer})

    def _went_on(self, stream: Any) -> Outcome | None:
        """Tell the next events of a render; or its outcome, if it ended; or queue it again, if its worker was lost."""
        worker, job = self._running[stream]
        try:
            news = self._ray.get(next(stream))
            if not isinstance(news, Rendered):
                if self._on_event is not None:
                    for event in news:
                        self._on_event(job.index, event)
                return None
            video = self._fetch(worker, job, news.video) if news.video is not None else None
            outcome = Outcome(job.index, job.request, video, news.error, news.field)
        except Cancelled:
            raise
        except Exception as error:
            if isinstance(error, self._ray.exceptions.RayError) and not isinstance(error, self._ray.exceptions.RayTaskError):
                log.warning("The worker of request %d was lost (%s).", job.index, type(error).__name__)
                del self._running[stream]
                self._join(worker)
                return self._try_again(job)
            outcome = failed(job.index, job.request, error)
        del self._running[stream]
        self._free.append(worker)
        return outcome

    def _try_again(self, job: _Job) -> Outcome | None:
        """Queue a job that lost its worker, or return that it is given up."""
        job.deaths += 1
        if job.deaths < MOST_DEATHS:
            self._again.append(job)
            return None
        return died(job.index, job.request)

    def _fetch(self, worker: Any, job: _Job, there: Video) -> Video:
        """Bring a result into the library here, and to where the user wants it."""
        settings = self._studio.settings
        target = settings.library / there.folder.name
        paths: dict[str, Any] = {name: target / path.name for name, path in vars(there).items() if isinstance(path, Path)}
        here = replace(there, **{**paths, "folder": target})
        with clear_errors(settings.data):
            if not all(path.exists() for name, path in paths.items() if name != "folder"):
                drop(target)  # what is left of a result that lost a file
                with new_folder(target) as folder:
                    self._receive(worker, there.folder, folder)
                    (folder / "request.json").write_text(job.request.model_dump_json(indent=1), encoding="utf-8")  # with the paths here
            return here if job.output is None else hand_out(here, job.output)

    def _receive(self, worker: Any, there: Path, folder: Path) -> None:
        """Copy the files of a folder on the worker's node."""
        send = worker.send.options(num_returns="streaming", _generator_backpressure_num_objects=AHEAD)
        for ref in send.remote(there):
            self._cancel.check()
            name, piece = self._ray.get(ref)
            with open(folder / Path(name).name, "ab") as file:
                file.write(piece)


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip().rstrip(".")[:300]
