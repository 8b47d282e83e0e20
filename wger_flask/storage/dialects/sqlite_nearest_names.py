"""The nearest of many names on SQLite: a full-text index that gives names in the order of their length.

How near a name is to what was typed depends on where that stands in it, and then on its length.  So of a word that very
many names have, the shortest names of each kind are all that has to be looked at.  The key of a name in this index is
its length and then its own key; the index holds no text.

Triggers on the copy of names, a table of ours, keep it in step: so does a server of before that uses the same database.

The functions are methods of the dialect: :class:`.names.Names` says what each does.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import peewee

from ..types import Expression
from .sqlite_file import SqliteFile

_BITS = 40  # of a key; what is above them is the length
_KEY = (1 << _BITS) - 1
_MANY = 200_000  # names, of which all is made in a second
_LAST = "\U0010ffff"  # stands in no folded name, and behind everything that does


def _place(row: str) -> str:
    return f"(length({row}folded) << {_BITS}) | {row}id"


def is_there(database: SqliteFile, table: str) -> bool:
    made = "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    return bool(database.execute_sql(made, (f"{table}_near_update",)).fetchone())


def prepare(database: SqliteFile, table: str) -> None:
    if is_there(database, table):
        return
    drop(database, table)  # what a table that went in another way has left
    database.execute_sql(f'CREATE INDEX "{table}_folded" ON "{table}" (folded)')
    near = f'"{table}_near"'
    database.execute_sql(
        f"CREATE VIRTUAL TABLE {near} USING fts5(folded, content='', columnsize=0, tokenize='trigram')"
    )
    database.execute_sql(
        f'INSERT INTO {near}(rowid, folded) SELECT {_place("")}, folded FROM "{table}" ORDER BY length(folded), id'
    )
    add = f"INSERT INTO {near}(rowid, folded) VALUES ({_place('NEW.')}, NEW.folded);"
    remove = f"""INSERT INTO {near}("{table}_near", rowid, folded) VALUES ('delete', {_place("OLD.")}, OLD.folded);"""
    for name, moment, body in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", remove),
        ("update", "UPDATE", remove + add),  # the last to be made: where it is, all is
    ):
        changed = "WHEN NEW.folded <> OLD.folded OR NEW.id <> OLD.id" if name == "update" else ""
        database.execute_sql(
            f'CREATE TRIGGER IF NOT EXISTS "{table}_near_{name}" AFTER {moment} ON "{table}" {changed} BEGIN {body} END'
        )


@contextmanager
def rebuilt(database: SqliteFile, table: str) -> Iterator[None]:
    """Make everything anew behind a block that writes a great many names; not where far more are there already."""
    many = f'SELECT 1 FROM "{table}" LIMIT 1 OFFSET {_MANY}'
    if not is_there(database, table) or database.execute_sql(many).fetchone():
        yield
        return
    drop(database, table)
    yield
    prepare(database, table)


def drop(database: SqliteFile, table: str) -> None:
    database.execute_sql(f'DROP INDEX IF EXISTS "{table}_folded"')
    for name in ("insert", "delete", "update"):
        database.execute_sql(f'DROP TRIGGER IF EXISTS "{table}_near_{name}"')
    database.execute_sql(f'DROP TABLE IF EXISTS "{table}_near"')


def shortest(
    database: SqliteFile, table: str, terms: Sequence[str], part: str = "", start: str = "", without: str = ""
) -> Generator[tuple[int, int], None, None]:
    wanted = [f"({term})" for term in terms]
    wanted += [f'^"{start}"'] if start else [f'"{part}"'] if part else []
    expression = " AND ".join(wanted)
    if without:
        expression = f'({expression}) NOT "{without}"'
    query = f"""SELECT rowid FROM "{table}_near" WHERE "{table}_near" MATCH ? ORDER BY rowid"""
    cursor = database.execute_sql(query, (expression,))
    try:
        for (place,) in cursor:
            yield place >> _BITS, place & _KEY
    finally:
        cursor.close()  # who has enough leaves the rest, and an open query would hold tables


def beginning(database: SqliteFile, table: str, start: str, most: int) -> list[tuple[int, str]]:
    query = f'SELECT id, folded FROM "{table}" WHERE folded >= ? AND folded < ? LIMIT ?'
    return list(database.execute_sql(query, (start, start + _LAST, most)))


def pieces_of(terms: Sequence[str]) -> list[list[str]]:
    return [re.findall('"([^"]*)"', some) for some in terms[0].split(") AND (")]  # there is no quote in a piece


def listed(keys: Expression) -> Any:
    return peewee.NodeList((peewee.SQL("(SELECT value FROM json_each("), keys, peewee.SQL("))")))
