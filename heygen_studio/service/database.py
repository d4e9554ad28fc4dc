"""A SQLite database that many processes and threads use at the same time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import OutputError

#: How long to wait for another process that writes, in seconds.
BUSY_S = 5.0


class Database:
    """One connection to the file at ``path``, shared by the threads of this process.

    Every use raises `OutputError` with one sentence if the file is locked, damaged or gone.
    """

    def __init__(self, path: Path, schema: str, *, name: str, lasting: bool = True) -> None:
        """schema: SQL that changes nothing where it was run before. name: what is in it, for messages ("job"). lasting: what was written
        survives a power cut; without it writing is far quicker, and the last seconds may be lost then."""
        self.path, self._name = path, name
        self._one_at_a_time = threading.RLock()
        with self._clear_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._connection.row_factory = sqlite3.Row
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute(f"PRAGMA synchronous = {'FULL' if lasting else 'OFF'}")
                self._connection.execute("PRAGMA secure_delete = ON")  # what an owner has deleted is overwritten
                self._connection.executescript(schema)
                self._inode = path.stat().st_ino
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._one_at_a_time, self._clear_errors():
            self._check_place()
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block is kept, or, if it raises, nothing."""
        with self._one_at_a_time, self._clear_errors():
            self._check_place()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # the first error is the one to tell
                    self._connection.execute("ROLLBACK")
                raise

    def _check_place(self) -> None:
        """SQLite goes on writing into a deleted file, where nobody would ever read it."""
        if not self.path.exists() or self.path.stat().st_ino != self._inode:
            raise OutputError(
                f"The {self._name} database {self.path} has gone or was replaced: start this program again; results are not affected."
            )

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        what = f"The {self._name} database {self.path}"
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise OutputError(f"{what} is locked by another program: try again when that has finished.") from error
            raise OutputError(f"{what} cannot be used ({error}): check the disk and the permissions.") from error
        except sqlite3.DatabaseError as error:
            raise OutputError(
                f"{what} is damaged ({error}): move it away and start again; finished videos are in the library and are not lost."
            ) from error
        except OSError as error:
            raise OutputError(f"{what} cannot be used ({error.strerror}): check the disk and permissions.") from error
