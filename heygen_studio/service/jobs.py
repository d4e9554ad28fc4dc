"""Jobs in SQLite: what was asked for, how far it is, and which worker has it.

A worker holds a job by a lease that it renews. Leases end by the system's monotonic clock, so setting the clock cannot end or
prolong one. A worker that dies is noticed at once by its lock (see `WorkerLock`), one that hangs when its lease ends; either way
another worker takes the job up and goes on after the last finished stage. Everything a worker writes carries the token of its
claim, so that a worker which lost its job cannot write over its successor.
"""

from __future__ import annotations

import sqlite3
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import BadInput
from ..request import VideoRequest
from ..settings import Settings
from .check import check
from .database import Database
from .files import with_paths_from
from .library import Library
from .worker_lock import is_alive

State = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = ("queued", "running", "done", "failed", "cancelled")
#: How long a worker that shows no sign of life keeps its job, in seconds.
LEASE_S = 15.0
#: A job whose worker died this often (killed for memory, crashed) is given up: it would take every worker down.
MOST_DEATHS = 5
DAY_S = 86_400

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    priority INTEGER NOT NULL,
    asked TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    finished REAL,
    stage TEXT NOT NULL DEFAULT '',
    fraction REAL NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT '',
    result TEXT,
    error TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    deaths INTEGER NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0,
    claim TEXT,
    worker TEXT,
    lease REAL
);
CREATE TABLE IF NOT EXISTS stages (name TEXT PRIMARY KEY, renders INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_waiting ON jobs (state, priority DESC, number);
CREATE INDEX IF NOT EXISTS jobs_of_owner ON jobs (owner, number);
"""
_FAILED = "state = 'failed', claim = NULL, finished = ?, error = ?, field = ?"


class QuotaExceeded(BadInput):
    """An owner asked for more than they may have at this time."""


@dataclass(frozen=True)
class Quota:
    """What one owner may ask for: jobs that are not finished, jobs submitted within 24 hours, and megabytes that the results may have
    when another job is submitted. None: any number."""

    unfinished: float | None = None
    a_day: float | None = None
    megabytes: float | None = None


@dataclass(frozen=True)
class Job:
    """A job as it is now.

    number: its place in the order in which jobs were submitted. asked: the request as JSON. stage, fraction (0-1), note: progress.
    result: id in the library, once it is done. error, field: why it failed, and the field of the request to blame. created, finished:
    seconds since 1970. deaths: how many workers died while they made it.
    """

    number: int
    id: str
    owner: str
    priority: int
    asked: str
    state: State
    created: float
    finished: float | None
    stage: str
    fraction: float
    note: str
    result: str | None
    error: str
    field: str
    deaths: int

    @property
    def request(self) -> VideoRequest:
        """What was asked for. Raises `BadInput` if another version of this program, with other fields, wrote it."""
        return VideoRequest.model_validate_json(self.asked)


@dataclass(frozen=True)
class Claim:
    """A job that a worker has, and the token that proves it."""

    id: str
    token: str
    request: VideoRequest


class Jobs:
    """The jobs of a data folder. Many processes and threads may use them at the same time.

    Every method raises `OutputError` with one sentence if the database is locked, damaged or gone; the results of finished jobs are
    in the library, which needs no database.
    """

    def __init__(self, where: Settings, quota: Quota | None = None) -> None:
        self.path, self._workers, self._library = where.data / "jobs.sqlite3", where.data / "workers", Library(where)
        self._quota = quota or Quota(where.owner_jobs, where.owner_daily, where.owner_mb)
        self._database = Database(self.path, _SCHEMA, name="job")

    def close(self) -> None:
        self._database.close()

    # ------------------------------------------------------------ for those who ask

    def submit(self, request: VideoRequest, *, owner: str = "", priority: int = 0) -> str:
        """Add a job and return its id. Higher priorities come first, then older jobs. Paths are kept as seen from here.

        Raises `BadInput` for a request that cannot be rendered and `QuotaExceeded` for an owner whose quota is used up.
        """
        return self.submit_all({uuid.uuid4().hex: request}, owner=owner, priority=priority)[0]

    def submit_all(self, requests: dict[str, VideoRequest], *, owner: str = "", priority: int = 0) -> list[str]:
        """Add jobs of these ids, all of them or, if one cannot be rendered or the quota is too small, none, and return the ids.

        An id that the same owner has already is not added again. Raises as `submit` does, and `BadInput` for an id of another owner.
        """
        asked = {}
        for id, request in requests.items():
            asked[id] = with_paths_from(request, Path.cwd())
            check(asked[id])
        self._check_disk(owner)
        with self._database.writing() as database:
            for id in list(asked):
                known = database.execute("SELECT owner FROM jobs WHERE id = ?", (id,)).fetchone()
                if known is not None and known["owner"] != owner:
                    raise BadInput(f"The id {id} is taken: choose another.")
                if known is not None:
                    del asked[id]
            self._check_quota(database, owner, len(asked))
            rows = [(id, owner, priority, request.model_dump_json(), time.time()) for id, request in asked.items()]
            database.executemany("INSERT INTO jobs (id, owner, priority, asked, state, created) VALUES (?, ?, ?, ?, 'queued', ?)", rows)
        return list(requests)

    def get(self, id: str) -> Job:
        """The job called ``id``. Raises `BadInput` if there is none."""
        with self._database.reading() as database:
            row = database.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise BadInput(f"There is no job {id[:80]!r}.")
        return _job(row)

    def find(self, owner: str | None = None, *, state: State | None = None, limit: int = 100, before: int | None = None) -> list[Job]:
        """Jobs, the newest first: of one owner or of all, in one state or in any. before: number of a job, to read on after it."""
        wanted: list[str] = ["1"]
        values: list[str | int] = []
        for column, value in (("owner = ?", owner), ("state = ?", state), ("number < ?", before)):
            if value is not None:
                wanted.append(column)
                values.append(value)
        with self._database.reading() as database:
            query = f"SELECT * FROM jobs WHERE {' AND '.join(wanted)} ORDER BY number DESC LIMIT ?"
            return [_job(row) for row in database.execute(query, (*values, limit))]

    def cancel(self, id: str) -> Job:
        """Cancel a job: at once if it waits, within a second if it is rendered. A finished job stays as it is."""
        with self._database.writing() as database:
            database.execute("UPDATE jobs SET state = 'cancelled', finished = ? WHERE id = ? AND state = 'queued'", (time.time(), id))
            database.execute("UPDATE jobs SET cancel = 1 WHERE id = ? AND state = 'running'", (id,))
        return self.get(id)

    def retry(self, id: str) -> Job:
        """Queue a failed or cancelled job again; it goes on after its last finished stage. Raises `BadInput` for any other job."""
        job = self.get(id)
        with self._database.writing() as database:
            changed = database.execute(
                "UPDATE jobs SET state = 'queued', finished = NULL, error = '', field = '', deaths = 0, cancel = 0"
                " WHERE id = ? AND state IN ('failed', 'cancelled')",
                (id,),
            ).rowcount
        if not changed:
            raise BadInput(f"The job {id} is {job.state}: only a failed or cancelled job can be tried again.")
        return self.get(id)

    def counts(self) -> dict[State, int]:
        """How many jobs there are in each state."""
        with self._database.reading() as database:
            found = {row["state"]: row["n"] for row in database.execute("SELECT state, count(*) AS n FROM jobs GROUP BY state")}
        return {state: found.get(state, 0) for state in STATES}

    def stage_seconds(self) -> dict[str, tuple[int, float]]:
        """By stage: how many finished renders made it anew, and the seconds that it took them altogether."""
        with self._database.reading() as database:
            return {row["name"]: (row["renders"], row["seconds"]) for row in database.execute("SELECT * FROM stages")}

    def submitted_within_a_day(self, owner: str) -> int:
        """How many jobs an owner submitted within the last 24 hours."""
        with self._database.reading() as database:
            return _count(database, owner, "created > ?", time.time() - DAY_S)

    def results_of(self, owner: str) -> list[str]:
        """The library ids of an owner's finished jobs that no other owner's job led to as well."""
        with self._database.reading() as database:
            query = (
                "SELECT DISTINCT result FROM jobs WHERE owner = ? AND result IS NOT NULL"
                " AND result NOT IN (SELECT result FROM jobs WHERE owner <> ? AND result IS NOT NULL)"
            )
            return [row["result"] for row in database.execute(query, (owner, owner))]

    def forget(self, owner: str) -> int:
        """Remove all jobs of an owner from the database and its files, and return their number. Raises `BadInput` while one is rendered."""
        with self._database.writing() as database:
            if database.execute("SELECT 1 FROM jobs WHERE owner = ? AND state = 'running' LIMIT 1", (owner,)).fetchone():
                raise BadInput(f"A job of {owner or 'this owner'} is being rendered: cancel it first.")
            count = database.execute("DELETE FROM jobs WHERE owner = ?", (owner,)).rowcount
        with self._database.reading() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # older pages would keep the text
        return count

    def led_to(self, result: str) -> list[str]:
        """The ids of the jobs, of any owner, that led to this result of the library."""
        with self._database.reading() as database:
            return [row["id"] for row in database.execute("SELECT id FROM jobs WHERE result = ?", (result,))]

    def remove(self, id: str) -> None:
        """Remove a finished job from the database and its files. Raises `BadInput` while it waits or is rendered."""
        with self._database.writing() as database:
            count = database.execute("DELETE FROM jobs WHERE id = ? AND state NOT IN ('queued', 'running')", (id,)).rowcount
        if not count:
            raise BadInput(f"The job {self.get(id).id} is not finished: cancel it first.")
        with self._database.reading() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # older pages would keep the text

    # ------------------------------------------------------------ for workers

    def claim(self, worker: str) -> Claim | None:
        """The next job for ``worker`` (see `WorkerLock`), or None if none waits. Jobs that lost their worker are queued first."""
        while (row := self._taken(worker)) is not None:
            try:
                return Claim(row["id"], row["claim"], VideoRequest.model_validate_json(row["asked"]))
            except BadInput as error:  # another version of this program wrote it
                self._update(row["id"], row["claim"], _FAILED, time.time(), str(error), error.field)
        return None

    def _taken(self, worker: str) -> sqlite3.Row | None:
        """The row of the next job, which is the worker's from now on."""
        with self._database.reading() as database:
            waiting = database.execute("SELECT 1 FROM jobs WHERE state = 'queued' LIMIT 1").fetchone()
            if not waiting and not self._lost(database):
                return None
        with self._database.writing() as database:
            for row in self._lost(database):
                _give_back(database, row)
            row = database.execute("SELECT * FROM jobs WHERE state = 'queued' ORDER BY priority DESC, number LIMIT 1").fetchone()
            if row is None:
                return None
            database.execute(
                "UPDATE jobs SET state = 'running', claim = ?, worker = ?, lease = ? WHERE id = ?",
                (uuid.uuid4().hex, worker, time.monotonic() + LEASE_S, row["id"]),
            )
            taken: sqlite3.Row = database.execute("SELECT * FROM jobs WHERE id = ?", (row["id"],)).fetchone()
            return taken

    def renew(self, claim: Claim, stage: str, fraction: float, note: str) -> bool:
        """Prolong the lease and note the progress. False if the job is this worker's no more."""
        changes = "lease = ?, stage = ?, fraction = ?, note = ?"
        return self._update(claim.id, claim.token, changes, time.monotonic() + LEASE_S, stage, fraction, note[:200])

    def cancel_wanted(self, claim: Claim) -> bool:
        """Whether the job's owner cancelled it."""
        with self._database.reading() as database:
            row = database.execute("SELECT cancel FROM jobs WHERE id = ? AND claim = ?", (claim.id, claim.token)).fetchone()
        return row is not None and bool(row["cancel"])

    def finish(self, claim: Claim, result: str, seconds: dict[str, float] | None = None) -> bool:
        """The job is done; ``result`` is its id in the library. False, as in the methods below, if the job is this worker's no more.

        seconds: what each stage took that was made anew.
        """
        changes = "state = 'done', claim = NULL, finished = ?, result = ?, fraction = 1, note = ''"
        if not self._update(claim.id, claim.token, changes, time.time(), result):
            return False
        with self._database.writing() as database:
            more = " ON CONFLICT DO UPDATE SET renders = renders + 1, seconds = seconds + excluded.seconds"
            database.executemany("INSERT INTO stages VALUES (?, 1, ?)" + more, (seconds or {}).items())
        return True

    def fail(self, claim: Claim, error: str, field: str = "") -> bool:
        """The job cannot be done."""
        return self._update(claim.id, claim.token, _FAILED, time.time(), error, field)

    def cancelled(self, claim: Claim) -> bool:
        """The job stopped because its owner wished it."""
        return self._update(claim.id, claim.token, "state = 'cancelled', claim = NULL, finished = ?", time.time())

    def park(self, claim: Claim) -> bool:
        """Queue the job again, because its worker was told to end; this counts as no death."""
        return self._update(claim.id, claim.token, "state = 'queued', claim = NULL")

    # ------------------------------------------------------------ inside

    def _update(self, id: str, token: str, changes: str, *values: object) -> bool:
        with self._database.writing() as database:
            query = f"UPDATE jobs SET {changes} WHERE id = ? AND claim = ? AND state = 'running'"
            return database.execute(query, (*values, id, token)).rowcount == 1

    def _check_disk(self, owner: str) -> None:
        most = self._quota.megabytes
        if most is not None and (used := self._library.size_of(self.results_of(owner)) / 1e6) >= most:
            raise QuotaExceeded(f"The results of {owner or 'the owner'} take {used:.0f} MB, and {most:g} MB are allowed: delete some.")

    def _check_quota(self, database: sqlite3.Connection, owner: str, more: int) -> None:
        for most, what, count in (
            (self._quota.unfinished, "unfinished jobs", _count(database, owner, "state IN ('queued', 'running')")),
            (self._quota.a_day, "jobs within 24 hours", _count(database, owner, "created > ?", time.time() - DAY_S)),
        ):
            if most is not None and more and count + more > most:
                raise QuotaExceeded(f"{owner or 'The owner'} has {count} {what}, and {most:g} are allowed: wait until some are finished.")

    def _lost(self, database: sqlite3.Connection) -> list[sqlite3.Row]:
        """The running jobs whose worker died or let its lease end."""
        rows = database.execute("SELECT * FROM jobs WHERE state = 'running'").fetchall()
        now = time.monotonic()
        # A lease from before the machine started again may lie far ahead: the clock began anew.
        return [row for row in rows if not 0 <= row["lease"] - now <= LEASE_S or not is_alive(self._workers, row["worker"])]


def _count(database: sqlite3.Connection, owner: str, condition: str, *values: float) -> int:
    """How many jobs an owner has for which an SQL condition holds."""
    count: int = database.execute(f"SELECT count(*) FROM jobs WHERE owner = ? AND {condition}", (owner, *values)).fetchone()[0]
    return count


def _job(row: sqlite3.Row) -> Job:
    return Job(**{name: row[name] for name in Job.__dataclass_fields__})


def _give_back(database: sqlite3.Connection, row: sqlite3.Row) -> None:
    """Queue a job that lost its worker, unless its owner cancelled it or it has cost too many workers."""
    deaths = row["deaths"] + 1
    if row["cancel"]:
        change = ("cancelled", "")
    elif deaths >= MOST_DEATHS:
        change = ("failed", f"The program that made this video died {deaths} times: there may be too little memory for it.")
    else:
        change = ("queued", "")
    finished = None if change[0] == "queued" else time.time()
    database.execute(
        "UPDATE jobs SET state = ?, error = ?, finished = ?, deaths = ?, claim = NULL WHERE id = ?", (*change, finished, deaths, row["id"])
    )
