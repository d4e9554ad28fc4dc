"""The server's application; the web app is mounted on it beside the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request
from starlette.routing import Match, Route

from ...settings import Settings
from . import account, catalogue, health, links, uploads, videos
from .docs import add_docs
from .errors import ApiError, ErrorView, NotFound, add_error_handlers
from .heygen import v1, v2, v3
from .middleware import BodyLimit, KeyFirst, Observed
from .services import open_services

_DESCRIPTION = """Videos in which a digital human speaks, made on this machine.

Send your API key in the header `X-Api-Key`. Errors are `{"error": {"code", "message", "field"}}`. The addresses below `/v1`, `/v2` and
`/v3` are for clients of HeyGen's API and answer as that does."""


def create_app(where: Settings) -> FastAPI:
    """The application of a data folder. Whatever is mounted at "/" afterwards, such as the web app, gets what is not the API's.

    Raises `OutputError` if the data folder cannot be used.
    """
    here = open_services(where)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        here.sender.start()
        yield
        here.sender.stop()
        here.close()

    app = _Application(
        title="HeyGen Studio",
        version=version("heygen-studio"),
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        responses={status: {"description": text} for status, text in _RESPONSES.items()},
    )
    app.state.services = here
    add_error_handlers(app, where)
    app.add_middleware(BodyLimit, where=where)
    app.add_middleware(KeyFirst, where=where, keys=here.keys)
    app.add_middleware(Observed, metrics=here.metrics)
    for router in _OWN:
        app.include_router(router, responses={status: {"model": ErrorView} for status in _RESPONSES})
    for router in _HEYGEN:
        app.include_router(router)
    add_docs(app)
    for prefix in ("/api", "/v1", "/v2", "/v3"):
        app.add_api_route(f"{prefix}/{{rest:path}}", nothing_here, methods=_METHODS, include_in_schema=False)
    return app


_RESPONSES = {
    400: "Something in the request cannot be used",
    401: "No valid API key",
    403: "The link is wrong or has expired",
    404: "There is no such thing",
    409: "It cannot be done now",
    413: "The body is too large",
    415: "The body is not said to be JSON",
    429: "Too many requests, or a quota is used up",
}

_OWN = tuple(module.router for module in (videos, uploads, links, catalogue, account, health))
_HEYGEN = tuple(module.router for module in (v1, v2, v3))
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class _Application(FastAPI):
    """FastAPI without the errors of its own in the document: a request that cannot be used is answered with 400 here."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"].pop("422", None)
        return document


def nothing_here(rest: str, request: Request) -> Any:
    """An address that is not the API's; it must not reach what is mounted at "/"."""
    routes = [route for router in (*_OWN, *_HEYGEN) for route in router.routes if isinstance(route, Route)]
    allowed = {method for route in routes if route.matches(request.scope)[0] is Match.PARTIAL for method in route.methods or ()}
    if allowed:
        raise ApiError(
            405, "This address does not take this method: /api/docs lists what there is.", headers={"Allow": ", ".join(sorted(allowed))}
        )
    raise NotFound("There is nothing at this address: /api/docs lists what there is.")
