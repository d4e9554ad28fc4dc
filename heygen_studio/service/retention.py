"""The retention that the settings ask for, applied from time to time by whatever process runs: worker or server."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from dataclasses import dataclass

from ..errors import OutputError
from ..settings import Settings
from .library import Library, Pruned

#: Between two looks at the whole library, in seconds.
EVERY_S = 600.0

#: A clock that went on by so much more than the machine ran, in seconds, is not trusted for as long: it may have been set wrong.
DOUBT_S = 86_400.0

log = logging.getLogger(__name__)


def apply_retention(where: Settings) -> Pruned | None:
    """Remove what is older or larger than the settings allow, unless any process did so within `EVERY_S`; None if nothing was done.

    Nothing goes for its age while the clock is doubtful (see `DOUBT_S`). Cheap to call often. Never raises: results that cannot be
    removed must not keep new ones from being made; the log says why.
    """
    if where.keep_days is None and where.max_mb is None:
        return None
    try:
        where.data.mkdir(parents=True, exist_ok=True)
        mark = os.open(where.data / "retention", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        log.warning("The retention could not be applied in %s: %s.", where.data, error.strerror)
        return None
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(mark)
        since = time.time() - status.st_mtime
        if status.st_size and 0 <= since < EVERY_S:  # a mark from the future: the clock was set back
            return None
        clock = _Clock.read(mark).after(since) if status.st_size else _Clock(_running())
        max_bytes = None if where.max_mb is None else where.max_mb * 1e6
        pruned = Library(where).prune(keep_days=where.keep_days if clock.trusted else None, max_bytes=max_bytes)
        clock.write(mark)
    except BlockingIOError:  # another process is at it
        return None
    except (OutputError, OSError) as error:
        log.warning("The retention could not be applied: %s", error)
        return None
    finally:
        os.close(mark)
    if pruned.results or pruned.stages:
        log.info("retention: removed %d results and %d stages, %.1f MB", pruned.results, pruned.stages, pruned.size / 1e6)
    return pruned


@dataclass(frozen=True)
class _Clock:
    """What the file of the last look says. running: the machine's uptime then; doubted: when the clock became doubtful, by itself."""

    running: float
    doubted: float | None = None

    @property
    def trusted(self) -> bool:
        return self.doubted is None

    def after(self, since: float) -> _Clock:
        """The clock now, ``since`` seconds after the last look by the clock itself. Says in the log if it is doubtful."""
        now, running = time.time(), _running()
        ran = running - self.running if running >= self.running else running  # the machine was started since
        if since - ran > DOUBT_S:
            log.warning(
                "The clock went on by %.1f days since the last look at the library, and this machine ran for %.1f of them: nothing is "
                "removed for its age in the next 24 hours. If the clock is wrong, set it right.",
                since / 86_400,
                ran / 86_400,
            )
            return _Clock(running, now)
        still = self.doubted is not None and 0 <= now - self.doubted < DOUBT_S
        return _Clock(running, self.doubted if still else None)

    @classmethod
    def read(cls, mark: int) -> _Clock:
        """What `write` wrote; nothing is known from an older version's file."""
        try:
            seen = json.loads(os.pread(mark, 1000, 0))
            return cls(float(seen["running"]), seen["doubted"])
        except (ValueError, KeyError, TypeError):
            return cls(_running())

    def write(self, mark: int) -> None:
        """The time of the file is that of the look."""
        os.ftruncate(mark, 0)
        os.pwrite(mark, json.dumps(vars(self)).encode(), 0)


def _running() -> float:
    """Seconds since this machine was started, asleep or not."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
