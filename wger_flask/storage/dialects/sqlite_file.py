"""Hold the file of a SQLite database: connections, turns at writing, and what happens when it is replaced.

Readers see the last committed state while one writer works (WAL).  Every thread has a connection
and with it a cache of pages; those are small, because the system's own cache of the file is behind
them, shared and as good.

A file that is deleted, or that another one takes the name of, lives on for connections that have it open, and
takes writes that will never be seen.  So before each request and each write it is looked at which file
has the name.  The log that lies beside it (``-wal``) is found by name too: SQLite would take the log
of the old file for that of the new one, so it is taken away before the new one is opened.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

import peewee

from ..file_identity import FileIdentity, identity_of
from ..types import Cursor
from .base import Database
from .driver_errors import Unavailable
from .sqlite_election import Election
from .sqlite_stamps import Stamps
from .sqlite_watch import CommitWatch
from .wait_limits import Line, Place
from .write_queue import Turns

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "temp_store": "memory",
    "cache_size": -1000,
}
BESIDE = ("-wal", "-shm")

_NEARLY_ALL = 0.9  # of the time that a connection waits: setting it anew costs more than a tenth of it matters
_ANY_TABLE = "SELECT 1 FROM sqlite_master LIMIT 1"

log = logging.getLogger("wger_flask")
_of_peewee = logging.getLogger("peewee")


class DatabaseLost(Unavailable):
    """Nothing is left of the database in its file."""


class SqliteFile(Database, peewee.SqliteDatabase):
    """Peewee's SQLite in a file that must be there."""

    _timeout: float

    def __init__(self, path: str, line: Line):
        super().__init__(path, pragmas=PRAGMAS, timeout=line.seconds, returning_clause=False)
        self.turns = Turns(f"{path}-turns", line)
        self.election = Election(f"{path}-jobs")
        self.watch = CommitWatch(path, may_open=self._is_clean)
        self.stamps = Stamps()
        self._mine = threading.local()  # the file that this thread's connection is to
        self._known: tuple[FileIdentity | None, ...] | None = (
            None  # the file that the process works on, and those beside it
        )

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Open this thread's connection, as Peewee does, but outside of its lock.

        To open may be to wait for a turn, and the thread whose turn it is may need that lock.
        """
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # makes Peewee's own exception of it
            self._mine.opened = self._open() if self.is_closed() else None
        return super().connect(reuse_if_open)

    def _connect(self) -> sqlite3.Connection:
        opened: sqlite3.Connection = self._mine.opened
        self._mine.opened = None
        return opened

    def _open(self) -> sqlite3.Connection:
        """Open the file that has the name; it is never made here."""
        while True:
            file = self._leave_what_is_lost()
            held = sqlite3.connect(
                f"file:{quote(os.path.abspath(self.database))}?mode=rw",
                uri=True,
                timeout=self._timeout,
                isolation_level=None,
                cached_statements=512,
            )
            try:
                if file != identity_of(self.database):  # before anything is read: that opens the log beside it
                    held.close()
                    continue
                if self.is_served and not held.execute(_ANY_TABLE).fetchone():
                    raise DatabaseLost(f"{self.database} is empty: restore it, or run wger-flask migrate")
                self._add_conn_hooks(held)  # type: ignore[attr-defined]  # Peewee's own hook, which its stubs leave out
                held.execute(_ANY_TABLE).fetchone()  # only reading opens the log beside it
            except Exception:
                held.close()
                raise
            if file == identity_of(self.database):
                self._mine.file = file
                self._known = file, *(identity_of(f"{self.database}{suffix}") for suffix in BESIDE)
                return held
            held.close()

    def execute_sql(self, sql: str, params: Iterable[object] | None = None) -> Cursor:
        """Execute a statement and return its cursor, as Peewee does; a request sends many, so there is little else."""
        if self.query_hooks or _of_peewee.isEnabledFor(logging.DEBUG):
            return super().execute_sql(sql, params)
        try:
            held = self._state.conn or self.connection()  # type: ignore[attr-defined]  # left out by Peewee's stubs
            cursor: Cursor = held.execute(sql, params or ())
            return cursor
        except sqlite3.Error:
            with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # makes Peewee's own exception of it
                raise

    # -- the file may be replaced, or deleted, at any time ---------------------------------------
    def look(self) -> None:
        """Let this thread's connection go if its file has lost the name: the next one is to the one that has it."""
        if self.is_closed() or self._mine.file == identity_of(self.database) or self.in_transaction():
            return
        with suppress(sqlite3.Error):  # where the old file was only moved, it holds everything then
            self.connection().execute("PRAGMA wal_checkpoint").fetchall()
        self.close()

    def _is_clean(self, file: FileIdentity) -> bool:
        """Tell whether nothing lies beside a file that is known to belong to the one that had the name before."""
        known = self._known
        return known is None or known[0] == file

    def _leave_what_is_lost(self) -> FileIdentity | None:
        """Take away what lies beside another file than the one that had the name before: it belongs to that one.

        Returns which file has the name now.
        """
        file = identity_of(self.database)
        if self._known is None or file in (None, self._known[0]):
            return file
        with self.turns.taken():
            file = identity_of(self.database)
            if self._known is None or file in (None, self._known[0]):
                return file  # another thread was here
            log.warning("%s is another file than before: it is opened anew", self.database)
            for suffix, known in zip(BESIDE, self._known[1:], strict=True):
                if known is not None and known == identity_of(f"{self.database}{suffix}"):
                    os.unlink(f"{self.database}{suffix}")
            self._known = None
            for known_of_it in ("known_tables", "log_is_for"):
                self.__dict__.pop(known_of_it, None)
            return file

    # -- transactions ----------------------------------------------------------------------------
    @contextmanager
    def waiting(self, place: Place) -> Iterator[None]:
        """Let a block wait for other programs about as long as its ``place`` in line may still wait."""
        held, seconds = self.connection(), place.left()
        if seconds >= self._timeout * _NEARLY_ALL:  # who waited for a turn mostly waited for milliseconds
            yield
            return
        held.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):  # it may have been closed
                held.execute(f"PRAGMA busy_timeout = {int(self._timeout * 1000)}")

    def rollback(self) -> None:
        """Roll back, unless SQLite did so by itself, as it does where the disk is full."""
        held = self.connection()
        try:
            if held.in_transaction:
                super().rollback()
        except peewee.DatabaseError:  # what is lost with the connection is rolled back as well
            self.dispose()
            held.close()

    @contextmanager
    def part_of_transaction(self) -> Iterator[None]:
        """Run a block inside a transaction, in a part of it that fails alone."""
        cause = None
        try:
            with self.atomic():
                try:
                    yield
                except BaseException as error:
                    cause = error
                    raise
        except peewee.DatabaseError as error:
            if cause is None or error is cause:
                raise
        else:
            return
        raise cause  # SQLite has rolled everything back: there is no part any more
