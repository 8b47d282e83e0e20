"""SQLite: one file, complete, the default.

Django keeps UUIDs as 32 hex digits, moments as text in UTC and decimals as numbers here.
How the file is held is in :mod:`.sqlite_file`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import peewee

from ..types import Expression, Reader
from ..upgrades import Progress
from . import sqlite_backup
from . import sqlite_names as names
from . import sqlite_nearest_names as nearest_names
from .addresses import Addresses
from .base import Dialect
from .driver_errors import Unavailable, told_by_driver
from .plain_values import PlainValues
from .sqlite_copy import copy_beside
from .sqlite_declarations import keys_to_uuids, require_value, uuid_of_number
from .sqlite_file import SqliteFile
from .sqlite_references import change_reference
from .sqlite_stamps import prepare as prepare_stamps
from .sqlite_sync_log import SqliteSyncLog
from .sqlite_value_series import bucket_start, bucket_totals, count_buckets, value_counts
from .values import wire_moment
from .wait_limits import Line

if TYPE_CHECKING:
    from ..model import Model

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
}  # fmt: skip


# The catalogue is read over and over: its moments are the same, and reading one takes a microsecond.
@lru_cache(4096)
def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@lru_cache(16_384)
def _in_zone(zone: tzinfo, text: str) -> str:
    return wire_moment(_moment(text), zone)


class SqliteDialect(PlainValues, Dialect[SqliteFile]):
    """Answers of SQLite with Django's encodings."""

    name = "sqlite"
    key_suffix = "AUTOINCREMENT"
    sorts_nulls_first = True
    orders_by_key = keeps_inner_order = counts_copied_names = covers_expressions = True
    runs_in_process = True
    sync_log = SqliteSyncLog()
    version_query = "SELECT sqlite_version()"

    def read_moment(self, value: str) -> datetime:  # type: ignore[override]  # the driver gives texts
        return _moment(value)

    def decimal_modifiers(self, digits: int, places: int) -> None:
        return None

    wire_date = None
    wire_time = None

    def wire_moment(self, zone: tzinfo) -> Reader:
        if zone.utcoffset(None) == timedelta(0):  # what is stored is in that zone: only the spelling differs
            return lambda text: f"{text[:10]}T{text[11:]}Z"
        return partial(_in_zone, zone)

    def json_text(self, column: Expression, name: str) -> Expression:
        return peewee.fn.json_extract(column, _json_path(name)).cast("text")

    def json_number(self, column: Expression, name: str) -> Expression:
        path = _json_path(name)
        is_number = peewee.fn.json_type(column, path).in_(peewee.SQL("('integer', 'real')"))
        found = peewee.fn.json_extract(column, path)
        is_finite = found.between(peewee.SQL("-1.7e308"), peewee.SQL("1.7e308"))
        return peewee.Case(None, [(is_number & is_finite, found)], None)

    bucket_totals = staticmethod(bucket_totals)
    count_buckets = staticmethod(count_buckets)
    value_counts = staticmethod(value_counts)

    def insertion_order(self, model: type[Model]) -> Expression:
        return peewee.Column(model._meta.table, "rowid")

    def unique_violation(self, error: Exception) -> tuple[str, frozenset[str]] | None:
        kind, _, places = str(error).partition("UNIQUE constraint failed: ")
        if kind or not places:
            return None
        pairs = [place.split(".") for place in places.split(", ")]
        return pairs[0][0], frozenset(column for _, column in pairs)

    # -- what tables there are -----------------------------------------------------------------
    columns_query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"

    def references(self, database: SqliteFile) -> list[tuple[str, str, str, str]]:
        query = """SELECT m.name, r."from", r."table", r.on_delete
                   FROM sqlite_master m, pragma_foreign_key_list(m.name) r WHERE m.type = 'table'"""
        return database.execute_sql(query).fetchall()

    def drop_tables(self, database: SqliteFile, tables: list[str]) -> None:
        for table, column, to, _ in self.references(database):
            if table in tables and to in tables:  # a table cannot go while what it refers to is gone
                change_reference(database, table, column, None)
        for table in tables:
            database.execute_sql(f'DROP TABLE "{table}"')

    change_reference = staticmethod(change_reference)
    uuid_of_number = staticmethod(uuid_of_number)
    keys_to_uuids = staticmethod(keys_to_uuids)
    require_value = staticmethod(require_value)

    def copy_beside(self, database: SqliteFile, progress: Progress) -> str:
        return str(copy_beside(_file_of(database), progress))

    # -- backups ---------------------------------------------------------------------------------
    backup_suffix = ".sqlite"
    check_dump = staticmethod(sqlite_backup.check)

    def dump(self, database: SqliteFile, target: Path, progress: Progress) -> None:
        sqlite_backup.dump(_file_of(database), target, progress)

    def demand_alone(self, database: SqliteFile) -> None:
        with sqlite_backup.alone(_file_of(database), is_to_stay=True):
            pass

    def load_dump(self, database: SqliteFile, copy: Path, moment: str, progress: Progress) -> str | None:
        return sqlite_backup.load(_file_of(database), copy, moment)

    def workshop(self, database: SqliteFile) -> Path:
        return _file_of(database).parent

    # -- what has changed ----------------------------------------------------------------------
    def change_marker(self, database: SqliteFile) -> object:
        # The first number moves when another connection commits, the second with every row of our own;
        # both begin anew with each connection.
        connection = database.connection()
        return connection, connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes

    prepare_table_markers = staticmethod(prepare_stamps)

    def table_marker(self, database: SqliteFile, text: str) -> object:
        return database.stamps.marker(database, text)

    def commit_marker(self, database: SqliteFile) -> object:
        return database.watch.marker()

    # -- names: a full-text index over all groups of three letters ------------------------------
    can_index_names = staticmethod(names.can_index_names)
    prepare_names = staticmethod(names.prepare_names)
    drop_names = staticmethod(names.drop_names)
    renaming = staticmethod(names.renaming)
    name_terms = staticmethod(names.name_terms)
    names_with = staticmethod(names.names_with)
    count_names = staticmethod(names.count_names)
    similar_words = staticmethod(names.similar_words)
    prepare_nearest = staticmethod(nearest_names.prepare)
    has_nearest = staticmethod(nearest_names.is_there)
    shortest_names = staticmethod(nearest_names.shortest)
    names_from = staticmethod(nearest_names.beginning)
    pieces_of = staticmethod(nearest_names.pieces_of)
    listed = staticmethod(nearest_names.listed)

    def place(self, text: Expression, part: Expression) -> Expression:
        return peewee.fn.INSTR(text, part)

    def greatest(self, *numbers: Expression) -> Expression:
        return peewee.fn.MAX(*numbers)

    def is_unavailable(self, error: Exception) -> bool:
        # The lower eight bits are what happened, the rest says more about it.
        told = told_by_driver(error)
        if isinstance(told, Unavailable):
            return True
        return getattr(told, "sqlite_errorcode", 0) & 0xFF in _UNAVAILABLE

    # -- transactions ----------------------------------------------------------------------------
    @contextmanager
    def write_transaction(self, database: SqliteFile, seconds: float | None = None) -> Iterator[None]:
        if database.in_transaction():
            with database.part_of_transaction():
                yield
            return
        # A deferred transaction that reads first fails at once with "database is locked" when
        # another one has written meanwhile, whatever the timeout: take the lock up front.
        with database.turns.taken(seconds) as place:
            database.look()
            with database.waiting(place) if place else nullcontext(), database.transaction("IMMEDIATE"):
                yield

    def look(self, database: SqliteFile) -> None:
        database.look()

    def settle(self, database: SqliteFile) -> None:
        database.connect(reuse_if_open=True)
        database.close()  # the last one to go moves everything from the log into the file

    def address(self, database: SqliteFile) -> str:
        return f"sqlite:///{self.file(database)}"

    def file(self, database: SqliteFile) -> Path:
        return Path(database.database).resolve()

    @contextmanager
    def savepoint(self, database: SqliteFile) -> Iterator[None]:
        # A statement that fails undoes itself alone.  A savepoint would cost more than all the
        # rest: below one, every row that is written has its pages copied first.
        yield

    def is_elected(self, database: SqliteFile) -> bool:
        return database.election.is_elected()

    def hang_up(self, database: SqliteFile) -> None:
        database.election.resign()
        database.watch.close()

    def advisory_lock(self, database: SqliteFile, what: str) -> None:
        """Do nothing: a writer holds the only lock there is."""

    @contextmanager
    def bulk_loading(self, database: SqliteFile) -> Iterator[None]:
        before = database.pragma("cache_size")
        database.pragma("cache_size", -64000)
        try:
            with self.write_transaction(database):
                yield
        finally:
            database.pragma("cache_size", before)


def _file_of(database: SqliteFile) -> Path:
    return Path(database.database).absolute()


def _json_path(name: str) -> peewee.SQL:
    """Return the path to what an object holds as ``name``: written out, since a value would be parsed once a row."""
    if not name.isidentifier():
        raise ValueError(f"{name!r} is not looked for in JSON")
    return peewee.SQL(f"'$.{name}'")


class Sqlite(SqliteFile):
    """Peewee's SQLite with Django's column types."""

    field_types = {
        **peewee.SqliteDatabase.field_types,
        "BOOL": "bool", "UUID": "char(32)", "DATETIME": "datetime", "DECIMAL": "decimal", "JSON": "text",
    }  # fmt: skip
    dialect = SqliteDialect()

    def __init__(self, path: str, line: Line):
        super().__init__(path, line)
        self.register_function(bucket_start, "bucket_start", 3)


def open_sqlite(addresses: Addresses, line: Line) -> Sqlite:
    """Return the database in the file of ``sqlite:///relative`` or ``sqlite:////absolute``."""
    addresses.refuse_others("a database in a file")
    named = addresses.parts.path
    path = unquote(named[1:]) if named.startswith("/") else ""
    if path in ("", ":memory:"):
        raise ValueError("a file is needed, as in sqlite:///wger.sqlite")
    file = Path(path).absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)  # password hashes lie in it; one that exists keeps its mode
    return Sqlite(path, line)
