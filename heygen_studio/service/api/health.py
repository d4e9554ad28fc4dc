"""``/healthz`` for whatever watches the server, and ``/metrics`` for Prometheus; neither needs a key or tells about anybody."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from ...errors import OutputError
from ..worker_lock import workers_alive
from .services import Here

#: Free disk space below which no video can be counted on, in bytes.
LEAST_FREE = 500_000_000

router = APIRouter(tags=["Operations"])


class Health(BaseModel):
    """ok: whether videos can be made. problems: why not. workers: how many run. free_mb: on the disk of the results."""

    ok: bool
    problems: list[str]
    workers: int
    queued: int
    free_mb: int


@router.get("/healthz", response_model=Health, responses={503: {"model": Health}})
def health(here: Here) -> JSONResponse:
    """Whether videos can be made here: database, disk and workers."""
    problems, queued = [], 0
    try:
        queued = here.jobs.counts()["queued"]
    except OutputError:
        problems.append("The job database cannot be used.")
    free = 0
    try:
        free = shutil.disk_usage(here.settings.data).free
        if free < LEAST_FREE:
            problems.append(f"Only {free / 1e6:.0f} MB are free on the disk.")
    except OSError:
        problems.append("The data folder cannot be read.")
    workers = workers_alive(here.settings)
    if workers == 0:
        problems.append("No worker runs.")
    found = Health(ok=not problems, problems=problems, workers=workers, queued=queued, free_mb=free // 1_000_000)
    return JSONResponse(found.model_dump(), status_code=503 if problems else 200)


@router.get("/metrics", response_class=Response)
def metrics(here: Here) -> Response:
    """Figures for Prometheus."""
    return Response(here.metrics.text(), media_type=CONTENT_TYPE_LATEST)
