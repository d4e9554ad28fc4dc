"""A browser before a running studio: Debian's chromium, the real pipeline, and a worker process of its own.

Run with ``make test-browser``. Screenshots are kept in ``build/browser/``.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "build" / "browser"
#: The browser runs without a screen, as root in a container, and talks to nobody but the studio.
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]  # fmt: skip
#: How long a render of one sentence, and anything else, may take on a busy machine: seconds.
RENDER_S, PATIENCE_S = 240, 30

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio as ``make app`` starts it, with a data folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = tmp_path_factory.mktemp("studio")
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(data), "GRADIO_SERVER_PORT": str(port), "PYTHONPATH": str(ROOT)}
    SHOTS.mkdir(parents=True, exist_ok=True)
    with open(SHOTS / "studio.log", "wb") as log:
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_until_it_answers(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(60)


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert server.poll() is None, f"the studio ended: see {SHOTS / 'studio.log'}"
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.3)
    raise TimeoutError("the studio does not answer")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "no chromium was found: apt-get install chromium fonts-noto-cjk"
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the studio as a new visitor, or as one who was here before; nothing may be fetched from elsewhere, and nothing may fail."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        *, known: BrowserContext | None = None, language: str = "en-US", dark: bool = False, phone: bool = False, query: str = ""
    ) -> Page:
        size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = known or browser.new_context(
            locale=language, viewport=size, color_scheme="dark" if dark else "light", has_touch=phone, is_mobile=phone
        )
        context.grant_permissions(["clipboard-read", "clipboard-write", "camera"], origin=address.rstrip("/"))
        context.set_default_timeout(PATIENCE_S * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else faults.append(f"asked {asked.url}"))
        page.goto(address + query)
        expect(page.locator("#screen")).to_be_visible()
        expect(page.locator(".picker-avatar input:checked")).to_have_count(1)
        return page

    yield open_page
    for context in dict.fromkeys(contexts):
        context.close()
    assert faults == []


def shoot(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page."""
    page.wait_for_timeout(400)  # what fades in has faded in
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def write_own_words(page: Page, words: str, size: str = "draft") -> None:
    """Fill the form for a small video of these words."""
    page.get_by_role("radio", name="My own words").or_(page.get_by_role("radio", name="我自己写")).check(force=True)
    page.locator("#script-text textarea").fill(words)
    page.locator(f".segmented input[value={size}]").check(force=True)


def wait_for_video(page: Page) -> None:
    expect(page.locator("#screen .screen.done video")).to_be_visible(timeout=RENDER_S * 1000)
