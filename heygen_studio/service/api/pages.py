"""Long lists, page by page."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Query

from ..jobs import Job, Jobs, State
from .errors import ApiError

Limit = Annotated[int, Query(ge=1, le=100, description="Entries of a page.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.")]


def page_of_jobs(jobs: Jobs, owner: str, limit: int, cursor: str | None, state: State | None = None) -> tuple[list[Job], str | None]:
    """The next jobs of an owner, the newest first, and the cursor of the page after them. Raises `ApiError` for a bad cursor."""
    if cursor is not None and not re.fullmatch("[0-9]{1,18}", cursor):
        raise ApiError(400, f"The cursor {cursor[:80]!r} is none: send the one that came with the page before.", field="cursor")
    found = jobs.find(owner, state=state, limit=limit + 1, before=int(cursor) if cursor else None)
    return found[:limit], str(found[limit - 1].number) if len(found) > limit else None
