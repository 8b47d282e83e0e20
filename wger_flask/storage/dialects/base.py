"""The questions that databases answer differently."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import peewee

from ..types import Cursor, Expression, Reader, Row
from ..upgrades import Progress
from .sync_log import SyncLogSql

if TYPE_CHECKING:
    from ..counters import Counters
    from ..model import Model
    from ..name_search.index import NameCopy
    from ..statements import Relation

D = TypeVar("D", bound="Database")


def wire_moment(value: datetime, zone: tzinfo) -> str:
    """Spell a moment as the API does: in ``zone``, microseconds only where there are any."""
    text = value.astimezone(zone).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def dashed(value: str) -> str:
    """Spell a UUID of 32 hex digits as the API does."""
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


class Dialect(Generic[D]):
    """Answer for one database; the defaults suit those with types of their own.

    ``wire_*`` readers turn a raw column value (never None) into what goes into JSON; None in
    their place means that the raw value already is that.
    """

    name = "sql"
    key_suffix = ""
    sorts_nulls_first = False
    orders_by_key = False
    """Whether rows in the order of insertion are in that of a numbered key, and counting all is cheap."""
    keeps_inner_order = False
    """Whether rows of a query within another one, joined to tables by :attr:`peewee.JOIN.CROSS`, keep their order."""
    sync_log: SyncLogSql
    """How the log of changes is kept, where it can be."""
    can_keep_log = True
    """Whether it can be: without it there is no sync with phones, no events and no webhooks."""
    defers_references = True
    """Whether references can be checked at the end of a transaction; else each statement is checked by itself."""

    # -- Python values ------------------------------------------------------------------
    def write_moment(self, value: datetime) -> object:
        """Return what is stored for an aware moment in UTC."""
        return value

    def read_moment(self, value: Any) -> datetime:
        """Return the aware moment, in UTC, of a stored value."""
        moment: datetime = value.astimezone(UTC)
        return moment

    def decimal_modifiers(self, digits: int, places: int) -> list[int] | None:
        """Return the modifiers of a decimal column's type."""
        return [digits, places]

    # -- raw column values on the way to JSON --------------------------------------------
    wire_boolean: Reader | None = None
    wire_uuid: Reader | None = staticmethod(str)
    wire_json: Reader | None = None

    def wire_decimal(self, places: int) -> Reader:
        """Return the reader of decimals, which print all their ``places``."""
        return f"{{:.{places}f}}".format

    def wire_moment(self, zone: tzinfo) -> Reader:
        """Return the reader of moments, which print in ``zone``."""
        return lambda value: wire_moment(value, zone)

    wire_date: Reader | None = staticmethod(lambda value: value.isoformat())
    wire_time: Reader | None = staticmethod(lambda value: value.isoformat())

    def json_text(self, column: Expression, name: str) -> Expression:
        """Return the expression for what the object in a JSON column holds as ``name``, as text."""
        return peewee.fn.jsonb_extract_path_text(column, name)

    def json_number(self, column: Expression, name: str) -> Expression:
        """Return the expression for the number that the object in a JSON column holds as ``name``, else null."""
        held = peewee.fn.jsonb_extract_path(column, name)
        number = peewee.fn.jsonb_extract_path_text(column, name).cast("numeric")
        return peewee.Case(None, [(peewee.fn.jsonb_typeof(held) == "number", number)], None)

    # -- values at moments, by the hours, days, weeks and months of a calendar (see storage.value_series) --
    def bucket_totals(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Iterator[Row]:
        """Yield the totals of the ``rows`` of each ``size`` of the calendar in ``zone``.

        ``size`` is "hour", "day", "week" or "month"; only rows in one of the ``series`` count.  A tuple holds
        the key of the series, the aware moment at which the bucket starts, unit, count, sum, lowest, highest
        and latest moment.
        """
        raise NotImplementedError

    def count_buckets(
        self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int
    ) -> int:  # fmt: skip
        """Return in how many buckets, as above, there are rows of any series, ``most`` for more."""
        raise NotImplementedError

    def value_counts(self, database: D, rows: Relation, series: Relation) -> Iterable[Row]:
        """Return for each value of a series with one unit: key of the series, value, unit, count, latest moment."""
        raise NotImplementedError

    def page(self, keys: peewee.ModelSelect[Any], key: peewee.Field) -> peewee.Query:
        """Return the query ``keys``, of the column ``key`` and with a limit, as one that may stand behind IN."""
        return keys

    # -- order ------------------------------------------------------------------------------
    def insertion_order(self, model: type[Model]) -> Expression:
        """Return the expression by which ties are broken: the order of insertion, or near it."""
        key: Expression = model._meta.primary_key
        return key

    # -- what tables there are ---------------------------------------------------------------
    def columns_by_table(self, database: D) -> dict[str, set[str]]:
        """Return the names of the columns of every table, in one query."""
        raise NotImplementedError

    def references(self, database: D) -> list[tuple[str, str, str, str]]:
        """Return the references of all tables: table, column, the table it leads to, the action ``ON DELETE``."""
        raise NotImplementedError

    def drop_index(self, database: D, table: str, index: str) -> None:
        """Drop an index of a table, by its name."""
        database.execute_sql(f'DROP INDEX "{index}"')

    def settle_references(self, database: D) -> None:
        """Check now, within a transaction, the references of what it has written: tables can then be altered."""

    def drop_tables(self, database: D, tables: list[str]) -> None:
        """Drop tables that may refer to each other, and that no other refers to."""
        listed = ", ".join(f'"{table}"' for table in tables)
        database.execute_sql(f"DROP TABLE {listed}")

    def change_reference(self, database: D, table: str, column: str, action: str | None) -> None:
        """Have rows whose ``column`` points at one that goes be treated as ``ON DELETE action`` says.

        None drops the constraint of the reference.
        """
        raise NotImplementedError

    def uuid_of_number(self, column: str, digits: str) -> str:
        """Return the SQL for the UUID that stands for a number: the number in ``column``, and ``digits`` behind it."""
        raise NotImplementedError

    def keys_to_uuids(self, database: D, tables: Mapping[str, Mapping[str, str]]) -> None:
        """Make the numbers in columns of ``tables`` UUIDs: keys, and references to them.

        ``tables`` gives for each column of a table the 20 hex digits behind the number (see
        :mod:`..numbered_keys`); a table that refers to another one stands before it.
        """
        raise NotImplementedError

    def require_value(self, database: D, table: str, column: str) -> None:
        """Declare a column NOT NULL, in which no row has null."""
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET NOT NULL')

    def make_synced_foods(self, database: D) -> None:
        """Make the table in which wger, on this database, keeps the foods that it sends to phones."""

    def widen_decimals(self, database: D, table: str, column: str, digits: str) -> None:
        """Let a column of decimals hold more ``digits``, as :meth:`decimal_modifiers` says them: ``"8, 2"``."""
        database.execute_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE NUMERIC({digits})')

    # -- whole databases of a server, for tests ----------------------------------------------------
    def make_database(self, database: D, name: str) -> None:
        """Make an empty database beside ``database``; one that has the name goes."""
        self.drop_database(database, name)
        database.execute_sql(f'CREATE DATABASE "{name}"')

    def copy_database(self, database: D, name: str, copy: str) -> None:
        """Make a database ``copy`` that is as the one called ``name``, to which nobody is connected."""
        raise NotImplementedError

    def drop_database(self, database: D, name: str) -> None:
        """Drop a database, if it is there, whoever is connected to it."""
        database.execute_sql(f'DROP DATABASE IF EXISTS "{name}"')

    # -- a copy, before much is changed --------------------------------------------------------
    def copy_beside(self, database: D, progress: Progress) -> str | None:
        """Copy the database, as it was last committed, to a new file beside it; returns its path.

        Raises :class:`..upgrades.UpgradeRefused` where there is no room.  None, and no copy, of a database that is
        no file: its server has tools for that.
        """
        return None

    # -- backups (see storage.backups) ---------------------------------------------------------
    backup_suffix = ""
    """What the name of a copy ends with; nothing where none is made, and the following are not asked."""

    def dump(self, database: D, target: Path, progress: Progress) -> None:
        """Copy the database, as it is committed now, to the new file ``target``, while others write."""
        raise NotImplementedError

    def check_dump(self, copy: Path) -> None:
        """Raise :class:`..backups.BackupRefused` where a file is no whole copy."""
        raise NotImplementedError

    def demand_alone(self, database: D) -> None:
        """Raise :class:`..backups.BackupRefused` where another program has the database open."""
        raise NotImplementedError

    def load_dump(self, database: D, copy: Path, moment: str, progress: Progress) -> str | None:
        """Put a copy in the place of the database, whole or not at all; returns where what was there is now."""
        raise NotImplementedError

    def workshop(self, database: D) -> Path | None:
        """Return the folder in which such a copy must lie; None for any."""
        return None

    # -- what has changed -------------------------------------------------------------------
    def change_marker(self, database: D) -> object:
        """Return a value that differs from what it was before anything was written; None if nothing tells."""
        return None

    def commit_marker(self, database: D) -> object:
        """Return a value that is the same for all threads, and another one once anybody has committed anything.

        None where nothing tells, or the database does not answer.
        """
        return None

    def estimated_count(self, database: D, model: type[Model]) -> int | None:
        """Return about how many rows a large table has, None where counting them is cheap."""
        return None

    # -- names, as people type them (see storage.names) ---------------------------------------
    def can_index_names(self, database: D) -> bool:
        """Tell whether pieces of names can be found fast enough to keep copies of names for it."""
        return False

    def prepare_names(self, database: D, table: str) -> None:
        """Make the index that finds pieces of the column ``folded`` of ``table``, unless it is there."""

    def drop_names(self, database: D, table: str) -> None:
        """Drop the index that :meth:`prepare_names` made, where it does not go with the table."""

    @contextmanager
    def renaming(self, database: D, table: str, keys: list[int] | None) -> Iterator[None]:
        """Keep that index in step while a block writes the rows ``keys`` (None: any) of ``table``."""
        yield

    def name_terms(self, pieces: list[list[str]]) -> tuple[str, ...]:
        """Return the values for :meth:`names_with`: of each list in ``pieces``, one must be in the name."""
        raise NotImplementedError

    def names_with(self, copy: type[NameCopy], *terms: Expression) -> peewee.Select:
        """Return the query for the keys in ``copy``, a copy of names, of those with the pieces."""
        raise NotImplementedError

    def count_names(self, database: D, table: str, pieces: list[list[str]], most: int) -> int:
        """Return how many rows of ``table`` have the pieces, ``most`` for more."""
        raise NotImplementedError

    def similar_words(self, database: D, table: str, word: str) -> list[str]:
        """Return a few dozen folded words of ``table`` that look like ``word``, the most similar first."""
        raise NotImplementedError

    def place(self, text: Expression, part: Expression) -> Expression:
        """Return where ``part`` begins in ``text``: 1 at its start, 0 nowhere."""
        return peewee.fn.STRPOS(text, part)

    def greatest(self, *numbers: Expression) -> Expression:
        """Return the expression for the greatest of ``numbers``, none of which is null."""
        return peewee.fn.GREATEST(*numbers)

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

    def version(self, database: D) -> str:
        """Return the version of the database's program."""
        told: str = database.execute_sql("SHOW server_version").fetchone()[0]
        return told

    def address(self, database: D) -> str:
        """Return the URL that tells this database from others, without secrets."""
        raise NotImplementedError

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


def load_json(value: Any) -> Any:
    """Read JSON that the driver hands over as text."""
    if type(value) is str:
        try:
            read, end = _scan(value, 0)
        except StopIteration:  # it begins with a blank, or is none
            return json.loads(value)
        return read if end == len(value) else json.loads(value)
    return json.loads(value) if isinstance(value, str | bytes) else value


_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]  # what json.loads() leads to
