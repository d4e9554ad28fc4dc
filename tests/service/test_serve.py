"""The real server with its workers, as ``heygen-studio serve`` starts it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from heygen_studio import Settings
from heygen_studio.service.api.app import create_app
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.worker_lock import workers_alive
from heygen_studio.ui.mount import mount

from .api.conftest import ORDER, Receiver, new_key
from .api.conftest import receiver as receiver
from .conftest import leftovers

TEN_SECONDS = " ".join(["This sentence is only here to take a while."] * 6)


@pytest.fixture
def server(place: Settings) -> Iterator[Callable[[], tuple[subprocess.Popen[bytes], httpx.Client]]]:
    """Starts servers and hands out a client of each; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[bytes]] = []
    key = new_key(place, "ann")

    def start() -> tuple[subprocess.Popen[bytes], httpx.Client]:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
            port = free.getsockname()[1]
        environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(place.data), "HEYGEN_STUDIO_PRIVATE_URLS": "1", "HEYGEN_STUDIO_LOG": "json"}
        command = [sys.executable, "-m", "heygen_studio", "serve", "--api-only", "--port", str(port)]
        with open(place.data / "server.log", "ab") as log:
            process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
        running.append(process)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-Api-Key": key}, timeout=10)
        until(lambda: _answers(client))
        return process, client

    yield start
    for process in running:
        process.kill()
        process.wait()
    until(lambda: workers_alive(place) == 0)


def _answers(client: httpx.Client) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return client.get("/healthz").status_code == 200
    return False


def until(condition: Callable[[], Any], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Worker processes of a server, whichever of its threads started them."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def commands_in(data: Path) -> list[bytes]:
    """The commands of processes, such as ffmpeg, that write into a data folder."""
    commands = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            commands.append((process / "cmdline").read_bytes())
    return [command for command in commands if str(data).encode() in command]


def test_from_order_to_webhook_and_a_stop_that_parks_the_job(server: Any, place: Settings, receiver: Receiver) -> None:
    process, client = server()
    id = client.post("/api/videos", json={**ORDER, "callback_url": receiver.url, "callback_id": "mine"}).json()["id"]
    until(lambda: receiver.got)
    event = receiver.bodies()[0]
    assert event["event_type"] == "avatar_video.success" and event["event_data"]["callback_id"] == "mine"
    video = httpx.get(event["event_data"]["url"])
    assert video.headers["content-type"] == "video/mp4" and video.content == client.get(f"/api/videos/{id}/video.mp4").content
    figures = client.get("/metrics").text
    assert 'heygen_studio_jobs{state="done"} 1.0' in figures and 'heygen_studio_stage_seconds_count{stage="video"} 1.0' in figures
    assert 'heygen_studio_requests_total{method="POST",route="/api/videos",status="202"} 1.0' in figures
    health = client.get("/healthz").json()
    assert health["ok"] and health["workers"] == 1

    long = client.post("/api/videos", json={**ORDER, "text": TEN_SECONDS}).json()["id"]
    until(lambda: client.get(f"/api/videos/{long}").json()["state"] == "running")
    workers = workers_of(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    assert workers and not any(Path(f"/proc/{pid}").exists() for pid in workers)
    assert commands_in(place.data) == []
    jobs = Jobs(place)
    parked = jobs.get(long)
    assert parked.state in ("queued", "done") and parked.deaths == 0
    jobs.close()
    assert leftovers(place.library) == []
    lines = [json.loads(line) for line in (place.data / "server.log").read_text().splitlines()]
    answered = next(line for line in lines if line.get("path") == "/api/videos")
    assert answered["status"] == 202 and answered["ms"] > 0 and answered["level"] == "info"


@pytest.mark.slow
def test_workers_that_are_killed_are_started_again_and_none_outlives_the_server(server: Any, place: Settings) -> None:
    process, client = server()
    id = client.post("/api/videos", json={**ORDER, "text": TEN_SECONDS}).json()["id"]
    until(lambda: client.get(f"/api/videos/{id}").json()["stage"] == "video")
    (worker,) = workers_of(process)
    os.kill(worker, signal.SIGKILL)
    until(lambda: client.get(f"/api/videos/{id}").json()["state"] == "done")
    jobs = Jobs(place)
    assert jobs.get(id).deaths == 1
    jobs.close()
    second = client.post("/api/videos", json={**ORDER, "text": TEN_SECONDS + " Again."}).json()["id"]
    until(lambda: client.get(f"/api/videos/{second}").json()["state"] == "running")
    process.kill()
    until(lambda: workers_alive(place) == 0 and commands_in(place.data) == [], 20)
    _, client = server()
    until(lambda: client.get(f"/api/videos/{second}").json()["state"] == "done")


def test_a_port_that_is_taken_is_told_in_one_sentence(place: Settings) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        command = [sys.executable, "-m", "heygen_studio", "serve", "--api-only", "--port", str(taken.getsockname()[1]), "--workers", "0"]
        environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(place.data)}
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 2 and said.stderr.splitlines()[-1].startswith("The server cannot listen on 127.0.0.1")


def test_the_web_app_gets_what_is_not_the_apis(place: Settings) -> None:
    with TestClient(mount(create_app(place), place)) as client:
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 200 and "<html" in page.text
        for path, status in (("/api/videos", 401), ("/api/nothing", 404), ("/v2/avatars", 401), ("/v1/nothing", 404), ("/healthz", 503)):
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == status and answer.headers["content-type"] == "application/json"
