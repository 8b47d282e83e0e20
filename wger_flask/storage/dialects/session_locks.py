"""Locks with names on a server that gives them to sessions: they last until they are let go, or the session ends.

One that is to last as long as a transaction is let go behind its end.  The one by which a process is elected is held
by a connection beside those of the threads.
"""

from __future__ import annotations

import hashlib
import os
import select
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import peewee

from .base import Database, Dialect
from .driver_errors import Unavailable
from .wait_limits import Line


class LockingDatabase(Database):
    """A database whose locks end with the transaction that took them, as those of rows do."""

    line: Line
    take_lock: str
    """The SQL that takes the lock of a name, or waits so many seconds for it, and tells whether it has it; it may be
    taken by its holder once more."""
    release_locks: str
    """The SQL that lets all locks of a session go."""
    _state: Any

    if TYPE_CHECKING:  # Peewee does not tell

        def _connect(self) -> Any: ...

    def lock(self, what: str, seconds: float) -> bool:
        """Take a lock of the server, to be held until this transaction ends; tells whether it was free in time."""
        self._state.has_locks = True
        return bool(self.execute_sql(self.take_lock, (lock_name(self.database, what), seconds)).fetchone()[0])

    def commit(self) -> None:
        super().commit()
        self._unlock()

    def rollback(self) -> None:
        super().rollback()
        self._unlock()

    def _unlock(self) -> None:
        if getattr(self._state, "has_locks", False):
            self._state.has_locks = False
            with suppress(peewee.DatabaseError):  # they go with a connection that is lost
                self.execute_sql(self.release_locks)

    def close_if_ended(self, socket: Any) -> None:
        """Let this thread's connection go where the server has ended it, as it does with those that wait for long.

        ``socket`` is that of the connection, which is in no transaction.
        """
        arrivals = select.poll()
        arrivals.register(socket, select.POLLIN)
        if arrivals.poll(0):  # unasked: the end
            self.close()


_told_as_peewee_does = vars(peewee)["__exception_wrapper__"]  # what the driver raises
L = TypeVar("L", bound=LockingDatabase)


class SessionLocks(Dialect[L]):
    """The answers about locks."""

    def __init__(self) -> None:
        self._elected: tuple[int, Any] | None = None

    def advisory_lock(self, database: L, what: str) -> None:
        if not database.lock(what, 0):
            with database.line.joined() as place:
                if not database.lock(what, place.left()):
                    raise Unavailable("others have been writing for too long")

    def is_elected(self, database: L) -> bool:
        try:
            with _told_as_peewee_does:
                if self._elected is None or self._elected[0] != os.getpid():
                    self._elected = os.getpid(), database._connect()
                with self._elected[1].cursor() as cursor:
                    cursor.execute(database.take_lock, (lock_name(database.database, "jobs"), 0))
                    return bool(cursor.fetchone()[0])
        except (peewee.PeeweeException, OSError):
            self._elected = None
            return False

    def hang_up(self, database: L) -> None:
        former, self._elected = self._elected, None
        if former is not None and former[0] == os.getpid():
            with suppress(Exception):
                former[1].cursor().execute(database.release_locks)  # closing it does so, a moment later
                former[1].close()


def lock_name(database: str, what: str) -> str:
    """Return the name of a lock of a database, of 64 letters at most: the server may have one set of names for all."""
    return "wger_flask " + hashlib.sha256(f"{database} {what}".encode()).hexdigest()[:40]
