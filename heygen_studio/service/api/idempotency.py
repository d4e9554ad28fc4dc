"""Requests that may be sent again: the same key and the same body give the same answer, and what they asked for happens once."""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from fastapi.responses import JSONResponse

from ...settings import Settings
from ..database import Database
from .errors import ApiError

#: How long an answer is remembered, and after which time a request that was never answered died with its server, in seconds.
KEPT_S, DEAD_S = 86_400.0, 120.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    started REAL NOT NULL,
    status INTEGER,
    body TEXT,
    PRIMARY KEY (owner, key)
);
"""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", description="A request that is sent again with the same key and body is answered as before, for 24 hours."
    ),
]


class Idempotency:
    """The answers of the last day, by owner and key."""

    def __init__(self, where: Settings) -> None:
        self._database = Database(where.data / "api.sqlite3", _SCHEMA, name="API")

    def close(self) -> None:
        self._database.close()

    def once(
        self, owner: str, key: str | None, action: str, body: bytes, make: Callable[[str], dict[str, Any]], *, status: int = 202
    ) -> JSONResponse:
        """The answer that ``make(seed)`` gives, or gave when the same owner sent the same key before.

        action: what is asked for, apart from the body. seed: the same for the same request, so that what is made from it (ids of jobs)
        is made once, even if the server is killed before it answers.
        Raises `ApiError` 409 if the key came with another request, or if that is being answered at this moment.
        """
        if key is None:
            return JSONResponse(make(uuid.uuid4().hex), status_code=status)
        if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
            raise ApiError(400, "The idempotency key cannot be used: send 1 to 255 printable ASCII characters.", field="Idempotency-Key")
        request = hashlib.sha256(f"{action}\n".encode() + body).hexdigest()
        known = self._begin(owner, key, request)
        if known is not None:
            return JSONResponse(json.loads(known[1]), status_code=known[0], headers={"Idempotency-Replayed": "true"})
        try:
            answer = make(hashlib.sha256(f"{owner}\n{key}\n{request}".encode()).hexdigest()[:32])
        except BaseException:  # it may be sent again, corrected or when there is room
            with self._database.writing() as database:
                database.execute("DELETE FROM answers WHERE owner = ? AND key = ?", (owner, key))
            raise
        with self._database.writing() as database:
            row = (status, json.dumps(answer), owner, key)
            database.execute("UPDATE answers SET status = ?, body = ? WHERE owner = ? AND key = ?", row)
        return JSONResponse(answer, status_code=status)

    def forget(self, owner: str) -> None:
        """Remove all answers that an owner got."""
        with self._database.writing() as database:
            database.execute("DELETE FROM answers WHERE owner = ?", (owner,))

    def _begin(self, owner: str, key: str, request: str) -> tuple[int, str] | None:
        """The answer that was given before, or None if this request is to be answered now."""
        now = time.time()
        with self._database.writing() as database:
            database.execute("DELETE FROM answers WHERE started < ?", (now - KEPT_S,))
            row = database.execute("SELECT * FROM answers WHERE owner = ? AND key = ?", (owner, key)).fetchone()
            if row is not None and row["request"] != request:
                sentence = "This idempotency key came with another request before: use a new key for every request."
                raise ApiError(409, sentence, code="idempotency_conflict", field="Idempotency-Key")
            if row is not None and row["status"] is not None:
                return row["status"], row["body"]
            if row is not None and 0 <= now - row["started"] < DEAD_S:
                raise ApiError(409, "The same request is being answered at this moment: wait for it.", code="request_in_progress")
            again = " ON CONFLICT DO UPDATE SET started = excluded.started"
            query = "INSERT INTO answers (owner, key, request, started) VALUES (?, ?, ?, ?)" + again
            database.execute(query, (owner, key, request, now))
        return None
