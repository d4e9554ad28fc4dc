"""The retention that the settings ask for, applied from time to time by whatever process runs: worker or server."""

from __future__ import annotations

import fcntl
import logging
import os
import time

from ..errors import OutputError
from ..settings import Settings
from .library import Library, Pruned

#: Between two looks at the whole library, in seconds.
EVERY_S = 600.0

log = logging.getLogger(__name__)


def apply_retention(where: Settings) -> Pruned | None:
    """Remove what is older or larger than the settings allow, unless any process did so within `EVERY_S`; None if nothing was done.

    Cheap to call often. Never raises: results that cannot be removed must not keep new ones from being made; the log says why.
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
        if status.st_size and 0 <= time.time() - status.st_mtime < EVERY_S:  # a mark from the future: the clock was set back
            return None
        max_bytes = None if where.max_mb is None else int(where.max_mb * 1e6)
        pruned = Library(where).prune(keep_days=where.keep_days, max_bytes=max_bytes)
        os.pwrite(mark, b"The time of this file is when the retention was last applied.\n", 0)
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
