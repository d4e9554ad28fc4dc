"""A chat completions endpoint on this machine that answers with given texts, one after the other."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint:
    """answers: texts to stream, the last one for ever. status: of every answer. requests: bodies received."""

    def __init__(self) -> None:
        self.answers = ["Bees make honey. They live in a hive."]
        self.status = 200
        self.body = b'{"error": {"message": "no"}}'
        self.delay = 0.0
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.url = ""


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """The endpoint, listening on a free local port until the context ends."""
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

        def do_POST(self) -> None:
            state.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            state.keys.append(self.headers.get("Authorization"))
            self.send_response(state.status)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if state.status != 200:
                self.wfile.write(state.body)
                return
            answer = state.answers[min(len(state.requests), len(state.answers)) - 1]
            try:
                for number, word in enumerate(answer.split(" ")):
                    chunk = {"choices": [{"delta": {"content": f" {word}" if number else word}}]}
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                    self.wfile.flush()
                    time.sleep(state.delay)
                self.wfile.write(b"data: [DONE]\n\n")
            except OSError:
                return  # the client has heard enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield state
    server.shutdown()
    server.server_close()
