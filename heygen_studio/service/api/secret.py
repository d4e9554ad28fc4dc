"""The server's secret, from which links and webhook secrets are derived: nothing else has to be kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from ...output import check_data, clear_errors
from ...settings import Settings

#: How long a link to a file works, in seconds.
LINK_S = 7 * 86_400
#: Links end at whole hours, so that asking again gives the same one for a while and what was downloaded can be cached.
_STEP_S = 3600


class Secret:
    """The secret in the data folder, made on first use. Deleting its file ends all links and changes all webhook secrets."""

    def __init__(self, where: Settings) -> None:
        self._public_url = where.public_url
        self._key = _load(where)

    def webhook(self, receiver: str) -> str:
        """The secret with which webhooks to a receiver (the id of an endpoint, or an owner) are signed, as Standard Webhooks writes it."""
        return "whsec_" + base64.b64encode(self._derive(f"webhook\n{receiver}")).decode()

    def link(self, base: str, path: str, owner: str) -> str:
        """An address under which anyone can read the file at ``path`` (below ``/api/files/``) of ``owner`` for a while.

        base: address of the server, unless the settings name one.
        """
        expires = (int(time.time()) // _STEP_S + 1) * _STEP_S + LINK_S
        query = urlencode({"owner": owner, "expires": expires, "signature": self._signature(path, owner, expires)})
        return f"{self._public_url or base.rstrip('/')}/api/files/{quote(path)}?{query}"

    def opens(self, path: str, owner: str, expires: int, signature: str) -> bool:
        """Whether these are the parts of a link that still works."""
        return expires > time.time() and hmac.compare_digest(signature.encode(), self._signature(path, owner, expires).encode())

    def _signature(self, path: str, owner: str, expires: int) -> str:
        return self._derive(f"link\n{path}\n{owner}\n{expires}").hex()

    def _derive(self, purpose: str) -> bytes:
        return hmac.new(self._key, purpose.encode("utf-8", "replace"), hashlib.sha256).digest()


def _load(where: Settings) -> bytes:
    """The bytes of the secret; a new one is written first if there is none. Only the owner of the process may read the file."""
    path = where.data / "secret"
    check_data(where.data)
    with clear_errors(where.data):
        if not path.exists():
            part = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}.part")
            try:
                with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                    file.write(secrets.token_bytes(32))
                _link_once(part, path)
            finally:
                part.unlink(missing_ok=True)
        return path.read_bytes()


def _link_once(part: Path, path: Path) -> None:
    """Give the file its name, unless another process was quicker."""
    try:
        os.link(part, path)
    except FileExistsError:
        return
