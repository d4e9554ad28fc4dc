"""Long lists, page by page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from ..jobs import Job, Jobs, State

Limit = Annotated[int, Query(ge=1, le=100, description="Entries of a page.")]
#: The same as HeyGen's clients send it; on the first page they leave it empty.
Token = Annotated[str | None, Query(pattern="^[0-9]{0,18}$")]
Cursor = Annotated[str | None, Query(pattern="^[0-9]{1,18}$", description="`next` of the page before.")]


def page_of_jobs(jobs: Jobs, owner: str, limit: int, cursor: str | None, state: State | None = None) -> tuple[list[Job], str | None]:
    """The next jobs of an owner, the newest first, and the cursor of the page after them."""
    found = jobs.find(owner, state=state, limit=limit + 1, before=int(cursor) if cursor else None)
    return found[:limit], str(found[limit - 1].number) if len(found) > limit else None
