"""Around every request: no body without a key, a limit on the body, a line in the log, and the figures."""

from __future__ import annotations

import logging
import time
import uuid

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...errors import StudioError
from ...settings import Settings
from .errors import ApiError, answer, as_api_error
from .keys import Keys
from .metrics import Metrics
from .services import key_of

#: Bytes of a body that is no file, of one that may hold a picture as text, and of what a form may have around its file.
LARGEST_BODY, LARGEST_WITH_PICTURE, FORM_BYTES = 4_000_000, 20_000_000, 1_000_000
#: Where files are sent, and where pictures are as text.
PICTURE_PATHS = ("/v3/videos",)
FILE_PATHS = ("/api/uploads", "/v1/asset", "/v1/talking_photo", "/v3/assets")
#: Whose requests are limited, logged and counted; others belong to what is mounted beside the API.
OWN_PATHS = ("/api/", "/v1/", "/v2/", "/v3/", "/healthz", "/metrics")

log = logging.getLogger(__name__)


class KeyFirst:
    """Refuses what would change something and comes without a key, before anything of its body is read and takes up space."""

    def __init__(self, app: ASGIApp, where: Settings, keys: Keys) -> None:
        self._app, self._where, self._keys = app, where, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(OWN_PATHS) and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            try:
                await run_in_threadpool(key_of, Headers(scope=scope), self._keys)
            except (ApiError, StudioError) as error:
                await answer(scope["path"], as_api_error(error), self._where)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are too large, by what the client says and by what it sends."""

    def __init__(self, app: ASGIApp, where: Settings) -> None:
        self._app, self._where = app, where

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        most = self._most(scope["path"])
        error = ApiError(413, f"The body of the request has more than {most / 1e6:g} MB, which are allowed here: send less.")
        refusal = answer(scope["path"], error, self._where)
        said = Headers(scope=scope).get("content-length", "0")
        if said.isascii() and said.isdigit() and int(said[:20]) > most:
            await refusal(scope, receive, send)
            return
        read, refused = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise error
            return message

        async def replaced(message: Message) -> None:
            """Whatever the error became on its way through the application, the client is told what it was."""
            nonlocal refused
            if read <= most:
                await send(message)
            elif not refused:
                refused = True
                await refusal(scope, receive, send)

        await self._app(scope, counted, replaced)

    def _most(self, path: str) -> int:
        if path in FILE_PATHS:
            return int(self._where.upload_mb * 1e6) + FORM_BYTES
        return LARGEST_WITH_PICTURE if path in PICTURE_PATHS else LARGEST_BODY


class Observed:
    """Gives each request an id, and notes what became of it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OWN_PATHS):
            await self._app(scope, receive, send)
            return
        id, started, status = uuid.uuid4().hex, time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = id
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "none")  # set by the router; there are only so many patterns
            self._metrics.note(scope["method"] if scope["method"] in _METHODS else "other", route, status, seconds)
            facts = {"request": id, "method": scope["method"], "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)}
            log.info("%s %s %d", scope["method"], scope["path"], status, extra={"facts": facts})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
