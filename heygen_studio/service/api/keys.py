"""API keys. Only a hash of each is kept, so that a stolen database opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass

from ...errors import BadInput
from ...settings import Settings
from ..database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    hash TEXT NOT NULL,
    created REAL NOT NULL,
    revoked REAL
);
"""
#: A key as clients send it: the id by which its row is found, and the secret.
_KEY = re.compile(r"hs_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class Key:
    """An API key without its secret. owner: whose data it opens. created, revoked: seconds since 1970."""

    id: str
    name: str
    owner: str
    created: float
    revoked: float | None


class Keys:
    """The API keys of a data folder. Raises `OutputError` as `Database` does."""

    def __init__(self, where: Settings) -> None:
        self._database = Database(where.data / "api.sqlite3", _SCHEMA, name="API")

    def close(self) -> None:
        self._database.close()

    def create(self, name: str, owner: str | None = None) -> tuple[Key, str]:
        """A new key and the text that opens it, which is told only now. owner: absent, the name. Raises `BadInput` for a bad name."""
        owner = name if owner is None else owner
        for text in (name, owner):
            if not text.strip() or len(text) > 100 or not text.isprintable():
                raise BadInput(f"The name {text[:80]!r} cannot be used for a key: give 1 to 100 printable characters.")
        id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        with self._database.writing() as database:
            row = (id, name, owner, _hash(secret), time.time())
            database.execute("INSERT INTO keys (id, name, owner, hash, created) VALUES (?, ?, ?, ?, ?)", row)
        return self._get(id), f"hs_{id}_{secret}"

    def list(self) -> list[Key]:
        """All keys, the oldest first; revoked ones too."""
        with self._database.reading() as database:
            rows = database.execute("SELECT id, name, owner, created, revoked FROM keys ORDER BY created, id").fetchall()
        return [Key(**row) for row in rows]

    def revoke(self, id: str) -> Key:
        """Make a key useless from now on. Raises `BadInput` if there is none of this id."""
        key = self._get(id)
        with self._database.writing() as database:
            database.execute("UPDATE keys SET revoked = ? WHERE id = ? AND revoked IS NULL", (time.time(), key.id))
        return self._get(id)

    def open(self, text: str) -> Key | None:
        """The key that ``text`` is; None if it is none or was revoked."""
        parts = _KEY.fullmatch(text)
        if parts is None:
            return None
        with self._database.reading() as database:
            row = database.execute("SELECT hash FROM keys WHERE id = ? AND revoked IS NULL", (parts[1],)).fetchone()
        # The secret has 256 random bits: a plain hash cannot be searched through, and a slow one would only slow the server down.
        return self._get(parts[1]) if row is not None and hmac.compare_digest(row["hash"], _hash(parts[2])) else None

    def _get(self, id: str) -> Key:
        with self._database.reading() as database:
            row = database.execute("SELECT id, name, owner, created, revoked FROM keys WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise BadInput(f"There is no key {id[:80]!r}: `heygen-studio keys list` shows them.")
        return Key(**row)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
