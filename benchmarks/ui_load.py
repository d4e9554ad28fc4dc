"""How quick the web studio stays while 20 visitors look around and 2 videos are rendered: seconds per page action.

    python benchmarks/ui_load.py [--visitors 20] [--seconds 60]

Every visitor is a session of its own that opens the page and then, again and again, does what browsers send when somebody opens the
library, searches it, looks at a picture, types words (the estimate), hears a voice, and looks after a job. The studio and its two workers
are those of ``make app``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from gradio_client import Client
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
#: Seconds that a visitor looks at something before the next action.
LOOK_S = (0.5, 2.0)
LONG_TEXT = "The museum shows clocks from four hundred years, and each of them still tells the time. " * 12


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--visitors", type=int, default=20)
    options.add_argument("--seconds", type=float, default=60.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as data:
        server, url = _start(Path(data))
        try:
            report = measure(url, chosen.visitors, chosen.seconds)
        finally:
            server.terminate()
            server.wait(60)
    table = Table("page action", "count", "median s", "95 % s", "slowest s")
    for row in report["actions"]:
        table.add_row(row["action"], str(row["count"]), f"{row['median']:.3f}", f"{row['p95']:.3f}", f"{row['slowest']:.3f}")
    Console().print(table)
    print(f"{report['failures']} failures; jobs: {report['jobs']}")
    target = ROOT / "build" / "ui_load.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(report, indent=1))


def measure(url: str, visitors: int, seconds: float) -> dict[str, Any]:
    """Let the visitors look around while two long videos are rendered, and wait until those are finished or the time is over."""
    owner = Client(url, headers={"x-studio-visitor": secrets.token_urlsafe(32)}, verbose=False)
    # A different text each, or the second would be the first one's result.
    requests = [{"text": f"Part {number}. {LONG_TEXT}", "voice": "hibari:heart", "width": 512, "height": 512} for number in (1, 2)]
    jobs = [owner.predict(request, api_name="/render")["id"] for request in requests]
    took: list[tuple[str, float]] = []
    failures: list[str] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_look_around, args=(url, until, took, failures)) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [owner.predict(id, api_name="/status") for id in jobs]
    names = [*dict.fromkeys(name for name, _ in took), "all"]
    return {
        "visitors": visitors,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "actions": [_row(name, [time for which, time in took if name in (which, "all")]) for name in names],
        "failures": len(failures),
        "first_failures": failures[:5],
        "jobs": [f"{state['state']} {state['stage']} {state['fraction']:.0%}" for state in states],
    }


def _row(name: str, times: list[float]) -> dict[str, Any]:
    times = sorted(times)
    return {
        "action": name,
        "count": len(times),
        "median": statistics.median(times),
        "p95": times[int(0.95 * (len(times) - 1))],
        "slowest": times[-1],
    }


def _look_around(url: str, until: float, took: list[tuple[str, float]], failures: list[str]) -> None:
    """One visitor, who does one thing after the other."""
    secret = secrets.token_urlsafe(32)
    headers = {"x-studio-visitor": secret, "accept": "text/html"}
    with httpx.Client(base_url=url, headers=headers, timeout=60, limits=httpx.Limits(keepalive_expiry=2)) as browser:
        client = Client(url, headers={"x-studio-visitor": secret}, verbose=False)
        job = client.predict({"text": "Hello there.", "voice": "hibari:heart", "width": 128, "height": 128}, api_name="/render")["id"]
        client.predict(job, api_name="/cancel")
        actions: dict[str, Callable[[], Any]] = {
            "open the page": lambda: browser.get("/").raise_for_status(),
            "see the library": lambda: client.predict("", api_name="/videos"),
            "search the library": lambda: client.predict("museum", api_name="/videos"),
            "look after a job": lambda: client.predict(job, api_name="/status"),
            "see a picture": lambda: browser.get("studio/assets/avatars/hopper.jpg").raise_for_status(),
            "hear a voice": lambda: browser.get("studio/samples/hibari-heart").raise_for_status(),
            "see the engines": lambda: client.predict(api_name="/engines"),
        }
        while time.monotonic() < until:
            name = random.choice(list(actions))
            started = time.monotonic()
            try:
                actions[name]()
                took.append((name, time.monotonic() - started))
            except Exception as error:  # whatever a visitor meets is counted
                failures.append(f"{name}: {error!r}")
            time.sleep(random.uniform(*LOOK_S))


def _start(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(data), "GRADIO_SERVER_PORT": str(port), "HEYGEN_STUDIO_RENDERERS": "2"}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    while server.poll() is None:
        try:
            httpx.get(url)
            return server, url
        except httpx.TransportError:
            time.sleep(0.3)
    raise SystemExit("The studio did not start: run python app.py to see why.")


if __name__ == "__main__":
    main()
