"""Read from replicas of a PostgreSQL server, what is new enough for who reads.

A user who writes reads their own writes: after a request that wrote, the place in the server's log (LSN) up to which it
wrote is noted for its user, in a table of the primary, so that all hosts know; a request that reads goes to a replica
that has come so far, else to the primary.  What is written without a user (a registration, a login) is noted for all.
No replica is read that is more than :data:`MOST_LAG` seconds behind.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import peewee

if TYPE_CHECKING:
    from .postgresql_database import Postgresql

MOST_LAG = 10
"""Seconds."""
_LOOK_SECONDS = 1.0  # between two looks at how far the primary is
_REST_SECONDS = 5.0  # until a replica that failed is tried again
_EVERYBODY = 0
_TABLE = "wger_flask_read_position"
# Costs no write-ahead log, and is empty after a crash: a user who wrote before then has waited for long enough.
_MADE = f"""CREATE UNLOGGED TABLE IF NOT EXISTS {_TABLE} (user_id BIGINT PRIMARY KEY, position BIGINT NOT NULL)"""
_NOW = "pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
_NOTE = f"""INSERT INTO {_TABLE} AS held VALUES (%s, {_NOW})
    ON CONFLICT (user_id) DO UPDATE SET position = GREATEST(held.position, EXCLUDED.position)"""
_NOTED = f"SELECT coalesce(max(position), 0) FROM {_TABLE} WHERE user_id IN (%s, %s)"
_REPLAYED = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint WHERE pg_is_in_recovery()"

log = logging.getLogger("wger_flask")


class Reading(threading.local):
    """What the present request of a thread reads, and has done."""

    replica: Replica | None = None
    has_written = False
    is_pinned = False
    """Whether it stays with the primary: what it has asked there holds for the primary alone."""

    def begin(self) -> None:
        """Begin a request."""
        self.replica, self.has_written, self.is_pinned = None, False, False


class Replica:
    """One replica."""

    def __init__(self, database: Postgresql):
        self.database = database
        self.replayed = -1  # at least so far, as asked last
        self._off_until = 0.0

    def has(self, position: int) -> bool:
        """Tell whether the replica has come as far as ``position``; one that does not answer has not."""
        if self.replayed >= position and self.replayed >= 0:
            return time.monotonic() >= self._off_until
        if time.monotonic() < self._off_until:
            return False
        try:
            found = self.database.execute_sql(_REPLAYED).fetchone()
        except peewee.DatabaseError as wrong:
            self.turn_off(wrong)
            return False
        if found is None or found[0] is None:
            self.turn_off("it is no replica (any more)")
            return False
        self.replayed = found[0]
        return self.replayed >= position

    def turn_off(self, why: object) -> None:
        """Ask the replica nothing for some seconds."""
        if time.monotonic() >= self._off_until + _REST_SECONDS:
            log.warning("a replica of the database is left out: %s", " ".join(str(why).split()))
        self._off_until, self.replayed = time.monotonic() + _REST_SECONDS, -1


class Replicas:
    """The replicas of a database, whose primary is ``primary``."""

    def __init__(self, primary: Postgresql, databases: Sequence[Postgresql]):
        self._primary = primary
        self.all = [Replica(database) for database in databases]
        self._turns = itertools.count()
        self._passed: deque[tuple[float, int]] = deque()  # moments, and how far the primary was then
        self._lock = threading.Lock()

    def chosen(self, user_id: int | None) -> Replica | None:
        """Return a replica that is new enough for a user, None where none is; they take turns."""
        position = max(self._noted(user_id), self._least())
        start = next(self._turns)
        for number in range(len(self.all)):
            replica = self.all[(start + number) % len(self.all)]
            if replica.has(position):
                return replica
        return None

    def note(self, user_id: int | None) -> None:
        """Note that a user, or one who is not known, has written up to now."""
        self._with_table(_NOTE, (user_id or _EVERYBODY,))

    def _noted(self, user_id: int | None) -> int:
        position: int = self._with_table(_NOTED, (user_id or _EVERYBODY, _EVERYBODY)).fetchone()[0]
        return position

    def _least(self) -> int:
        """Return how far the primary was :data:`MOST_LAG` seconds ago, or when this process first looked."""
        now = time.monotonic()
        with self._lock:
            is_due = not self._passed or now - self._passed[-1][0] >= _LOOK_SECONDS
            if is_due:
                self._passed.append((now, self._passed[-1][1] if self._passed else 0))  # others need not look now
        if is_due:
            here = self._primary.execute_sql(f"SELECT {_NOW}").fetchone()[0]
            with self._lock:
                self._passed[-1] = now, here
        with self._lock:
            while len(self._passed) > 1 and self._passed[1][0] <= now - MOST_LAG:
                self._passed.popleft()
            return self._passed[0][1]

    def _with_table(self, sql: str, values: tuple[object, ...]) -> Any:
        try:
            return self._primary.execute_sql(sql, values)
        except peewee.ProgrammingError:  # there is no such table yet
            with self._primary.atomic():
                self._primary.dialect.advisory_lock(self._primary, _TABLE)
                self._primary.execute_sql(_MADE)
            return self._primary.execute_sql(sql, values)
