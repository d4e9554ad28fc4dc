"""A running studio with visitors, and a worker that renders what they ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from gradio_client import Client

from heygen_studio import Settings
from heygen_studio.service.worker import Worker
from heygen_studio.settings import settings
from heygen_studio.ui.build import build
from heygen_studio.ui.desk import Desk
from heygen_studio.ui.serve import launch_options

#: The smallest and quickest video that is still a whole one.
SMALL: dict[str, Any] = {"voice": "hibari:heart", "width": 128, "height": 128}


@dataclass
class Running:
    """A studio that answers at ``url``; ``work`` renders everything that waits."""

    url: str
    blocks: gr.Blocks
    desk: Desk
    where: Settings

    def work(self) -> None:
        Worker(self.where).run(until_idle=True)

    def visitor(self, name: str) -> Client:
        """A program with a secret of its own."""
        return Client(self.url, headers={"x-studio-visitor": secret_of(name)}, verbose=False)

    def get(self, name: str | None, address: str) -> httpx.Response:
        """What somebody gets at an address below ``studio/``."""
        headers = {"x-studio-visitor": secret_of(name)} if name else {}
        return httpx.get(f"{self.url}studio/{address}", headers=headers)


def secret_of(name: str) -> str:
    return name.ljust(40, "-")


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    where = replace(settings(), data=tmp_path_factory.mktemp("studio"), visitor_jobs=3)
    os.environ["GRADIO_TEMP_DIR"] = str(where.data / "browser")
    running = start(where)
    yield running
    running.blocks.close(verbose=False)
    del os.environ["GRADIO_TEMP_DIR"]


def start(where: Settings) -> Running:
    """A studio that goes on beside the test."""
    desk = Desk(where)
    blocks = build(desk)
    _, url, _ = blocks.launch(**launch_options(desk), prevent_thread_lock=True, quiet=True, server_port=_free_port())
    return Running(url, blocks, desk, where)


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def anns_video(studio: Running) -> str:
    """The id of a finished video of Ann's."""
    job = studio.visitor("ann").predict({"text": "Good morning to everybody here.", **SMALL}, api_name="/render")
    studio.work()
    return str(job["id"])


@pytest.fixture
def face(tmp_path: Path) -> Path:
    from heygen_studio.portrait import find_avatar

    path = tmp_path / "ann.jpg"
    path.write_bytes(find_avatar("hopper").read_bytes())
    return path
