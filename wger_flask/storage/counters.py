"""Count recent events in a small file of their own, shared by all workers of a host.

Throttling needs one number in every process and none of it after a restart: it must neither
wait for the main database's writer nor grow its log.  What several hosts share is counted elsewhere
(:mod:`.shared_counters`).  No request is refused because the file is in a
bad way: one that is gone or damaged is made anew; while it is locked, or the disk is full, nothing
is counted, which the log tells, and every few seconds it is tried again.

A clock that was wrong may have dated events into what is now the future.  They are not counted, and
dropped at the next event, so that no caller waits for longer than the seconds that were asked about.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from .file_identity import FileIdentity, identity_of

try:
    import fcntl
except ImportError:  # a system without it: the threads of a process still wait for each other
    fcntl = None  # type: ignore[assignment]  # the module, elsewhere

_SCHEMA = "CREATE TABLE IF NOT EXISTS event (name TEXT NOT NULL, at REAL NOT NULL)"
_INDEX = "CREATE INDEX IF NOT EXISTS event_name_at ON event (name, at)"
_INDEX_OF_MOMENTS = "CREATE INDEX IF NOT EXISTS event_at ON event (at)"
_SWEEP_EVERY = 500
_LONGEST = 86400
_AHEAD = 5  # seconds by which a clock is set back without having been wrong
_BUSY_SECONDS = 1  # a turn takes microseconds: with a lock that is held for longer, nothing is counted
_REST_SECONDS = 5  # until a file that failed is tried again
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # no file of ours, or no whole one

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Counters(Protocol):
    """Events by name, each with its moment in seconds since 1970.

    No method raises for what is wrong with the place where they are: what cannot be counted has not happened.
    """

    def add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        """Add an event unless there were ``most`` in the last ``seconds``.

        Returns None when it was added, or could not be, else the moment of the oldest one that counts.
        """

    def count_within(self, name: str, now: float, seconds: float) -> int:
        """Return how many events there were in the last ``seconds``."""

    def forget(self, name: str) -> None:
        """Drop every event of a name."""


class FileCounters:
    """The :class:`Counters` of a host, in a file of ``folder``."""

    def __init__(self, folder: Path):
        self.path = folder / "counters.sqlite"
        self._local = threading.local()
        self._lock = threading.Lock()
        self._off_until: float | None = None  # by the clock that never jumps; None while counting works
        self._adds = 0

    def add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        def add(held: sqlite3.Connection) -> float | None:
            with _writing(held):
                held.execute("DELETE FROM event WHERE at > ?", (now + _AHEAD,))
                count: int
                oldest: float | None
                count, oldest = held.execute(
                    "SELECT count(*), min(at) FROM event WHERE name = ? AND at > ?", (name, now - seconds)
                ).fetchone()
                if count >= most:
                    return oldest
                held.execute("INSERT INTO event VALUES (?, ?)", (name, now))
                self._adds += 1
                if self._adds % _SWEEP_EVERY == 0:
                    held.execute("DELETE FROM event WHERE at < ?", (now - _LONGEST,))
                return None

        return self._asked(add, None)

    def count_within(self, name: str, now: float, seconds: float) -> int:
        query = "SELECT count(*) FROM event WHERE name = ? AND at > ? AND at <= ?"
        count: int
        count = self._asked(lambda held: held.execute(query, (name, now - seconds, now + _AHEAD)).fetchone()[0], 0)
        return count

    def forget(self, name: str) -> None:
        self._asked(lambda held: held.execute("DELETE FROM event WHERE name = ?", (name,)).rowcount, 0)

    # -- the file ------------------------------------------------------------------------------
    def _asked(self, ask: Callable[[sqlite3.Connection], T], unknown: T) -> T:
        """Return what ``ask(connection)`` tells; ``unknown`` while the file does not work."""
        if self._off_until is not None and time.monotonic() < self._off_until:
            return unknown
        for again in (True, False):
            try:
                told = ask(self._connection())
            except (sqlite3.Error, OSError) as wrong:
                try:
                    if again and getattr(wrong, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
                        self._begin_anew(wrong)
                        continue
                except OSError as hindered:
                    wrong = hindered
                self._hang_up()
                self._turn_off(wrong)
                return unknown
            if self._off_until is not None:
                self._off_until = None
                logger.warning("%s: calls are counted again", self.path)
            return told
        raise AssertionError  # the second time returns

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection to the file that has the name now."""
        kept: tuple[sqlite3.Connection | None, FileIdentity | None] = getattr(self._local, "held", (None, None))
        held, identity = kept
        if held is not None:
            if identity is not None and identity == identity_of(self.path):
                return held
            self._hang_up()
        with self._alone():
            self._make()
            held = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._local.held = held, identity_of(self.path)
            held.execute("PRAGMA journal_mode = wal")
            held.execute("PRAGMA synchronous = off")
            held.execute(_SCHEMA)
            held.execute(_INDEX)
            held.execute(_INDEX_OF_MOMENTS)
        return held

    def _make(self) -> None:
        """Make the file unless it is there, for its owner alone: to write to it is to lift limits.

        One that is there is not opened: closing it again would end the locks of other threads.
        """
        try:
            if os.stat(self.path).st_mode & 0o077:
                with suppress(PermissionError):  # another owner's: it works all the same
                    os.chmod(self.path, 0o600)
        except FileNotFoundError:
            self._remove()  # what lies beside it belonged to another one
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def _remove(self) -> None:
        for path in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            path.unlink(missing_ok=True)

    def _hang_up(self) -> None:
        held, _ = getattr(self._local, "held", (None, None))
        self._local.held = None, None
        if held is not None:
            with suppress(sqlite3.Error):
                held.close()

    def _begin_anew(self, wrong: Exception) -> None:
        """Take a damaged file away, unless another process has by now: the next connection makes it again."""
        _, identity = getattr(self._local, "held", (None, None))
        self._hang_up()
        with self._alone():
            if identity is not None and identity == identity_of(self.path):
                logger.error("%s is damaged (%s): it is made anew, recent calls are forgotten", self.path, wrong)
                self._remove()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Run a block that makes or removes the file while no other thread or process does."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if fcntl is not None:
                    fcntl.flock(folder, fcntl.LOCK_EX)
                yield
            finally:
                os.close(folder)

    def _turn_off(self, wrong: Exception) -> None:
        first, self._off_until = self._off_until is None, time.monotonic() + _REST_SECONDS
        if first:
            logger.error("%s: %s: rate limits and lockouts are off until it can be written to again", self.path, wrong)


@contextmanager
def _writing(held: sqlite3.Connection) -> Iterator[None]:
    """Run a block in a transaction of its own."""
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
        held.execute("COMMIT")
    except BaseException:
        if held.in_transaction:  # a disk that is full ends some by itself
            held.execute("ROLLBACK")
        raise
