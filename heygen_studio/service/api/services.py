"""What the routes work with, and who is asking."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers

from ...settings import Settings
from ..jobs import Jobs
from ..library import Library
from ..uploads import Uploads
from .errors import ApiError
from .idempotency import Idempotency
from .keys import Key, Keys
from .metrics import Metrics
from .rate import RateLimit
from .secret import Secret
from .sender import Sender
from .webhooks import Webhooks

_HOST = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")


@dataclass(frozen=True)
class Services:
    """Everything that is opened once per server."""

    settings: Settings
    jobs: Jobs
    library: Library
    uploads: Uploads
    keys: Keys
    rate: RateLimit
    secret: Secret
    webhooks: Webhooks
    sender: Sender
    idempotency: Idempotency
    metrics: Metrics

    def close(self) -> None:
        for opened in (self.jobs, self.keys, self.rate, self.webhooks, self.idempotency):
            opened.close()


def open_services(where: Settings) -> Services:
    """Open the databases of the data folder. Raises `OutputError` if one cannot be used."""
    jobs, secret = Jobs(where), Secret(where)
    webhooks = Webhooks(where, secret)
    return Services(
        settings=where,
        jobs=jobs,
        library=Library(where),
        uploads=Uploads(where),
        keys=Keys(where),
        rate=RateLimit(where),
        secret=secret,
        webhooks=webhooks,
        sender=Sender(where, jobs, webhooks, secret),
        idempotency=Idempotency(where),
        metrics=Metrics(where, jobs),
    )


def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


@dataclass(frozen=True)
class Caller:
    """Who is asking. owner: whose data they reach. key: name of the API key. base: how they reach us."""

    owner: str
    key: str
    base: str


_header = APIKeyHeader(name="X-Api-Key", auto_error=False, description="A key of `heygen-studio keys create`.")
_bearer = HTTPBearer(auto_error=False, description="The same key.")


def caller(
    request: Request,
    here: Annotated[Services, Depends(services)],
    header: Annotated[str | None, Security(_header)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    """The owner of the request's API key.

    Raises `ApiError`: 401, or 429 for too many requests.
    """
    base = here.settings.public_url or _base(request)
    key = key_of(request.headers, here.keys)
    wait = here.rate.take(key.id)
    if wait:
        seconds = math.ceil(wait)
        sentence = f"More than {here.settings.rate:g} requests were made within a minute: wait {seconds} s."
        raise ApiError(429, sentence, headers={"Retry-After": str(seconds)})
    return Caller(key.owner, key.name, base)


def key_of(headers: Headers, keys: Keys) -> Key:
    """The API key that a request came with. Raises `ApiError` 401."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    given = headers.get("x-api-key") or (token.strip() if kind.lower() == "bearer" else "")
    if not given:
        raise ApiError(401, "No API key was sent: send one in the header X-Api-Key.", headers={"WWW-Authenticate": "Bearer"})
    key = keys.open(given)
    if key is None:
        raise ApiError(401, "The API key is wrong or was revoked: check it.", headers={"WWW-Authenticate": "Bearer"})
    return key


def _base(request: Request) -> str:
    """The address of this server as the request names it."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


async def raw_body(request: Request) -> bytes:
    """The body as it was sent. Raises `ApiError` 415 if it is not said to be JSON, as curl does not by itself."""
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if not re.fullmatch(r"application/([\w.-]+\+)?json", kind):
        raise ApiError(415, f"The body was sent as {kind[:80]!r}: send JSON, with the header Content-Type: application/json.")
    return await request.body()


Here = Annotated[Services, Depends(services)]
Who = Annotated[Caller, Depends(caller)]
RawBody = Annotated[bytes, Depends(raw_body)]
