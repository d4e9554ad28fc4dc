"""A worker: takes jobs one after the other and renders them. Start one per GPU, or per CPU budget: ``heygen-studio worker``."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from types import FrameType

from ..errors import OutputError, StudioError
from ..progress import Cancel, Cancelled, Event
from ..settings import Settings
from ..studio import Studio
from .jobs import LEASE_S, Claim, Jobs
from .retention import apply_retention
from .worker_lock import WorkerLock

#: By how much a server's requests come before its renders, as the system counts.
NICENESS = 5
#: How often an idle worker looks for a job, and a busy one for a cancel and for progress to write, in seconds.
IDLE_S, BEAT_S = 0.5, 0.25
#: A lease is renewed at least this often, in seconds, even if nothing moves.
RENEW_S = 2.0

log = logging.getLogger(__name__)


class Worker:
    """Renders the jobs of one data folder until it is told to stop."""

    def __init__(self, where: Settings) -> None:
        self._jobs, self._studio, self._where = Jobs(where), Studio(where), where
        self._stopping = threading.Event()
        self._cancel = Cancel()

    def stop(self, *_: int | FrameType | None) -> None:
        """Park the running job and return from `run`; also a signal handler."""
        self._stopping.set()
        self._cancel.cancel()

    def run(self, *, until_idle: bool = False) -> int:
        """Work until `stop` is called (or, ``until_idle``, until no job waits), and return the number of jobs that were finished.

        Raises `OutputError` if the database cannot be used any more; the job at hand is taken up again later.
        """
        lock = WorkerLock(self._where)
        finished = 0
        try:
            while not self._stopping.is_set():
                apply_retention(self._where)
                claim = self._jobs.claim(lock.name)
                if claim is not None:
                    finished += self._work(claim)
                elif until_idle:
                    break
                else:
                    self._stopping.wait(IDLE_S)
        finally:
            lock.release()
            self._jobs.close()
        return finished

    def _work(self, claim: Claim) -> bool:
        """Render one job and write down what became of it."""
        self._cancel = Cancel()
        if self._stopping.is_set():  # told to stop just before the new token was there
            self._cancel.cancel()
        beat = _Beat(self._jobs, claim, self._cancel)
        log.info("job %s: taken up", claim.id)
        try:
            with beat:
                video = self._studio.render(claim.request, on_event=beat.note, cancel=self._cancel)
        except Cancelled:
            return self._give_up(claim, beat)
        except StudioError as error:
            return self._jobs.fail(claim, str(error), error.field)
        except Exception as error:  # a defect that one job meets must not end the worker
            log.exception("job %s failed unexpectedly", claim.id)
            return self._jobs.fail(claim, f"The render failed unexpectedly ({type(error).__name__}: {error}).")
        log.info("job %s: done", claim.id)
        seconds = {stage: made["seconds"] for stage, made in video.report["stages"].items() if not made["reused"]}
        return self._jobs.finish(claim, video.folder.name, seconds)

    def _give_up(self, claim: Claim, beat: _Beat) -> bool:
        """The render was stopped: by a signal, by the job's owner, or because another worker has the job."""
        if beat.error is not None:
            raise beat.error
        if self._stopping.is_set() and not self._jobs.cancel_wanted(claim):
            self._jobs.park(claim)
            log.info("job %s: parked", claim.id)
        else:
            self._jobs.cancelled(claim)  # changes nothing if the job is no more ours
        return False


class _Beat:
    """A thread that shows that the worker lives, writes the latest progress, and stops the render when it should not go on.

    error: why the database could not be written for so long that the lease ended.
    """

    def __init__(self, jobs: Jobs, claim: Claim, cancel: Cancel) -> None:
        self._jobs, self._claim, self._cancel = jobs, claim, cancel
        self._progress: tuple[str, float, str] = ("", 0.0, "")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self.error: OutputError | None = None

    def __enter__(self) -> _Beat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def note(self, event: Event) -> None:
        """The listener for `Studio.render`; the thread writes what is latest."""
        self._progress = (event.stage, event.fraction, event.note)

    def _run(self) -> None:
        written: tuple[str, float, str] | None = None
        renewed = time.monotonic()
        while not self._done.wait(BEAT_S):
            progress = self._progress
            try:
                if progress != written or time.monotonic() - renewed > RENEW_S:
                    if not self._jobs.renew(self._claim, *progress):
                        self._cancel.cancel()
                        return
                    written, renewed = progress, time.monotonic()
                if self._jobs.cancel_wanted(self._claim):
                    self._cancel.cancel()
            except OutputError as error:
                if time.monotonic() - renewed > LEASE_S:
                    self.error = error
                    self._cancel.cancel()
                    return


def run_worker(where: Settings, *, until_idle: bool = False, attached: bool = False) -> int:
    """Run a worker in the main thread; SIGTERM and SIGINT park its job. Returns the number of finished jobs.

    attached: the end of standard input parks it too, which comes when the process that started this one ends in whatever way; and
    that process, which answers people, has the processor first.
    """
    worker = Worker(where)
    if attached:
        os.nice(NICENESS)
        threading.Thread(target=_stop_with_parent, args=(worker,), name="parent", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    return worker.run(until_idle=until_idle)


def _stop_with_parent(worker: Worker) -> None:
    sys.stdin.buffer.read()
    worker.stop()
