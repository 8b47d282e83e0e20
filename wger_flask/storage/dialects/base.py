"""The questions that databases answer differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peewee

from ..counters import Counters
from ..types import Cursor, D, Row
from .copies import Copies
from .declarations import Declarations
from .expressions import Expressions
from .names import Names
from .sync_log import SyncLogSql
from .values import Values

if TYPE_CHECKING:
    from ..model import Model


class Dialect(Values, Expressions[D], Declarations[D], Names[D], Copies[D]):
    """Answer for one database; the defaults suit those with types of their own."""

    name = "sql"
    key_suffix = ""
    sorts_nulls_first = False
    covers_expressions = False
    """Whether the values of expressions are read from an index that has them, instead of rows."""
    orders_by_key = False
    """Whether rows in the order of insertion are in that of a numbered key, and counting all is cheap."""
    counts_copied_names = False
    """Whether names that match are counted in their copy alone, once it is known to have none of rows that are gone."""
    keeps_inner_order = False
    """Whether rows of a query within another one, joined to tables by :attr:`peewee.JOIN.CROSS`, keep their order."""
    runs_in_process = False
    """Whether statements are run by the process that asks, whose other threads get on the less meanwhile."""
    sync_log: SyncLogSql
    """How the log of changes is kept, where it can be."""
    can_keep_log = True
    """Whether it can be: without it there is no sync with phones, no events and no webhooks."""
    defers_references = True
    """Whether references can be checked at the end of a transaction; else each statement is checked by itself."""

    # -- what has changed -------------------------------------------------------------------
    def change_marker(self, database: D) -> object:
        """Return a value that differs from what it was before anything was written; None if nothing tells."""
        return None

    def prepare_table_markers(self, database: D, tables: Iterable[str]) -> None:
        """Make what :meth:`table_marker` tells of ``tables`` by, where it needs anything."""

    def table_marker(self, database: D, text: str) -> object:
        """Return a value that is the same for all threads, and another one once a table that ``text`` names changed.

        ``text`` is SQL, or names of tables with spaces between them.  None where nothing tells of one of them.  Not
        within a transaction, whose rows may go without a trace.
        """
        return None

    def commit_marker(self, database: D) -> object:
        """Return a value that is the same for all threads, and another one after each commit.

        None where nothing tells, or the database does not answer.
        """
        return None

    def estimated_count(self, database: D, model: type[Model]) -> int | None:
        """Return about how many rows a large table has, None where counting them is cheap."""
        return None

    # -- what a refused write ran into --------------------------------------------------------
    def unique_violation(self, error: Exception) -> tuple[str, frozenset[str]] | None:
        """Return the table and the columns of the unique index that ``error`` tells of, None for any other."""
        return None

    def is_retryable(self, error: Exception) -> bool:
        """Tell whether a write failed on what another one did meanwhile: tried again, it sees that."""
        return False

    def is_unavailable(self, error: Exception) -> bool:
        """Tell whether the database cannot work at the moment, whatever it is asked."""
        return False

    def replacing(self, columns: Iterable[str]) -> str:
        """Return what stands behind an INSERT whose row takes the place of one that has its ``id``, in ``columns``."""
        return "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in columns)

    # -- transactions ---------------------------------------------------------------------
    @contextmanager
    def write_transaction(self, database: D, seconds: float | None = None) -> Iterator[None]:
        """Run a block that writes in one transaction; it waits ``seconds`` to begin, or as long as anything may."""
        with database.atomic():
            yield

    @contextmanager
    def snapshot(self, database: D) -> Iterator[None]:
        """Run a block that only reads, and sees the database as it is at one moment."""
        with database.atomic():
            yield

    def stream(self, database: D, sql: str, values: Sequence[object], at_once: int) -> Iterator[list[Row]]:
        """Yield the rows of a query, ``at_once`` at a time, without having all of them in memory."""
        cursor = database.execute_sql(sql, values)
        while rows := cursor.fetchmany(at_once):
            yield rows

    # -- what many processes share ----------------------------------------------------------
    counters: Counters | None = None
    """Counters in the database itself; None where all processes are of one host, and share its files."""

    def read_from_replica(self, database: D, user_id: int | None) -> None:
        """Let what this thread reads come from a replica that is new enough for a user; without any, do nothing."""

    def note_writes(self, database: D, user_id: int | None) -> None:
        """Note how far a replica must be to be read by a user, after this thread has written."""

    def is_elected(self, database: D) -> bool:
        """Tell whether this process, of all that serve the database, is the one that does what is done once."""
        return True

    def hang_up(self, database: D) -> None:
        """Close what this process has open beside the connections of its threads."""

    def look(self, database: D) -> None:
        """Let this thread's connection go if what it leads to is not the database any more."""

    def settle(self, database: D) -> None:
        """Do what remains to be done once no program works on the database any more."""

    version_query = "SELECT VERSION()"

    def version(self, database: D) -> str:
        """Return the version of the database's program."""
        told: str = database.execute_sql(self.version_query).fetchone()[0]
        return told

    def address(self, database: D) -> str:
        """Return the URL that tells this database from others, without secrets."""
        raise NotImplementedError

    def file(self, database: D) -> Path | None:
        """Return the file that this database is, None where a server keeps it."""
        return None

    @contextmanager
    def savepoint(self, database: D) -> Iterator[None]:
        """Run statements of which one may fail: what they did before may stay, the transaction lives on."""
        with database.atomic():
            yield

    def advisory_lock(self, database: D, what: str) -> None:
        """Let no other transaction that names ``what`` go on from here until this one has ended."""
        raise NotImplementedError

    # -- after rows were written with keys of their own -------------------------------------
    def reset_sequences(self, database: D, models: Iterable[type[Model]]) -> None:
        """Let the next generated key of each of ``models`` follow the largest one there is."""

    @contextmanager
    def bulk_loading(self, database: D) -> Iterator[None]:
        """Run a block that loads a great many rows in one transaction."""
        with self.write_transaction(database):
            yield


AnyDialect = Dialect[Any]
"""The dialect of a database, whichever it is."""

AS_HELD: AnyDialect = Dialect()
"""Answers for values as models hold them, in Python's own types."""


class Database(peewee.Database):
    """Peewee's database, with answers to what databases differ in."""

    dialect: AnyDialect
    is_served = False  # whether requests are answered, which need tables

    if TYPE_CHECKING:  # Peewee does not tell

        def connection(self) -> Any: ...

        def cursor(self, named_cursor: str | None = None) -> Cursor: ...

        def execute_sql(self, sql: str, params: Iterable[object] | None = None) -> Cursor: ...
