"""Workers that render, are stopped and are killed: every job ends with the video of an undisturbed render."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prepared import prepare

from heygen_studio import OutputError, Settings, Studio
from heygen_studio.service.jobs import LEASE_S, Job, Jobs
from heygen_studio.service.library import Library
from heygen_studio.service.worker import Worker
from heygen_studio.settings import settings

from .conftest import SMALL, leftovers, small

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def place(place: Settings) -> Settings:
    prepare(place.data, SMALL["width"])
    return place


@pytest.fixture
def jobs(place: Settings) -> Iterator[Jobs]:
    queue = Jobs(place)
    yield queue
    queue.close()


@pytest.fixture
def start(place: Settings) -> Iterator[Start]:
    """Start a worker in a process of its own."""
    started: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "HEYGEN_STUDIO_DATA": str(place.data), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "heygen_studio", "worker", "--until-idle"]
        started.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def encoders(data: Path) -> list[int]:
    """The ffmpeg processes that write into ``data``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ffmpeg" in command and os.fsencode(data) in command:
            found.append(int(folder.name))
    return found


def long(n: int) -> str:
    return f"This is film number {n}, which has some words in it. They are here to take a while."


def kill_at_random_moments(count: int, jobs: Jobs, start: Start, place: Settings, other: Path) -> None:
    """Kill one worker in each of ``count`` jobs; the next worker finishes that job and is killed in the next one."""
    undisturbed = Studio(replace(settings(), data=other))
    undisturbed.render(small(long(-1)))  # loads the models
    began = time.monotonic()
    expected = [undisturbed.render(small(long(n))).path.read_bytes() for n in range(count)]
    usual = (time.monotonic() - began) / count
    moment, hit, ids = random.Random(), 0, []
    for n in range(count):
        id = jobs.submit(small(long(n)))
        ids.append(id)
        process = start()
        wait_for(lambda id=id: jobs.get(id).state != "queued")  # type: ignore[misc]
        first = 3 if n == 0 else 1  # the first worker loads its models in this job
        time.sleep(moment.uniform(0, first * usual))
        process.kill()
        process.wait()
        hit += jobs.get(id).state == "running"
        wait_for(lambda: not encoders(place.data), 5)
    last = start()
    assert last.wait(120) == 0
    assert hit >= count / 3  # or nothing was tested
    assert [(jobs.get(id).state, jobs.get(id).error) for id in ids] == [("done", "")] * count
    results = [Library(place).get(str(jobs.get(id).result)) for id in ids]
    assert [result.video.read_bytes() == video for result, video in zip(results, expected, strict=True)] == [True] * count
    assert len(Library(place).results()) == count
    assert leftovers(place.data) == []
    assert list((place.data / "workers").iterdir()) == []


def test_killed_at_random_moments(jobs: Jobs, start: Start, place: Settings, tmp_path: Path) -> None:
    kill_at_random_moments(2, jobs, start, place, tmp_path / "other")


@pytest.mark.slow
def test_killed_at_30_random_moments(jobs: Jobs, start: Start, place: Settings, tmp_path: Path) -> None:
    kill_at_random_moments(30, jobs, start, place, tmp_path / "other")


@pytest.mark.slow
def test_a_worker_that_hangs_loses_its_job_and_does_no_harm_later(jobs: Jobs, start: Start, place: Settings) -> None:
    id = jobs.submit(small(long(1) * 5))
    hung = start()
    wait_for(lambda: jobs.get(id).stage == "video")
    hung.send_signal(signal.SIGSTOP)
    other = start()
    time.sleep(3)
    if other.poll() is not None:  # it found nothing to do before the lease ended
        time.sleep(LEASE_S)
        start()
    wait_for(lambda: jobs.get(id).state == "done")
    video = Library(place).get(str(jobs.get(id).result)).video
    made = video.stat().st_mtime_ns
    hung.send_signal(signal.SIGCONT)
    assert hung.wait(30) == 0
    assert (jobs.get(id).state, jobs.get(id).deaths, video.stat().st_mtime_ns) == ("done", 1, made)
    assert encoders(place.data) == [] and leftovers(place.data) == []


def test_a_database_that_goes_ends_the_worker_with_a_sentence(jobs: Jobs, place: Settings) -> None:
    id = jobs.submit(small(long(1)))

    def take_away() -> None:
        wait_for(lambda: jobs.get(id).state == "running")
        jobs.path.unlink()

    thief = threading.Thread(target=take_away)
    thief.start()
    with pytest.raises(OutputError, match="has gone"):
        Worker(place).run()
    thief.join()
    assert len(Library(place).results()) == 1


def test_sigterm_parks_the_job(jobs: Jobs, start: Start, place: Settings) -> None:
    id = jobs.submit(small(long(1) * 4))
    process = start()
    wait_for(lambda: jobs.get(id).stage == "video")
    process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    assert process.wait(10) == 0
    assert time.monotonic() - asked < 2
    assert (jobs.get(id).state, jobs.get(id).deaths) == ("queued", 0)
    assert encoders(place.data) == []
    assert leftovers(place.data) == []


class Running:
    """A worker in a thread of this process, which has its models loaded already."""

    def __init__(self, place: Settings) -> None:
        self.worker = Worker(place)
        self.thread = threading.Thread(target=self.worker.run)

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        self.thread.join(10)
        assert not self.thread.is_alive()


def finished(jobs: Jobs, id: str) -> Job:
    wait_for(lambda: jobs.get(id).state in ("done", "failed", "cancelled"))
    return jobs.get(id)


def test_jobs_become_results_and_failures_are_told(jobs: Jobs, place: Settings, tmp_path: Path) -> None:
    photo = tmp_path / "me.png"
    from PIL import Image

    Image.new("RGB", (300, 300)).save(photo)
    good, bad = jobs.submit(small("Hello.")), jobs.submit(small("Hello.", avatar=str(photo)))
    again = jobs.submit(small("Hello."), owner="another")
    with Running(place):
        assert finished(jobs, bad).state == "failed" and "me.png" in jobs.get(bad).error
        first, second = finished(jobs, good), finished(jobs, again)
    assert first.result == second.result and first.fraction == 1
    assert [result.id for result in Library(place).results()] == [first.result]


def test_progress_is_seen_and_a_cancel_is_obeyed(jobs: Jobs, place: Settings) -> None:
    id = jobs.submit(small(long(1) * 6))
    with Running(place):
        wait_for(lambda: jobs.get(id).stage == "video" and jobs.get(id).fraction > 0)
        jobs.cancel(id)
        asked = time.monotonic()
        wait_for(lambda: jobs.get(id).state == "cancelled", 2)
        assert time.monotonic() - asked < 1.5
    assert leftovers(place.data) == []


def test_a_killed_encoder_fails_the_job_with_a_sentence_and_a_retry_makes_it(jobs: Jobs, place: Settings) -> None:
    id = jobs.submit(small(long(1) * 3))
    with Running(place):
        wait_for(lambda: encoders(place.data))
        for encoder in encoders(place.data):
            os.kill(encoder, signal.SIGKILL)
        assert "SIGKILL" in finished(jobs, id).error
        jobs.retry(id)
        assert finished(jobs, id).state == "done"
    assert leftovers(place.data) == []


def test_a_lost_database_loses_no_result(jobs: Jobs, place: Settings) -> None:
    id = jobs.submit(small("Hello."))
    with Running(place):
        result = finished(jobs, id).result
    for file in place.data.glob("jobs.sqlite3*"):
        file.unlink()
    assert [found.id for found in Library(place).results()] == [result]
    fresh = Jobs(place)
    assert fresh.find() == []
    again = fresh.submit(small("Hello."))
    with Running(place):
        assert finished(fresh, again).result == result  # found in the library, not made again
    fresh.close()
