"""What clients are told when something is wrong: a code, one sentence and the field, in the shape that their surface uses."""

from __future__ import annotations

import logging
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from ...errors import BadInput, OutputError, StudioError, WeightsError
from ...settings import Settings
from ..jobs import QuotaExceeded

#: Codes by HTTP status, and the numbers that HeyGen's first surface has for them.
CODES = {
    400: "invalid_parameter",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    422: "invalid_parameter",
    429: "rate_limit_exceeded",
    500: "internal_error",
    503: "unavailable",
}
NUMBERS = {400: 40001, 401: 400112, 404: 400569, 409: 40009, 413: 40013, 429: 400123, 500: 50000, 503: 50003}

log = logging.getLogger(__name__)


class Told(BaseModel):
    """code: for programs; message: one sentence; field: of the request, where one is to blame."""

    code: str
    message: str
    field: str | None


class ErrorView(BaseModel):
    """What went wrong."""

    error: Told


class ApiError(Exception):
    """An answer that is no success. ``code``: absent, the usual one of the status."""

    def __init__(self, status: int, message: str, *, code: str = "", field: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.field, self.headers = status, message, field, headers
        self.code = code or CODES.get(status, "error")


class NotFound(ApiError):
    """There is nothing of this id for this caller."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(404, message, field=field)


def add_error_handlers(app: FastAPI, where: Settings) -> None:
    """Every error becomes an answer of one shape."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        return answer(request.url.path, as_api_error(error), where)

    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed unexpectedly", request.method, request.url.path, exc_info=error)
        return answer(request.url.path, ApiError(500, "Something unexpected went wrong here; the log of the server says what."), where)

    for kind in (ApiError, StudioError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, unknown)


def answer(path: str, error: ApiError, where: Settings) -> JSONResponse:
    """The answer to a request for ``path``."""
    return JSONResponse(_shape(path, error, without_places(error.message, where)), status_code=error.status, headers=error.headers)


def as_api_error(error: Exception) -> ApiError:
    """The answer to an error that is meant for the client."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, QuotaExceeded):
        return ApiError(429, str(error), code="quota_exceeded")
    if isinstance(error, (OutputError, WeightsError)):  # the disk, the database or the network of this machine
        return ApiError(503, str(error))
    if isinstance(error, StudioError):
        return ApiError(400, str(error), field=error.field if isinstance(error, BadInput) else "")
    if isinstance(error, RequestValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        return ApiError(error.status_code, _sentence(error), headers=dict(error.headers or {}))
    raise error


def without_places(text: str, where: Settings) -> str:
    """The text without the folders of this machine (a file's name stays), and fit to be sent."""
    for folder in (where.data, where.cache):
        text = re.sub(re.escape(str(folder)) + r"(?:/[^\s/'\"]+(?=/))*/?", "", text)
    return text.encode("utf-8", "replace").decode()


def _of_validation(error: RequestValidationError) -> ApiError:
    """The first fault of a request whose form FastAPI has checked."""
    fault = error.errors()[0]
    where, *path = (str(part) for part in fault["loc"])
    if fault["type"] == "json_invalid":
        return ApiError(400, "The body of the request is no valid JSON: check it.", code="invalid_json")
    field = ".".join(path) or where
    shown = repr(fault.get("input"))
    given = "is missing" if fault["type"] == "missing" else f"is {shown if len(shown) <= 60 else shown[:57] + '...'}"
    return ApiError(400, f"{field} {given}: {fault['msg'][0].lower()}{fault['msg'][1:]}.", field=field)


def _sentence(error: HTTPException) -> str:
    sentences = {
        400: "The body of the request cannot be read: send JSON in UTF-8, or a form with a file, and say which in Content-Type.",
        404: "There is nothing at this address: /api/docs lists what there is.",
        405: "This address does not take this method: /api/docs lists what there is.",
    }
    return sentences.get(error.status_code, str(error.detail))


def _shape(path: str, error: ApiError, message: str) -> dict[str, Any]:
    if path.startswith("/v1/"):
        return {"code": NUMBERS.get(error.status, error.status * 100), "message": message, "data": None}
    if path.startswith("/v2/"):
        return {"data": None, "error": {"code": error.code, "message": message}}
    if path.startswith("/v3/"):
        return {"error": {"code": error.code, "message": message, "param": error.field or None}}
    return {"error": {"code": error.code, "message": message, "field": error.field or None}}
