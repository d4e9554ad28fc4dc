"""``heygen-studio serve``: the HTTP server and its workers, each a process of its own that is started again if it ends."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

from ..errors import BadInput
from ..settings import Settings

#: A worker that lived shorter than this failed at its start: the next one waits this long, in seconds.
SHORT_LIFE_S = 10.0
#: How long workers may take to park their jobs, and open requests to end, in seconds.
PARK_S, DRAIN_S = 20.0, 10
_LOOK_S = 0.2

log = logging.getLogger(__name__)


class Crew:
    """Keeps a number of worker processes running between `start` and `stop`.

    A worker reads its standard input and parks its job when that ends, so none outlives this process, however it ends.
    """

    def __init__(self, where: Settings, count: int) -> None:
        self._environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(where.data)}
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._keep_one, name=f"crew-{n}", daemon=True) for n in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every worker park its job and end; one that does not is killed, and its job goes on later all the same."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _keep_one(self) -> None:
        while not self._stopping.is_set():
            started = time.monotonic()
            command = [sys.executable, "-m", "heygen_studio", "worker", "--attached"]
            worker = subprocess.Popen(command, stdin=subprocess.PIPE, env=self._environment, start_new_session=True)
            while worker.poll() is None and not self._stopping.wait(_LOOK_S):
                pass
            if self._stopping.is_set():
                _end(worker)
                return
            log.warning("a worker ended with code %s and is started again", worker.returncode)
            _close(worker)
            if time.monotonic() - started < SHORT_LIFE_S:
                self._stopping.wait(SHORT_LIFE_S)


def serve(where: Settings, *, host: str, port: int, workers: int, web: bool = True) -> None:
    """Serve until SIGTERM or SIGINT; then end what is open, park the jobs and return. web: the web app too, not only the HTTP API.

    Raises `BadInput` for a port that cannot be used, `OutputError` for a data folder that cannot.
    """
    import uvicorn

    from .api.app import create_app

    app = create_app(where)
    if web:
        from ..ui.mount import mount

        app = mount(app, where)
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=DRAIN_S
    )
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn has logged why
        raise BadInput(f"The server cannot listen on {host}, port {port}: choose another with --host and --port.") from error
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn sends them once more when it has ended, and by then they mean nothing
        signal.signal(number, lambda *_: None)
    crew = Crew(where, workers)
    crew.start()
    log.info("serving on http://%s:%d with %d workers", host, listening.getsockname()[1], workers)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        crew.stop()


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(PARK_S)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)  # with the ffmpeg that it may have
        worker.wait()
    _close(worker)


def _close(worker: subprocess.Popen[bytes]) -> None:
    if worker.stdin is not None:
        worker.stdin.close()
