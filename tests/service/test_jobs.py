"""The queue: order, ownership, leases, and a database in trouble."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from heygen_studio import BadInput, OutputError, Settings, Studio
from heygen_studio.service import jobs as module
from heygen_studio.service.jobs import MOST_DEATHS, Claim, Jobs, Quota
from heygen_studio.service.library import Library
from heygen_studio.service.owner import delete_owner
from heygen_studio.service.uploads import Uploads
from heygen_studio.service.worker_lock import WorkerLock, workers_alive

from .conftest import small


@pytest.fixture
def jobs(place: Settings) -> Iterator[Jobs]:
    queue = Jobs(place)
    yield queue
    queue.close()


@pytest.fixture
def worker(place: Settings) -> Iterator[WorkerLock]:
    lock = WorkerLock(place)
    yield lock
    lock.release()


def claimed(jobs: Jobs, worker: WorkerLock) -> Claim:
    claim = jobs.claim(worker.name)
    assert claim is not None
    return claim


def test_priority_comes_first_then_age(jobs: Jobs, worker: WorkerLock) -> None:
    low, high, later = (jobs.submit(small(text), priority=priority) for text, priority in (("One.", 0), ("Two.", 5), ("Three.", 5)))
    assert [claimed(jobs, worker).id for _ in range(3)] == [high, later, low]
    assert jobs.claim(worker.name) is None


def test_the_request_arrives_as_it_was_and_paths_mean_the_same_elsewhere(
    jobs: Jobs, worker: WorkerLock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from heygen_studio.weights import fetch

    (tmp_path / "me.jpg").write_bytes(fetch("portrait-hopper").read_bytes())
    monkeypatch.chdir(tmp_path)
    request = small("你好, “Ann”.", language="en", avatar="me.jpg", facts=("one",), seed=7)
    jobs.submit(request)
    monkeypatch.chdir("/")
    assert claimed(jobs, worker).request == request.model_copy(update={"avatar": str(tmp_path / "me.jpg")})


def test_a_request_that_cannot_be_rendered_is_refused_with_its_field(jobs: Jobs) -> None:
    with pytest.raises(BadInput, match="nobody") as refused:
        jobs.submit(small("Hello.", voice="nobody"))
    assert refused.value.field == "voice"
    assert jobs.find() == []


def test_a_job_of_another_version_fails_and_holds_nobody_up(jobs: Jobs, worker: WorkerLock) -> None:
    foreign, good = jobs.submit(small("One.")), jobs.submit(small("Two."))
    jobs._database._connection.execute("UPDATE jobs SET asked = json_set(asked, '$.hologram', 1) WHERE id = ?", (foreign,))
    assert claimed(jobs, worker).id == good
    assert jobs.get(foreign).state == "failed" and "hologram" in jobs.get(foreign).error
    assert len(jobs.find()) == 2


def test_lists_by_owner_in_pages(jobs: Jobs) -> None:
    ids = [jobs.submit(small(f"{n}."), owner=("ann", "bob")[n % 2]) for n in range(6)]
    assert [job.id for job in jobs.find("ann")] == [ids[4], ids[2], ids[0]]
    page = jobs.find(limit=4)
    assert [job.id for job in page + jobs.find(before=page[-1].number)] == ids[::-1]
    assert [job.state for job in jobs.find(state="done")] == []


def test_quotas(place: Settings, worker: WorkerLock) -> None:
    jobs = Jobs(place, Quota(unfinished=2, a_day=3))
    first, _ = jobs.submit(small("1."), owner="ann"), jobs.submit(small("2."), owner="ann")
    with pytest.raises(BadInput, match="ann has 2 unfinished jobs"):
        jobs.submit(small("3."), owner="ann")
    jobs.submit(small("3."), owner="bob")
    jobs.cancel(first)
    jobs.submit(small("4."), owner="ann")
    jobs.cancel(jobs.find("ann")[0].id)
    with pytest.raises(BadInput, match="24 hours"):
        jobs.submit(small("5."), owner="ann")
    jobs.close()


def test_what_a_job_can_become(jobs: Jobs, worker: WorkerLock) -> None:
    done, failed, waiting, parked = (jobs.submit(small(f"{n}.")) for n in range(4))
    claim = claimed(jobs, worker)
    assert jobs.renew(claim, "video", 0.5, "") and jobs.get(done).fraction == 0.5
    assert jobs.finish(claim, "a" * 32) and jobs.get(done).result == "a" * 32
    assert jobs.fail(claimed(jobs, worker), "It rained.", "text") and jobs.get(failed).error == "It rained."
    assert jobs.cancel(waiting).state == "cancelled"
    running = claimed(jobs, worker)
    assert running.id == parked
    assert jobs.cancel(parked).state == "running" and jobs.cancel_wanted(running)
    assert jobs.cancelled(running)
    assert [jobs.get(id).state for id in (done, failed, waiting, parked)] == ["done", "failed", "cancelled", "cancelled"]
    with pytest.raises(BadInput, match="is done"):
        jobs.retry(done)
    assert jobs.retry(failed).state == "queued"
    assert not jobs.cancel_wanted(claimed(jobs, worker))
    assert jobs.cancel(done).state == "done"
    with pytest.raises(BadInput, match="no job"):
        jobs.get("'; DROP TABLE jobs; --")


def test_many_workers_never_get_the_same_job(place: Settings) -> None:
    queue = Jobs(place)
    wanted = {queue.submit(small(f"{n}.")) for n in range(40)}
    got: list[str] = []

    def take() -> None:
        own, lock = Jobs(place), WorkerLock(place)
        while (claim := own.claim(lock.name)) is not None:
            got.append(claim.id)
            own.finish(claim, "x")
        own.close()
        lock.release()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 40 and set(got) == wanted
    assert {job.state for job in queue.find()} == {"done"}
    queue.close()


def test_a_dead_worker_is_noticed_at_once_and_cannot_write_any_more(jobs: Jobs, worker: WorkerLock, place: Settings) -> None:
    id = jobs.submit(small("Hello."))
    dead = WorkerLock(place)
    old = claimed(jobs, dead)
    assert jobs.claim(worker.name) is None
    os.close(dead._descriptor)  # what the system does when a process is killed: the file stays
    new = claimed(jobs, worker)
    assert new.id == old.id == id
    assert not jobs.renew(old, "video", 1, "") and not jobs.finish(old, "b" * 32) and not jobs.fail(old, "late") and not jobs.park(old)
    assert jobs.finish(new, "a" * 32)
    assert (jobs.get(id).result, jobs.get(id).deaths) == ("a" * 32, 1)
    assert [path.stem for path in (place.data / "workers").iterdir()] == [worker.name]


def test_a_worker_that_is_just_starting_is_not_taken_for_dead(place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    lock_file = fcntl.flock

    def looked_at_meanwhile(descriptor: int, how: int) -> None:
        if how == fcntl.LOCK_EX:
            workers_alive(place)
        lock_file(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", looked_at_meanwhile)
    worker = WorkerLock(place)
    assert workers_alive(place) == 1
    worker.release()
    assert list((place.data / "workers").iterdir()) == []


@pytest.mark.parametrize("shift", [100.0, -100_000.0])
def test_a_lease_ends_by_the_monotonic_clock_even_if_that_began_anew(
    jobs: Jobs, worker: WorkerLock, place: Settings, monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    """Forward: the worker hangs. Backward: the machine started again, and the lease seems to end in days."""
    jobs.submit(small("Hello."))
    hung = WorkerLock(place)
    claimed(jobs, hung)
    monkeypatch.setattr(module.time, "time", lambda: 0.0)  # a jump of the clock on the wall changes nothing
    assert jobs.claim(worker.name) is None
    now = time.monotonic() + shift
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    assert jobs.claim(worker.name) is not None
    hung.release()


def test_a_job_that_kills_its_workers_is_given_up(jobs: Jobs, worker: WorkerLock, place: Settings) -> None:
    id = jobs.submit(small("Hello."))
    for _ in range(MOST_DEATHS):
        dead = WorkerLock(place)
        claimed(jobs, dead)
        os.close(dead._descriptor)
    assert jobs.claim(worker.name) is None
    assert jobs.get(id).state == "failed" and "5 times" in jobs.get(id).error
    jobs.retry(id)
    assert claimed(jobs, worker).id == id


def test_a_cancelled_job_of_a_dead_worker_is_not_taken_up(jobs: Jobs, worker: WorkerLock, place: Settings) -> None:
    id = jobs.submit(small("Hello."))
    dead = WorkerLock(place)
    claimed(jobs, dead)
    jobs.cancel(id)
    os.close(dead._descriptor)
    assert jobs.claim(worker.name) is None and jobs.get(id).state == "cancelled"


def test_a_locked_database_says_so(jobs: Jobs, place: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(jobs.path)
    other.execute("BEGIN IMMEDIATE")
    jobs._database._connection.execute("PRAGMA busy_timeout = 100")
    with pytest.raises(OutputError, match="locked by another program"):
        jobs.submit(small("Hello."))
    assert jobs.find() == []  # reading goes on
    other.rollback()
    other.close()
    assert jobs.get(jobs.submit(small("Hello."))).state == "queued"


@pytest.mark.parametrize("damage", ["gone", "replaced", "overwritten", "folder"])
def test_a_database_in_trouble_says_so_in_one_sentence(place: Settings, damage: str) -> None:
    jobs = Jobs(place)
    jobs.submit(small("Hello."))
    if damage == "gone":
        jobs.path.unlink()
        with pytest.raises(OutputError, match="has gone"):
            jobs.find()
    elif damage == "replaced":
        jobs.path.unlink()
        jobs.path.write_bytes(b"")
        with pytest.raises(OutputError, match="was replaced"):
            jobs.submit(small("Hello."))
    jobs.close()
    if damage in ("overwritten", "folder"):
        for file in place.data.glob("jobs.sqlite3*"):
            file.unlink()
        jobs.path.write_bytes(b"This is no database. " * 500) if damage == "overwritten" else jobs.path.mkdir()
        with pytest.raises(OutputError, match=r"damaged|cannot be used") as said:
            Jobs(place)
        assert "\n" not in str(said.value)


def test_an_owner_is_deleted_and_the_others_keep_what_they_share(studio: Studio, jobs: Jobs, worker: WorkerLock, place: Settings) -> None:
    library = Library(place)
    for owner, text in (("ann", "A secret of Ann."), ("ann", "Hello."), ("bob", "Hello.")):
        jobs.submit(small(text), owner=owner)
        claim = claimed(jobs, worker)
        jobs.finish(claim, studio.render(claim.request).folder.name)
    running = jobs.submit(small("Another secret of Ann."), owner="ann")
    claim = claimed(jobs, worker)
    with pytest.raises(BadInput, match="cancel it first"):
        delete_owner("ann", place, jobs, library, Uploads(place))
    jobs.fail(claim, "It rained.")
    assert jobs.get(running).state == "failed"
    assert delete_owner("ann", place, jobs, library, Uploads(place)) == 3
    assert jobs.find("ann") == [] and len(jobs.find("bob")) == 1
    assert [result.title for result in library.results()] == ["Hello."]
    assert b"secret" not in b"".join(file.read_bytes() for file in place.data.rglob("*") if file.is_file())


def test_status_is_quick_with_200_jobs_in_the_queue(jobs: Jobs) -> None:
    ids = [jobs.submit(small(f"{n}.")) for n in range(200)]
    times = []
    for id in ids:
        started = time.perf_counter()
        jobs.get(id)
        times.append(time.perf_counter() - started)
    assert sorted(times)[100] < 0.05


def test_a_finished_job_is_removed_with_its_text_and_one_at_work_is_not(jobs: Jobs, worker: WorkerLock, place: Settings) -> None:
    ids = [jobs.submit(small(text), owner="ann") for text in ("Something private.", "Another thing.")]
    for _ in ids:
        jobs.finish(claimed(jobs, worker), "a" * 32)
    assert set(jobs.led_to("a" * 32)) == set(ids)
    jobs.remove(ids[0])
    assert jobs.led_to("a" * 32) == ids[1:]
    jobs.close()
    assert all(b"Something private" not in file.read_bytes() for file in place.data.glob("jobs.sqlite3*"))

    with pytest.raises(BadInput, match="cancel it first"):
        Jobs(place).remove(Jobs(place).submit(small("Third.")))
