"""How quickly the HTTP API answers while many jobs wait and many clients ask.

    python benchmarks/api_load.py [--jobs 200] [--clients 8] [--seconds 15] [--workers 0] [--json build/api_load.json]

A real `heygen-studio serve` in a process of its own, on a data folder of its own; the jobs are asked for in batches of 50. Every client
is a thread with a connection of its own that asks for the status of one job after the other, as fast as it is answered, which is harder
on the server than polling. With ``--workers 1`` a render competes for the processor.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx

from heygen_studio.service.api.keys import Keys
from heygen_studio.settings import settings

ORDER = {"voice": "hibari:heart", "width": 256, "height": 256}
#: Addresses that are asked for, by the name under which they stand in the table.
STATUS = {
    "GET /api/videos/{id}": "/api/videos/{id}",
    "GET /v1/video_status.get": "/v1/video_status.get?video_id={id}",
    "GET /api/videos (20 of them)": "/api/videos",
}


@contextlib.contextmanager
def server(data: Path, workers: int) -> Iterator[tuple[str, str]]:
    """The address of a running server, and a key for it."""
    keys = Keys(replace(settings(), data=data))
    _, key = keys.create("benchmark")
    keys.close()
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(data), "HEYGEN_STUDIO_RATE": "1000000"}
    command = [sys.executable, "-m", "heygen_studio", "serve", "--api-only", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{base}/healthz")
                break
            time.sleep(0.1)
        yield base, key
    finally:
        process.terminate()
        process.wait()


def submit(client: httpx.Client, jobs: int) -> tuple[list[str], float]:
    """Ask for the jobs; their ids, and the seconds that one took on average."""
    ids: list[str] = []
    started = time.perf_counter()
    for first in range(0, jobs, 50):
        videos = [{**ORDER, "text": f"This is number {n}."} for n in range(first, min(first + 50, jobs))]
        ids += [
            video["id"] for video in client.post("/api/batches", json={"videos": videos}, timeout=60).raise_for_status().json()["videos"]
        ]
    return ids, (time.perf_counter() - started) / jobs


def poll(base: str, key: str, address: str, ids: list[str], clients: int, seconds: float) -> list[float]:
    """Seconds that each answer took."""
    end = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(clients)]

    def ask(own: list[float], first: int) -> None:
        with httpx.Client(base_url=base, headers={"X-Api-Key": key}, timeout=30) as client:
            for id in itertools.cycle(ids[first:] + ids[:first]):
                started = time.perf_counter()
                if started > end:
                    return
                client.get(address.format(id=id)).raise_for_status()
                own.append(time.perf_counter() - started)

    threads = [threading.Thread(target=ask, args=(own, n * len(ids) // clients)) for n, own in enumerate(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(itertools.chain(*times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--json", type=Path, default=Path("build/api_load.json"))
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="api-load-") as folder, server(Path(folder), options.workers) as (base, key):
        ids, each = submit(httpx.Client(base_url=base, headers={"X-Api-Key": key}), options.jobs)
        for name, address in STATUS.items():
            times = poll(base, key, address, ids, options.clients, options.seconds)
            at = {"median_ms": statistics.median(times), "p95_ms": times[int(0.95 * len(times))], "worst_ms": times[-1]}
            milliseconds = {what: round(value * 1000, 1) for what, value in at.items()}
            rows.append({"request": name, **milliseconds, "a_second": round(len(times) / options.seconds, 1)})
    print(f"{options.jobs} jobs queued ({each * 1000:.1f} ms each), {options.clients} clients, {options.workers} workers")
    print(f"{'request':<30}{'median ms':>10}{'95 % ms':>10}{'worst ms':>10}{'a second':>10}")
    for row in rows:
        print(f"{row['request']:<30}{row['median_ms']:>10}{row['p95_ms']:>10}{row['worst_ms']:>10}{row['a_second']:>10}")
    facts = {"jobs": options.jobs, "clients": options.clients, "workers": options.workers, "submit_ms": round(each * 1000, 1)}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"machine": platform.platform(), "cores": os.cpu_count(), **facts, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
