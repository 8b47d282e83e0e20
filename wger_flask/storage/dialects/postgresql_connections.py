"""Connections to PostgreSQL: those of threads, and those of the process beside them.

A pooler in transaction mode (pgbouncer) gives every transaction another session of the server.  What belongs to a
session (LISTEN, locks that outlive a transaction) then needs the server's own address, ``WGER_DATABASE_DIRECT_URL``.
"""

from __future__ import annotations

import os
import select
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import peewee

from .driver_errors import told_by_driver

if TYPE_CHECKING:
    from psycopg import Connection

# A host that is gone says nothing: by these it is noticed within seconds, where the system's own limits take a quarter
# of an hour (libpq: "Database Connection Control Functions").
_NOTICING = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def completed(url: str) -> str:
    """Return ``url`` with what libpq shall do where it does not say so: notice hosts that are gone, find the primary.

    Of several hosts (``postgresql://one,two/name``), the one that takes writes is the database.
    """
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    hosts = given.get("host") or parts.netloc.rpartition("@")[2]
    if not hosts or hosts.startswith(("/", "%2F", "%2f")):
        return url  # a socket of this machine
    wanted = dict(_NOTICING)
    if "," in hosts:
        wanted["target_session_attrs"] = "read-write"
    return parts._replace(query=urlencode({**wanted, **given})).geturl()


class Driver(peewee.Psycopg3Adapter):
    """Peewee's way to psycopg 3, which Peewee itself has not imported (see :mod:`wger_flask.storage`)."""

    def __init__(self) -> None:
        import psycopg
        from psycopg.types.json import Json, Jsonb

        super().__init__()
        self._driver = psycopg
        self.json_type, self.jsonb_type = Json, Jsonb
        status = psycopg.pq.TransactionStatus
        self.txn_idle, self.txn_inerror, self.txn_unknown = status.IDLE, status.INERROR, status.UNKNOWN

    def check_driver(self) -> None:
        """Do nothing: it was imported."""

    def get_binary_type(self) -> type[Any]:
        return self._driver.Binary

    def connect(self, db: peewee.Database, **params: Any) -> Connection[Any]:
        return self._driver.connect(db.database, **params)


def has_hung_up(connection: Connection[Any]) -> bool:
    """Tell whether the server has ended a connection that waits for its next statement.

    Inside a transaction the answer is no, whatever happened: what was lost must be noticed.
    """
    import psycopg

    held = connection.pgconn
    if held.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        return False
    try:
        arrivals = select.poll()
        arrivals.register(held.socket, select.POLLIN)
        while arrivals.poll(0):  # unasked: a notice, or the end
            held.consume_input()
    except psycopg.OperationalError:
        return True
    return False


_all_apart: weakref.WeakSet[Apart] = weakref.WeakSet()


class Apart:
    """A connection of this process beside those of its threads, which use it one at a time.

    It is made on first use, and anew where it was lost, where the process forked, or where the database is another one.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._held: tuple[int, str, Connection[Any]] | None = None
        _all_apart.add(self)

    def connection(self, database: Any) -> Connection[Any]:
        """Return the connection; the caller holds ``lock``.  Raises what the driver does."""
        import psycopg

        place = os.getpid(), database.direct
        held = self._held
        if held is not None and (held[:2] != place or held[2].closed or has_hung_up(held[2])):
            self.close()
        if self._held is None:
            connection = psycopg.connect(database.direct, autocommit=True, prepare_threshold=None)
            self._held = (*place, connection)
            self.begin(connection)
        return self._held[2]

    def begin(self, connection: Connection[Any]) -> None:
        """Do what a new connection needs."""

    @contextmanager
    def used(self, database: Any) -> Iterator[Connection[Any]]:
        """Give a block the connection, to no other thread meanwhile; one that was lost is let go."""
        with self.lock:
            held = self.connection(database)
            try:
                yield held
            finally:
                if held.broken:
                    self.close()

    def close(self) -> None:
        """Let the connection go."""
        with self.lock:
            former, self._held = self._held, None
            if former is not None and former[0] == os.getpid():  # else it is the parent's to end
                with suppress(Exception):
                    former[2].close()


def close_all() -> None:
    """Close what is open beside the connections of threads."""
    for apart in list(_all_apart):
        apart.close()


class Elections:
    """Which process of all hosts does what is to be done once: the one whose session holds a lock of the server."""

    _LOCK = "wger_flask jobs"

    def __init__(self) -> None:
        self._apart = Apart()
        self._elected: Connection[Any] | None = None  # the connection that holds the lock

    def is_elected(self, database: Any) -> bool:
        """Tell whether this process is the one; asks the server, whose answer may be that its lock was lost."""
        import psycopg

        try:
            with self._apart.used(database) as connection:
                if self._elected is connection:
                    connection.execute("SELECT 1")
                    return True
                query = "SELECT NOT pg_is_in_recovery() AND pg_try_advisory_lock(hashtextextended(%s, 0))"
                found = connection.execute(query, (self._LOCK,)).fetchone()
                self._elected = connection if found is not None and found[0] else None
                return self._elected is not None
        except psycopg.Error:
            self._elected = None
            return False


def milliseconds(seconds: float) -> int:
    """Return a time limit as the server takes it."""
    return max(1, int(seconds * 1000))  # 0 would be no limit at all


def state_of(error: Exception) -> str:
    """Return what the server calls an error: five letters and digits, nothing where it said nothing."""
    return getattr(told_by_driver(error), "sqlstate", None) or ""
