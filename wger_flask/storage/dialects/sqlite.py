"""SQLite: one file, complete, the default.

Django keeps UUIDs as 32 hex digits, moments as text in UTC and decimals as numbers here.
Readers see the last committed state while one writer works (WAL).
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import unquote

import peewee

from .base import Dialect, Reader, load_json, wire_moment

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "temp_store": "memory",
    "cache_size": -8000,
    "mmap_size": 268435456,
}
BUSY_SECONDS = 30


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


class SqliteDialect(Dialect):
    """Answers of SQLite with Django's encodings."""

    name = "sqlite"
    key_suffix = "AUTOINCREMENT"
    sorts_nulls_first = True

    def write_moment(self, value: datetime) -> str:
        return value.replace(tzinfo=None).isoformat(sep=" ")

    def read_moment(self, value: str) -> datetime:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def decimal_modifiers(self, digits: int, places: int) -> None:
        return None

    wire_boolean = bool
    wire_uuid = staticmethod(_dashed)
    wire_json = staticmethod(load_json)
    wire_date = None
    wire_time = None

    def wire_moment(self, zone: tzinfo) -> Reader:
        if zone.utcoffset(None) == timedelta(0):  # what is stored is in the server's zone: only the spelling differs
            return lambda text: f"{text[:10]}T{text[11:]}Z"
        parse = datetime.fromisoformat
        return lambda text: wire_moment(parse(text).replace(tzinfo=UTC), zone)

    def insertion_order(self, model):
        return peewee.Column(model._meta.table, "rowid")

    def clash(self, error):
        kind, _, places = str(error).partition("UNIQUE constraint failed: ")
        if kind or not places:
            return None
        pairs = [place.split(".") for place in places.split(", ")]
        return pairs[0][0], frozenset(column for _, column in pairs)

    @contextmanager
    def writing(self, database):
        # A deferred transaction that reads first fails at once with "database is locked" when
        # another one has written meanwhile, whatever the timeout: take the lock up front.
        with database.atomic("IMMEDIATE") if not database.in_transaction() else database.atomic():
            yield

    @contextmanager
    def attempting(self, database):
        # A statement that fails undoes itself alone.  A savepoint would cost more than all the
        # rest: below one, every row that is written has its pages copied first.
        yield

    def one_at_a_time(self, database, what):
        """Do nothing: whoever writes holds the only lock there is."""

    @contextmanager
    def bulk_loading(self, database):
        before = database.pragma("cache_size")
        database.pragma("cache_size", -64000)
        try:
            with self.writing(database):
                yield
        finally:
            database.pragma("cache_size", before)


class Sqlite(peewee.SqliteDatabase):
    """Peewee's SQLite with Django's column types."""

    field_types = {
        **peewee.SqliteDatabase.field_types,
        "BOOL": "bool", "UUID": "char(32)", "DATETIME": "datetime", "DECIMAL": "decimal", "JSON": "text",
    }  # fmt: skip
    dialect = SqliteDialect()

    def __init__(self, path: str):
        super().__init__(path, pragmas=PRAGMAS, timeout=BUSY_SECONDS, returning_clause=False, cached_statements=512)


def open_sqlite(url: str, parts) -> Sqlite:
    """Return the database in the file of ``sqlite:///relative`` or ``sqlite:////absolute``."""
    path = unquote(parts.path[1:]) if parts.path.startswith("/") else ""
    if path in ("", ":memory:"):
        raise ValueError("a file is needed, as in sqlite:///wger.sqlite")
    Path(path).absolute().parent.mkdir(parents=True, exist_ok=True)
    return Sqlite(path)
