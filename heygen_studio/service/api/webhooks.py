"""Which webhooks are wanted, and which are still to be sent. They stand in the database of the jobs, so nothing is forgotten."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput
from ...settings import Settings
from ..database import Database
from .fetch import check_url, refuse_private
from .secret import Secret

#: What can be told, by the names that HeyGen's clients know.
SUCCESS, FAIL = "avatar_video.success", "avatar_video.fail"
EVENTS = (SUCCESS, FAIL)
#: Seconds after a failed attempt until the next one; after the last one it is given up.
BACKOFF_S = (5.0, 30.0, 120.0, 600.0, 3600.0, 21_600.0)
#: A delivery that is being sent is left alone by other servers for so many seconds.
SENDING_S = 60.0
#: Endpoints of one owner, and days that deliveries are remembered.
MOST_ENDPOINTS, KEPT_DAYS = 20, 30

_SCHEMA = """
CREATE TABLE IF NOT EXISTS endpoints (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL, created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    owner TEXT NOT NULL,
    endpoint TEXT,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    callback TEXT,
    base TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    said TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS callbacks (job TEXT PRIMARY KEY, owner TEXT NOT NULL, callback TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_of_job ON deliveries (job);
"""


@dataclass(frozen=True)
class Endpoint:
    """An address that an owner registered. events: those it wants. created: seconds since 1970."""

    id: str
    url: str
    events: tuple[str, ...]
    created: float


@dataclass(frozen=True)
class Delivery:
    """A webhook to send. receiver: whose secret signs it. callback: what the client called the job. base: address of this server."""

    id: str
    job: str
    owner: str
    receiver: str
    url: str
    callback: str | None
    base: str
    tries: int


class Webhooks:
    """The endpoints and deliveries of a data folder. Raises `OutputError` as `Database` does."""

    def __init__(self, where: Settings, secret: Secret) -> None:
        self._secret, self._private = secret, where.private_urls
        self._database = Database(where.data / "jobs.sqlite3", _SCHEMA, name="job")

    def close(self) -> None:
        self._database.close()

    def add(self, owner: str, url: str, events: list[str] | None = None) -> Endpoint:
        """Register an address. events: absent, all. Raises `BadInput` with the field."""
        url = self._checked(url, "url")
        unknown = [event for event in events or () if event not in EVENTS]
        if unknown:
            raise BadInput(f"There is no event {unknown[0][:80]!r}: there are {' and '.join(EVENTS)}.", field="events")
        endpoint = Endpoint(uuid.uuid4().hex, url, tuple(dict.fromkeys(events or EVENTS)), time.time())
        with self._database.writing() as database:
            if database.execute("SELECT count(*) FROM endpoints WHERE owner = ?", (owner,)).fetchone()[0] >= MOST_ENDPOINTS:
                raise BadInput(f"There are {MOST_ENDPOINTS} endpoints already: delete one first.", field="url")
            row = (endpoint.id, owner, url, json.dumps(endpoint.events), endpoint.created)
            database.execute("INSERT INTO endpoints VALUES (?, ?, ?, ?, ?)", row)
        return endpoint

    def endpoints(self, owner: str) -> list[Endpoint]:
        """An owner's endpoints, the oldest first."""
        with self._database.reading() as database:
            rows = database.execute("SELECT * FROM endpoints WHERE owner = ? ORDER BY created, id", (owner,)).fetchall()
        return [Endpoint(row["id"], row["url"], tuple(json.loads(row["events"])), row["created"]) for row in rows]

    def delete(self, id: str, owner: str) -> None:
        """Send nothing to an endpoint any more. Raises `BadInput` if this owner has none of this id."""
        with self._database.writing() as database:
            if not database.execute("DELETE FROM endpoints WHERE id = ? AND owner = ?", (id, owner)).rowcount:
                raise BadInput(f"There is no webhook endpoint {id[:80]!r}.")
            database.execute("DELETE FROM deliveries WHERE endpoint = ? AND state = 'waiting'", (id,))

    def secret_of(self, receiver: str) -> str:
        """What the receiver (the id of an endpoint, or an owner for the callbacks of single jobs) checks signatures with."""
        return self._secret.webhook(receiver)

    def expect(self, job: str, owner: str, base: str, *, url: str | None = None, callback: str | None = None) -> None:
        """Send word when this job is finished: to the owner's endpoints, and to ``url``. Called before the job is submitted.

        Raises `BadInput` for a bad address.
        """
        receivers: list[tuple[str | None, str, str]] = [(each.id, each.url, json.dumps(each.events)) for each in self.endpoints(owner)]
        if url is not None:
            receivers.append((None, self._checked(url, "callback_url"), json.dumps(EVENTS)))
        rows = [(uuid.uuid4().hex, job, owner, endpoint, to, events, callback, base, time.time()) for endpoint, to, events in receivers]
        columns = "(id, job, owner, endpoint, url, events, callback, base, due)"
        with self._database.writing() as database:
            database.execute("DELETE FROM deliveries WHERE job = ?", (job,))
            if callback is not None:
                database.execute("INSERT OR REPLACE INTO callbacks VALUES (?, ?, ?)", (job, owner, callback))
            database.executemany(f"INSERT INTO deliveries {columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def expect_again(self, job: str) -> None:
        """The job was queued again: its outcome will be told once more."""
        with self._database.writing() as database:
            database.execute("UPDATE deliveries SET state = 'waiting', tries = 0, due = ? WHERE job = ?", (time.time(), job))

    def forget(self, *, job: str | None = None, owner: str | None = None) -> None:
        """Remove what is kept about a job, or about an owner."""
        with self._database.writing() as database:
            for table in ("deliveries", "callbacks"):
                database.execute(f"DELETE FROM {table} WHERE job = ? OR owner = ?", (job, owner))
            database.execute("DELETE FROM endpoints WHERE owner = ?", (owner,))

    def callback_of(self, job: str) -> str | None:
        """What the client called the job."""
        with self._database.reading() as database:
            row = database.execute("SELECT callback FROM callbacks WHERE job = ?", (job,)).fetchone()
        return row["callback"] if row else None

    def deliveries(self, job: str) -> list[dict[str, Any]]:
        """What became of the webhooks of a job: for those who wonder why none arrives."""
        with self._database.reading() as database:
            rows = database.execute("SELECT url, state, tries, said FROM deliveries WHERE job = ? ORDER BY id", (job,)).fetchall()
        return [dict(row) for row in rows]

    def _checked(self, url: str, field: str) -> str:
        url = check_url(url, field)
        if not self._private:
            refuse_private(url, field)
        return url

    # ------------------------------------------------------------ for the sender

    def take(self) -> Delivery | None:
        """A delivery whose job is finished and whose time has come, which no other server will send meanwhile."""
        now = time.time()
        query = (
            "SELECT deliveries.*, jobs.state AS outcome FROM deliveries JOIN jobs ON jobs.id = deliveries.job"
            " WHERE deliveries.state = 'waiting' AND due <= ? AND jobs.state NOT IN ('queued', 'running') ORDER BY due LIMIT 1"
        )
        with self._database.reading() as database:
            if database.execute(query, (now,)).fetchone() is None:
                return None
        with self._database.writing() as database:
            while (row := database.execute(query, (now,)).fetchone()) is not None:
                if (SUCCESS if row["outcome"] == "done" else FAIL) not in json.loads(row["events"]):
                    database.execute("UPDATE deliveries SET state = 'not wanted' WHERE id = ?", (row["id"],))
                    continue
                database.execute("UPDATE deliveries SET due = ?, tries = tries + 1 WHERE id = ?", (now + SENDING_S, row["id"]))
                receiver = row["endpoint"] or row["owner"]
                names = ("id", "job", "owner", "url", "callback", "base")
                return Delivery(receiver=receiver, tries=row["tries"] + 1, **{name: row[name] for name in names})
        return None

    def settle(self, delivery: Delivery, problem: str = "") -> None:
        """Note that it arrived, or why not; then it is tried again later, a limited number of times."""
        state, due = "delivered", time.time()
        if problem:
            last = delivery.tries > len(BACKOFF_S)
            state, due = ("failed", due) if last else ("waiting", due + BACKOFF_S[delivery.tries - 1])
        with self._database.writing() as database:
            row = (state, due, problem[:300], delivery.id)
            database.execute("UPDATE deliveries SET state = ?, due = ?, said = ? WHERE id = ?", row)
            database.execute("DELETE FROM deliveries WHERE state <> 'waiting' AND due < ?", (time.time() - KEPT_DAYS * 86_400,))
