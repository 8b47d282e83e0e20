"""Hold the one database that the process works on.

Models are declared at import time, the database is known only when settings are read:
they meet in :data:`database`, a proxy that :func:`open_database` fills.  Connections are
one a thread, opened on first use (so after a fork) and kept: opening a file and setting
its pragmas costs more than most requests.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import peewee

from .dialects.base import Database as Database  # for those who hold it

if TYPE_CHECKING:

    class _DatabaseProxy(peewee.DatabaseProxy):
        obj: Database  # until open_database(), None

else:
    _DatabaseProxy = peewee.DatabaseProxy

database = _DatabaseProxy()
log = logging.getLogger("wger_flask")

IntegrityError = peewee.IntegrityError
DatabaseError = peewee.DatabaseError


class DatabaseURLError(ValueError):
    """Say that a database URL cannot be understood, its driver is missing, or nothing is there."""


def open_database(
    url: str, wait: float = 30, threads: int = 4, direct: str = "", replicas: Sequence[str] = ()
) -> Database:
    """Make ``url`` the database of this process and return it.

    ``wait`` is for how many seconds a write waits for others; of ``threads``, half are kept for reading
    meanwhile.  ``direct`` is the address of the database itself where ``url`` leads to a pooler in transaction mode,
    ``replicas`` are those of its replicas.  No connection is opened.  Raises :class:`DatabaseURLError` for an unknown
    scheme, a malformed URL or a missing driver.
    """
    opened = database_at(url, wait, threads, direct, replicas)
    disconnect()
    database.initialize(opened)
    return opened


def database_at(
    url: str, wait: float = 30, threads: int = 4, direct: str = "", replicas: Sequence[str] = ()
) -> Database:
    """Return the database at ``url`` without making it that of this process; else as :func:`open_database`."""
    from .dialects import Addresses, opener_of, schemes
    from .dialects.wait_limits import Line

    scheme = url.partition(":")[0].partition("+")[0]
    try:
        opener = opener_of(scheme)
    except KeyError:
        known = ", ".join(schemes())
        raise DatabaseURLError(f"WGER_DATABASE_URL: no database is known for {scheme!r}; use one of {known}") from None
    except ImportError as missing:
        raise DatabaseURLError(f"WGER_DATABASE_URL: {missing.name or missing} is not installed") from missing
    except AttributeError as wrong:
        raise DatabaseURLError(f"WGER_DATABASE_URL: the dialect for {scheme!r} cannot be loaded: {wrong}") from wrong
    try:
        return opener(Addresses(url, direct, replicas), Line(wait, threads - threads // 2))
    except ImportError as missing:
        raise DatabaseURLError(f"WGER_DATABASE_URL: {missing.name or missing} is not installed") from missing
    except (ValueError, OSError) as wrong:
        raise DatabaseURLError(f"WGER_DATABASE_URL: {wrong}") from wrong


def connect() -> None:
    """Open this thread's connection now; raises :class:`DatabaseURLError` when there is no such database."""
    try:
        database.obj.connect(reuse_if_open=True)
    except peewee.DatabaseError as wrong:
        told = " ".join(str(wrong).split())
        raise DatabaseURLError(f"WGER_DATABASE_URL: the database cannot be opened: {told}") from wrong


class Companion(Protocol):
    """What changes along with the rows, such as files: :func:`accompanied` binds it to transactions."""

    def mark(self) -> Any:
        """Return what :meth:`rewind` needs to come back to this moment."""

    def rewind(self, mark: Any) -> None:
        """Take back what was changed since ``mark``; must not raise."""


_companions: ContextVar[tuple[Companion, ...]] = ContextVar("companions of transactions", default=())


@contextmanager
def accompanied(companion: Companion) -> Iterator[None]:
    """Let each transaction in the block that is rolled back, a part of another one too, take ``companion`` back."""
    token = _companions.set((*_companions.get(), companion))
    try:
        yield
    finally:
        _companions.reset(token)


@contextmanager
def transaction(wait: float | None = None) -> Iterator[None]:
    """Run a block in a transaction: an exception rolls all of it back, the end of the block commits.

    Inside another transaction it is a savepoint, which can be rolled back alone.  ``wait`` is the number of seconds
    that it waits for other writers at most, where that is less than the setting ``WGER_WRITE_WAIT``.
    """
    marks = [(companion, companion.mark()) for companion in _companions.get()]
    try:
        with database.obj.dialect.write_transaction(database.obj, wait):
            yield
    except BaseException:
        for companion, mark in marks:
            companion.rewind(mark)
        raise


def write_if_able(what: str, write: Callable[[], object]) -> None:
    """Call ``write()``, which writes what can be done without, in a transaction; where it cannot be, the log tells.

    (It is called, and no block of a context: a context cannot leave its block out where no transaction begins.)
    """
    try:
        with transaction(wait=1):
            write()
    except DatabaseError as wrong:
        if database.obj.in_transaction() or not is_unavailable(wrong):
            raise
        log.warning("%s was not written: %s", what, " ".join(str(wrong).split()))


@contextmanager
def snapshot() -> Iterator[None]:
    """Run a block that only reads, in a transaction: it sees the database as it is at one moment."""
    with database.obj.dialect.snapshot(database.obj):
        yield


def advisory_lock(what: str) -> None:
    """Wait until no other transaction holds the lock ``what``, a text, and hold it until this one ends.

    For finding a row or making it, where no unique index keeps two of them apart.
    """
    database.obj.dialect.advisory_lock(database.obj, what)


def is_retryable(error: Exception) -> bool:
    """Tell whether a transaction failed on what another one did meanwhile, and is worth another try."""
    return isinstance(error, DatabaseError) and database.obj.dialect.is_retryable(error)


def is_unavailable(error: Exception) -> bool:
    """Tell whether ``error`` says that the database cannot work at the moment, not that it was asked nonsense."""
    return isinstance(error, DatabaseError) and database.obj.dialect.is_unavailable(error)


def after_commit(call: Callable[[], object]) -> None:
    """Call ``call()`` once the open transaction has committed, and never if it is rolled back.

    Without an open transaction it is called at once.
    """
    database.obj.after_commit(call)


def has_table(name: str) -> bool:
    """Tell whether the database has a table; those that it has are remembered."""
    held = database.obj
    known: set[str] = held.__dict__.setdefault("known_tables", set())
    if name not in known:
        known.update(held.get_tables())
    return name in known


def address() -> str:
    """Return the URL that tells the database from others, without secrets."""
    return database.obj.dialect.address(database.obj)


def database_file() -> Path | None:
    """Return the file that the open database is, None where a server keeps it, and where none is open."""
    return database.obj.dialect.file(database.obj) if database.obj is not None else None


def version() -> str:
    """Return the version of the database's program."""
    return database.obj.dialect.version(database.obj)


def can_keep_log() -> bool:
    """Tell whether the database can keep the log of changes: without it there is no sync, no event and no webhook."""
    return database.obj.dialect.can_keep_log


def runs_in_process() -> bool:
    """Tell whether statements are run by the process that asks, whose other threads get on the less meanwhile.

    False where no database is open.
    """
    return database.obj is not None and database.obj.dialect.runs_in_process


def commit_marker() -> object:
    """Return a value that is another one after each commit, of other programs too.

    It is the same for all threads.  None where nothing tells, and in a transaction, which may see what others do not.
    """
    held = database.obj
    if held.in_transaction():
        return None
    marker = held.dialect.commit_marker(held)
    return None if marker is None else (held, marker)


def take_up() -> None:
    """Make sure, before a request, that this thread works on what the database's address names now."""
    held = database.obj
    held.is_served = True
    held.dialect.look(held)


def disconnect() -> None:
    """Close this thread's connection, before the thread ends."""
    held = database.obj
    if held is not None and not held.is_closed():
        with suppress(DatabaseError):
            held.close()


def read_from_replica(user_id: int | None) -> None:
    """Let what this thread reads from now on, until :func:`take_up`, come from a replica of the database.

    There must be one that is new enough for the user (None: for any user), who reads their own writes; what the thread
    writes, and reads from then on, is the primary's.
    """
    database.obj.dialect.read_from_replica(database.obj, user_id)


def note_writes(user_id: int | None) -> None:
    """Let replicas be read by a user, or by all, once they have what this thread has written; after its commits."""
    database.obj.dialect.note_writes(database.obj, user_id)


def is_elected() -> bool:
    """Tell whether this process is, of all on all hosts that serve the database, the one for what is done once.

    It stays so until it ends, or loses the database; another one is elected then.
    """
    return database.obj.dialect.is_elected(database.obj)


def hang_up() -> None:
    """Close what this process keeps open beside the connections of its threads, and give up being elected."""
    if database.obj is not None:
        database.obj.dialect.hang_up(database.obj)


def settle() -> None:
    """Leave the database, once no program works on it, in a state in which its files can be moved or replaced."""
    if database.obj is not None:
        with suppress(DatabaseError):
            database.obj.dialect.settle(database.obj)


def release_connection() -> None:
    """Leave this thread's connection fit for the next request: none is left in a failed state."""
    held = database.obj
    if held is None or held.is_closed():
        return
    if held.in_transaction() or not held.is_connection_usable():
        connection = held.connection()
        held.dispose()  # forgets it, but what it has locked stays so while it is open
        with suppress(Exception):
            connection.close()
