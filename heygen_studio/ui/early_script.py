"""A script that runs before Gradio does, which reads the browser's language before it adds anything of ours to the page."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class EarlyScript:
    """ASGI middleware: puts ``script`` at the beginning of the head of every page."""

    def __init__(self, app: ASGIApp, script: str) -> None:
        self._app, self._script = app, script.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wants_page = scope["type"] == "http" and scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", "")
        await self._app(scope, receive, self._adding(send) if wants_page else send)

    def _adding(self, send: Send) -> Send:
        """Hold a page back until it is complete; pass on everything else as it comes."""
        start: Message = {}
        page = bytearray()

        async def add(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                start = message
            elif message["type"] == "http.response.body" and start:
                page.extend(message.get("body", b""))
                if not message.get("more_body"):
                    body = bytes(page).replace(b"<head>", b"<head>" + self._script, 1)
                    MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
                    await send(start)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        return add
