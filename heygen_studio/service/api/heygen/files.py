"""Files as HeyGen's clients send them: as the whole body of a request, or as a form."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from ....output import clear_errors
from ..errors import ApiError

#: A file up to this size stays in memory.
_IN_MEMORY = 1 << 20
#: How the OpenAPI document describes both ways.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
            },
        },
    }
}


@dataclass(frozen=True)
class Sent:
    """A file and the name it came with."""

    file: BinaryIO
    name: str


async def sent_file(request: Request) -> AsyncIterator[Sent]:
    """The file of a request. Raises `ApiError` if there is none."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise ApiError(400, "The form has no file: send it in the field 'file'.", field="file")
            yield Sent(file.file, file.filename or "")
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
        with clear_errors(Path(tempfile.gettempdir())):
            async for chunk in request.stream():
                body.write(chunk)
        if not body.tell():
            raise ApiError(400, "The request has no body: send the content of a file.", field="file")
        body.seek(0)
        yield Sent(body, "")  # type: ignore[arg-type]


SentFile = Annotated[Sent, Depends(sent_file)]
