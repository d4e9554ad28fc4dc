"""What can go wrong around a worker: it recovers, or says in one sentence what happened; no result is lost and none is made twice."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prepared import prepare

from heygen_studio import OutputError, Settings, Studio, VideoRequest
from heygen_studio.service import database
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library
from heygen_studio.service.worker import Worker

from .conftest import SMALL, leftovers, small
from .test_worker import Running, Start, finished, start, wait_for

__all__ = ["start"]  # a fixture


@pytest.fixture
def place(place: Settings) -> Settings:
    prepare(place.data, SMALL["width"])
    return place


@pytest.fixture
def jobs(place: Settings) -> Iterator[Jobs]:
    queue = Jobs(place)
    yield queue
    queue.close()


def long(n: int) -> str:
    return f"This is film number {n}, which has some words in it. They are here to take a while."


def test_workers_that_race_for_the_same_result_make_one(jobs: Jobs, place: Settings) -> None:
    ids = [jobs.submit(small(long(1)), owner=owner) for owner in ("ann", "bob", "eve", "joe")]
    with Running(place), Running(place):
        done = [finished(jobs, id) for id in ids]
    assert {job.state for job in done} == {"done"} and len({job.result for job in done}) == 1
    assert [result.id for result in Library(place).results()] == [done[0].result] and leftovers(place.data) == []
    undisturbed = Studio(replace(place, data=place.data / "other")).render(small(long(1))).path.read_bytes()
    assert Library(place).get(str(done[0].result)).video.read_bytes() == undisturbed


@pytest.mark.parametrize("stage", [pytest.param("speech", marks=pytest.mark.slow), "video"])
def test_a_worker_that_is_stopped_in_a_stage_parks_the_job_and_another_finishes_it(jobs: Jobs, place: Settings, stage: str) -> None:
    request = small(long(1) * 3)
    expected = Studio(replace(place, data=place.data / "other")).render(request).path.read_bytes()
    id = jobs.submit(request)
    with Running(place) as running:
        wait_for(lambda: jobs.get(id).stage == stage)
        asked = time.monotonic()
        running.worker.stop()
        running.thread.join(5)
        assert time.monotonic() - asked < 1.5
    assert (jobs.get(id).state, jobs.get(id).deaths) == ("queued", 0)
    assert leftovers(place.data) == []
    with Running(place):
        assert Library(place).get(str(finished(jobs, id).result)).video.read_bytes() == expected


def test_a_database_that_is_locked_while_a_job_ends_costs_no_result(jobs: Jobs, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_S", 0.2)
    id = jobs.submit(small(long(1)))
    worker = Worker(place)
    told: list[str] = []

    def work() -> None:
        try:
            worker.run()
        except OutputError as error:
            told.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: jobs.get(id).state == "running")
    other = sqlite3.connect(jobs.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    thread.join(30)
    assert len(told) == 1 and "locked by another program" in told[0] and "\n" not in told[0]
    other.execute("ROLLBACK")
    other.close()
    with Running(place):
        assert Library(place).get(str(finished(jobs, id).result)).video.is_file()


def test_a_clock_that_jumps_changes_nothing(jobs: Jobs, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    id = jobs.submit(small(long(1) * 2))
    with Running(place):
        wait_for(lambda: jobs.get(id).stage == "video")
        for jump in (86_400 * 365, -86_400 * 365):
            monkeypatch.setattr("time.time", lambda now=time.time, jump=jump: now() + jump)
            time.sleep(0.4)
        job = finished(jobs, id)
    assert (job.state, job.deaths) == ("done", 0)


FULL = """
import shutil, sys
from heygen_studio import OutputError, VideoRequest
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library
from heygen_studio.service.worker import run_worker
from heygen_studio.settings import settings

place, jobs = settings(), Jobs(settings())
text = "This disk is small. There are a few sentences for it. Here is one more."
id = jobs.submit(VideoRequest(text=text, voice="hibari:heart", width=128, height=128))
for left in map(int, sys.argv[1:]):
    filler = place.data / "filler"
    with open(filler, "wb") as file:
        while (more := shutil.disk_usage(place.data).free - left) > 4096:
            file.write(bytes(min(more, 1 << 16)))
            file.flush()
    try:
        run_worker(place, until_idle=True)
    except OutputError as error:
        print("worker:", error)
    filler.unlink()
    job = jobs.get(id)
    print(job.state + ":", job.error)
    if job.state == "failed":
        jobs.retry(id)
run_worker(place, until_idle=True)
job = jobs.get(id)
print(job.state, len(Library(place).results()), Library(place).get(job.result).size > 10_000)
"""


def test_a_full_disk_fails_the_job_with_a_sentence_and_a_retry_makes_it(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("a small disk cannot be made here")
    command = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size=40m tmpfs {shlex.quote(str(tmp_path))} && exec "$@"', "sh"]
    command += [sys.executable, "-c", FULL, "0", "100000", "300000", "700000", "2000000"]
    environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(tmp_path)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100)
    *told, end = said.stdout.splitlines()
    assert said.returncode == 0 and end == "done 1 True", said.stderr
    assert sum(line.startswith("failed:") for line in told) >= 3, told
    for line in told:
        if line == "queued: ":  # the database itself had no room, which the worker said
            continue
        assert "full" in line or "No space" in line or "free" in line, line


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["while the language model loads", "while it writes"])
def test_a_killed_worker_leaves_no_language_model(jobs: Jobs, place: Settings, start: Start, moment: str) -> None:
    request = VideoRequest(prompt="Say hello to the visitors of a small museum", writer="gguf:smollm2-135m", seconds=20)
    id = jobs.submit(request)
    process = start()
    wait_for(lambda: children(process.pid, b"heygen_studio.script.llama"))
    if moment == "while it writes":
        wait_for(lambda: jobs.get(id).stage == "script" and jobs.get(id).fraction > 0)
    models = children(process.pid, b"heygen_studio.script.llama")
    process.kill()
    process.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in models), 10)


def children(parent: int, word: bytes) -> list[int]:
    """The running children of a process whose command line holds ``word``."""
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in map(int, (task / "children").read_text().split()):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found
