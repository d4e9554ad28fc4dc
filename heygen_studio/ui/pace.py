"""How much longer a job takes, judged by how fast it has gone: nothing is said before there is something to judge by."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from ..service.jobs import Job

#: A stage must have run this long, and come this far, before its pace is trusted: seconds, fraction.
LONG_ENOUGH_S, FAR_ENOUGH = 2.0, 0.02
#: Jobs of which the pace is kept.
MOST_JOBS = 500


@dataclass(frozen=True)
class _Seen:
    stage: str
    fraction: float
    at: float


class Pace:
    """Remembers when each running job was first seen in its stage. Thread-safe."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._lock = threading.Lock()

    def seconds_left(self, job: Job) -> float | None:
        """Seconds until the last stage (by far the longest) ends; None in the others and while it is too early to say."""
        now = time.monotonic()
        with self._lock:
            first = self._seen.get(job.id)
            if first is None or first.stage != job.stage or job.fraction < first.fraction:
                self._seen.pop(job.id, None)
                first = self._seen[job.id] = _Seen(job.stage, job.fraction, now)
                while len(self._seen) > MOST_JOBS:
                    del self._seen[next(iter(self._seen))]
        gone, done = now - first.at, job.fraction - first.fraction
        if job.stage != "video" or gone < LONG_ENOUGH_S or done < FAR_ENOUGH:
            return None
        return gone / done * (1 - job.fraction)
