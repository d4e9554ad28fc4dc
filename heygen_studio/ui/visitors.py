"""Who is asking: every visitor owns what they made and sees nothing of anybody else.

A browser is known by a random secret in a cookie that scripts cannot read; a program may send a secret of its own in a header. Jobs and
uploads are filed under a hash of it, so that the database holds nothing with which one could pass for another visitor.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import secrets
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    import gradio as gr

COOKIE, HEADER = "studio_visitor", "x-studio-visitor"
YEAR_S = 365 * 86_400
#: A secret: long enough that nobody guesses it.
_SECRET = re.compile(r"[\w-]{32,128}")


def owner_of(request: gr.Request | Request | None) -> str | None:
    """The owner's name of whoever sent ``request``: their login, or else their secret; None if they show neither."""
    if request is None:
        return None
    if name := _login(request):
        return f"login-{name}"
    for secret in (request.headers.get(HEADER), request.cookies.get(COOKIE)):
        if secret and _SECRET.fullmatch(secret):
            return "visitor-" + hashlib.sha256(secret.encode()).hexdigest()[:40]
    # A program without either is known for as long as its connection lasts.
    session = getattr(request, "session_hash", None)
    return "visitor-" + hashlib.sha256(f"session {session}".encode()).hexdigest()[:40] if session else None


def _login(request: gr.Request | Request) -> str | None:
    """The name under which a visitor logged in, where the studio asks for it."""
    if not isinstance(request, Request):
        return request.username
    app: Any = request.app
    token = request.cookies.get(f"access-token-{app.cookie_id}") or request.cookies.get(f"access-token-unsecure-{app.cookie_id}")
    name: str | None = app.tokens.get(token)
    return name


class Visitors:
    """ASGI middleware: hands every new browser its secret, and keeps uploaded files from everyone but those who sent them.

    Gradio files an upload under a hash of its content and gives it to anybody who knows that address. The addresses of this run are
    remembered with their owners; a file that Gradio took over from before is served to nobody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._senders: dict[str, set[str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"]
        secret = _secret(scope)
        if "/gradio_api/file=" in path or "/gradio_api/file/" in path:
            senders = self._senders.get(_upload(path))
            if senders is not None and secret not in senders:
                refusal = PlainTextResponse("This file belongs to another visitor.", status_code=403)
                return await refusal(scope, receive, send)
        if path.endswith("/gradio_api/upload"):
            send = self._remembering(secret, send)
        elif not secret and scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            send = _with_cookie(scope, send)
        await self._app(scope, receive, send)

    def _remembering(self, secret: str, send: Send) -> Send:
        """Note whose the files are that the answer to an upload names."""
        body = bytearray()

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self._note(bytes(body), secret)
            await send(message)

        return watch

    def _note(self, answer: bytes, secret: str) -> None:
        try:
            paths = json.loads(answer)
        except ValueError:  # an error page: nothing was kept
            return
        for path in paths if isinstance(paths, list) else ():
            self._senders.setdefault(_upload(str(path)), set()).add(secret)


def _upload(path: str) -> str:
    """The part of an address or a path that names an upload: the folder with the hash, and the file."""
    return "/".join(posixpath.normpath(path).rsplit("/", 2)[-2:])


def _secret(scope: Scope) -> str:
    request = Request(scope)
    secret = request.headers.get(HEADER) or request.cookies.get(COOKIE, "")
    return secret if _SECRET.fullmatch(secret) else ""


def _with_cookie(scope: Scope, send: Send) -> Send:
    """The same answer with a new secret for the browser."""
    secure = scope["scheme"] == "https" or Headers(scope=scope).get("x-forwarded-proto") == "https"
    # A Space shows the app inside another site's page, where a browser sends only cookies that allow it.
    policy = (
        "SameSite=None; Secure; Partitioned" if secure and os.environ.get("SPACE_ID") else "SameSite=Lax" + ("; Secure" if secure else "")
    )
    cookie = f"{COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={YEAR_S}; HttpOnly; {policy}"

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return add
