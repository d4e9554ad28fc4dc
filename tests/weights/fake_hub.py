"""A model hub on this machine, as far as its client asks: the metadata of a file, and its bytes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """files: path "owner/name/file" -> content; reported: hashes that the hub gets wrong; delay: seconds before each 64 KB."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
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
            repository, _, rest = self.path.lstrip("/").partition("/resolve/")
            path = f"{repository}/{rest.partition('/')[2]}"
            hub.asked.append(f"{self.command} {path}")
            data = hub.files.get(path)
            if data is None:
                known = any(name.startswith(f"{repository}/") for name in hub.files)
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound" if known else "RepoNotFound")
                self.send_header("Content-Length", "0")
                self.end_headers()
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
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
