"""A model hub on this machine, as far as its client asks: what a repository holds, the metadata of a file, and its bytes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """files: path "owner/name/file" -> content; licence: of all repositories; reported: hashes that the hub gets wrong; delay: seconds
    before each 64 KB."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    licence: str = "mit"
    reported: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)
    sent: int = 0


@contextmanager
def serve() -> Iterator[FakeHub]:
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(send=False)

        def do_GET(self) -> None:
            self._answer(send=True)

        def _answer(self, send: bool) -> None:
            if self.path.startswith("/api/models/"):
                self._describe("/".join(self.path.split("/")[3:5]).partition("?")[0])
            else:
                self._file(send)

        def _describe(self, repository: str) -> None:
            """What the repository holds: as its own description, or as a tree."""
            names = [path.removeprefix(f"{repository}/") for path in hub.files if path.startswith(f"{repository}/")]
            if not names:
                self._missing("RepoNotFound")
                return
            tree = [{"type": "file", "path": name, "size": len(hub.files[f"{repository}/{name}"]), "oid": "0" * 40} for name in names]
            about = {
                "id": repository,
                "sha": COMMIT,
                "siblings": [{"rfilename": name} for name in names],
                "cardData": {"license": hub.licence},
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "private": False,
            }
            body = json.dumps(tree if "/tree/" in self.path else about).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _missing(self, code: str) -> None:
            self.send_response(404)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _file(self, send: bool) -> None:
            repository, _, rest = self.path.lstrip("/").partition("/resolve/")
            path = f"{repository}/{rest.partition('/')[2]}"
            hub.asked.append(f"{self.command} {path}")
            data = hub.files.get(path)
            if data is None:
                known = any(name.startswith(f"{repository}/") for name in hub.files)
                self._missing("EntryNotFound" if known else "RepoNotFound")
                return
            start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{hub.reported.get(path) or hashlib.sha256(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            if send:
                self._send(data[start:])

        def _send(self, data: bytes) -> None:
            for at in range(0, len(data), 1 << 16):
                time.sleep(hub.delay)
                try:
                    self.wfile.write(data[at : at + (1 << 16)])
                except (BrokenPipeError, ConnectionResetError):  # the client was killed
                    return
                hub.sent += len(data[at : at + (1 << 16)])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
