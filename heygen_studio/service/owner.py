"""All that is kept of one owner."""

from __future__ import annotations

from contextlib import suppress

from ..errors import BadInput
from .jobs import Jobs
from .library import Library


def delete_owner(owner: str, jobs: Jobs, library: Library) -> int:
    """Delete an owner's results and jobs for good, and return the number of jobs. What another owner asked for as well stays theirs.

    Stages that a failed or cancelled job finished are not told apart by owner: they go with `Library.prune`.
    Raises `BadInput` while one of the jobs is rendered.
    """
    for job in jobs.find(owner, state="queued", limit=-1):
        jobs.cancel(job.id)
    for id in jobs.results_of(owner):
        with suppress(BadInput):  # deleted before
            library.delete(id)
    return jobs.forget(owner)
