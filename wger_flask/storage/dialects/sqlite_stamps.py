"""Tell on SQLite whether certain tables were written to, whatever happened to others.

Some large tables have a stamp: a random number, which triggers draw anew with each row that is written, in the same
transaction.  So two moments with the same stamp have the same rows, whichever process or program wrote, and also where
a transaction was undone or an older copy of the file put back.

A trigger may be gone without a word: who rebuilds a table drops those on it.  That changes the schema, of which SQLite
counts the versions; so with each of these it is looked at whether the triggers are there as they are to be.  A table
that lacks one has no stamp.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .sqlite_file import SqliteFile

_STAMPS = "wger_flask_stamp"
_MOMENTS = ("insert", "update", "delete")
_BESIDE = ("_fts", "_near")
"""How the indexes of a copy of names are called behind its own name: they are written when the copy is."""
_TRIGGERS = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{_STAMPS}%'"
_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
_WORDS = re.compile(r"\w+")
_MOST_TEXTS = 1024  # which tables they name is known


def _triggers(table: str) -> dict[str, str]:
    """Return the triggers that draw the stamp of ``table``: their names and texts."""
    draw = f"UPDATE {_STAMPS} SET stamp = random() WHERE name = '{table}'"
    names = {f"{_STAMPS}_{table}_{moment}": moment.upper() for moment in _MOMENTS}
    return {
        name: f'CREATE TRIGGER "{name}" AFTER {moment} ON "{table}" BEGIN {draw}; END' for name, moment in names.items()
    }


def prepare(database: SqliteFile, tables: Iterable[str]) -> None:
    """Give each of ``tables`` a stamp, and a new one where a trigger was gone: what it missed is not known."""
    database.execute_sql(
        f"CREATE TABLE IF NOT EXISTS {_STAMPS} (name TEXT PRIMARY KEY, stamp INTEGER NOT NULL) WITHOUT ROWID"
    )
    held = dict(database.execute_sql(_TRIGGERS))
    for table in tables:
        wanted = _triggers(table)
        lacking = {name: text for name, text in wanted.items() if held.get(name) != text}
        for name, text in lacking.items():
            database.execute_sql(f'DROP TRIGGER IF EXISTS "{name}"')
            database.execute_sql(text)
        if lacking:
            database.execute_sql(f"INSERT OR REPLACE INTO {_STAMPS} (name, stamp) VALUES (?, random())", (table,))


class Stamps(threading.local):
    """What this thread's connection knows of the stamps, as long as nothing is written."""

    def __init__(self) -> None:
        self._change: object = None
        self._schema: tuple[object, ...] = ()
        self._told_by: dict[str, str | None] = {}  # of each table, the one whose stamp tells of it
        self._stamps: dict[str, int] = {}
        self._texts: dict[str, list[str] | None] = {}

    def marker(self, database: SqliteFile, text: str) -> object:
        """Return a value that differs from what it was before a table was written to that ``text`` names.

        ``text`` is SQL, or names of tables with anything between them.  None where one of them has no stamp.
        """
        change = database.dialect.change_marker(database)
        if change != self._change:
            self._look(database)
            self._change = change
        if text not in self._texts:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            self._texts[text] = self._named(text)
        tables = self._texts[text]
        return None if tables is None else (self._schema[0], *[self._stamps[table] for table in tables])

    def _look(self, database: SqliteFile) -> None:
        connection = database.connection()
        # Another file may be in its version of the same number.
        schema = connection.execute("PRAGMA schema_version").fetchone()[0], connection
        if schema != self._schema:
            held = dict(connection.execute(_TRIGGERS))
            tables = {name for (name,) in connection.execute(_TABLES)}
            stamped = {table for table in tables if _triggers(table).items() <= held.items()}
            self._told_by = {table: table if table in stamped else None for table in tables}
            self._told_by |= {table + index: table for table in stamped for index in _BESIDE}
            self._texts, self._schema = {}, schema
        has_any = any(self._told_by.values())
        self._stamps = dict(connection.execute(f"SELECT name, stamp FROM {_STAMPS}")) if has_any else {}

    def _named(self, text: str) -> list[str] | None:
        """Return the tables whose stamps tell of all that ``text`` names, None where they do not.

        Whatever has the name of a table is taken for it: at worst, too much is asked anew.
        """
        text = text.lower()
        words = set(_WORDS.findall(text))
        named = [table for table in self._told_by if table.lower() in (words if _WORDS.fullmatch(table) else text)]
        telling = {self._told_by[table] for table in named}
        known = sorted(table for table in telling if table is not None and table in self._stamps)
        return known if named and len(known) == len(telling) else None
