"""A server without workers, and clients of two owners."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from heygen_studio import Settings
from heygen_studio.service.api.app import create_app
from heygen_studio.service.api.keys import Keys
from heygen_studio.settings import settings

#: The quickest video to ask for.
ORDER: dict[str, Any] = {"text": "Hello.", "voice": "hibari:heart", "width": 128, "height": 128}


@pytest.fixture
def where(place: Settings) -> Settings:
    """The settings of the server."""
    return replace(place, rate=1e6)


@pytest.fixture
def app(where: Settings) -> Iterator[FastAPI]:
    app = create_app(where)
    with TestClient(app):  # for as long as it runs
        yield app


@pytest.fixture
def client(app: FastAPI, where: Settings) -> TestClient:
    """Ann's client. What would be a 500 is raised."""
    return client_of(app, where, "ann")


@pytest.fixture
def other(app: FastAPI, where: Settings) -> TestClient:
    """Bob's."""
    return client_of(app, where, "bob")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Ann's client of a server that many tests share: for requests that change nothing."""
    where = replace(settings(), data=tmp_path_factory.mktemp("shared") / "data", rate=1e6)
    with TestClient(create_app(where), headers={"X-Api-Key": new_key(where, "ann")}) as client:
        yield client


def client_of(app: FastAPI, where: Settings, owner: str) -> TestClient:
    return TestClient(app, headers={"X-Api-Key": new_key(where, owner)})


@pytest.fixture
def live(where: Settings) -> Iterator[str]:
    """The address of a server that listens, without workers."""
    config = uvicorn.Config(create_app(where), log_config=None, access_log=False)
    config.port = 0
    sockets = [config.bind_socket()]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=(sockets,), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def new_key(where: Settings, owner: str) -> str:
    keys = Keys(where)
    _, text = keys.create(owner)
    keys.close()
    return text


class Receiver:
    """A server on this machine that notes what it is sent. answers: statuses to give, the last one for ever; location: for redirects."""

    def __init__(self, *answers: int, location: str = "", content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        left = list(answers or (200,))

        class Handler(BaseHTTPRequestHandler):
            def answer(handler) -> None:
                body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
                self.got.append((handler.path, {name.lower(): value for name, value in handler.headers.items()}, body))
                handler.send_response(left.pop(0) if len(left) > 1 else left[0])
                for name, value in {"Content-Length": str(len(content)), "Location": location, **(headers or {})}.items():
                    if value:
                        handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(handler, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a server that sends its answer's first line byte by byte, for ever."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                while True:
                    self.request.sendall(b"H")
                    time.sleep(0.02)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()
