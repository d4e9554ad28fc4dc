"""How many requests a key may make: a token bucket per key, shared by all server processes of a data folder."""

from __future__ import annotations

import time

from ...settings import Settings
from ..database import Database

_SCHEMA = "CREATE TABLE IF NOT EXISTS buckets (key TEXT PRIMARY KEY, tokens REAL NOT NULL, filled REAL NOT NULL);"


class RateLimit:
    """Buckets of ``settings.rate`` tokens that fill up within a minute; each request takes one."""

    def __init__(self, where: Settings) -> None:
        self._a_minute = where.rate
        # Losing the last seconds of it in a power cut does no harm, and every request writes it.
        self._database = Database(where.data / "rate.sqlite3", _SCHEMA, name="rate limit", lasting=False)

    def close(self) -> None:
        self._database.close()

    def take(self, key: str) -> float:
        """0 if the request may go on, else how long to wait before the next one, in seconds."""
        now, a_second = time.time(), self._a_minute / 60
        with self._database.writing() as database:
            row = database.execute("SELECT tokens, filled FROM buckets WHERE key = ?", (key,)).fetchone()
            tokens = self._a_minute
            if row is not None:  # a clock that was set back fills nothing
                tokens = min(self._a_minute, row["tokens"] + max(0.0, now - row["filled"]) * a_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / a_second if a_second else 60.0
            left = tokens if wait else tokens - 1
            database.execute(
                "INSERT INTO buckets VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tokens = excluded.tokens, filled = excluded.filled",
                (key, left, now),
            )
        return wait
