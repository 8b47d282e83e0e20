"""Pieces of names on SQLite: a full-text index over all groups of three letters.

The functions are methods of the dialect: :class:`.base.Dialect` says what each does.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import peewee

from ..types import Expression
from . import sqlite_nearest_names as nearest_names
from .sqlite_file import SqliteFile

if TYPE_CHECKING:
    from ..name_search.index import NameCopy


def can_index_names(database: SqliteFile) -> bool:
    return _has_trigrams()


@lru_cache(None)
def _has_trigrams() -> bool:
    """Tell whether this SQLite has the full-text index that names need (3.34 of 2020, with FTS5)."""
    with closing(sqlite3.connect(":memory:")) as held:
        try:
            held.execute("CREATE VIRTUAL TABLE probe USING fts5(folded, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def _expression(pieces: list[list[str]]) -> str:
    """Return the full-text expression for one piece of each list; no list at all matches nothing."""
    return " AND ".join("(" + " OR ".join(f'"{piece}"' for piece in some) + ")" for some in pieces) or '""'


def prepare_names(database: SqliteFile, table: str) -> None:
    is_there = database.execute_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{table}_fts",)).fetchone()
    if not is_there:
        database.execute_sql(
            f"""CREATE VIRTUAL TABLE "{table}_fts" USING fts5(
                folded, content='{table}', content_rowid='id', columnsize=0, tokenize='trigram')"""
        )
        database.execute_sql(f"""INSERT INTO "{table}_fts"("{table}_fts") VALUES ('rebuild')""")

    # As narrow as can be: how many names there are is asked for after every write.
    database.execute_sql(f'CREATE INDEX IF NOT EXISTS "{table}_keys" ON "{table}" (id)')


def drop_names(database: SqliteFile, table: str) -> None:
    database.execute_sql(f'DROP TABLE IF EXISTS "{table}_fts"')
    nearest_names.drop(database, table)


@contextmanager
def renaming(database: SqliteFile, table: str, keys: list[int] | None) -> Iterator[None]:
    if keys is None:
        with nearest_names.rebuilt(database, table):
            yield
        database.execute_sql(f"""INSERT INTO "{table}_fts"("{table}_fts") VALUES ('rebuild')""")
        return
    rows = f"""SELECT id, folded FROM "{table}" WHERE id IN (SELECT value FROM json_each(?))"""
    chosen = (json.dumps(keys),)
    database.execute_sql(
        f"""INSERT INTO "{table}_fts"("{table}_fts", rowid, folded) SELECT 'delete', * FROM ({rows})""", chosen
    )
    yield
    database.execute_sql(f"""INSERT INTO "{table}_fts"(rowid, folded) {rows}""", chosen)


def name_terms(pieces: list[list[str]]) -> tuple[str, ...]:
    return (_expression(pieces),)


def names_with(copy: type[NameCopy], *terms: Expression) -> peewee.Select:
    index = peewee.Table(f"{copy._meta.table_name}_fts")
    whole_row = peewee.SQL(f'"{copy._meta.table_name}_fts"')
    return index.select(peewee.SQL("rowid")).where(peewee.Expression(whole_row, "MATCH", terms[0]))


def count_names(database: SqliteFile, table: str, pieces: list[list[str]], most: int) -> int:
    matching = f"""SELECT 1 FROM "{table}_fts" WHERE "{table}_fts" MATCH ? LIMIT ?"""
    values = (_expression(pieces), most)
    count: int = database.execute_sql(f"SELECT count(*) FROM ({matching})", values).fetchone()[0]
    return count


def similar_words(database: SqliteFile, table: str, word: str) -> list[str]:
    text = f"  {word}  "
    triples = [[text[start : start + 3] for start in range(len(text) - 2)]]
    query = f"""SELECT folded FROM "{table}_fts" WHERE "{table}_fts" MATCH ? ORDER BY rank LIMIT 40"""
    return [row[0] for row in database.execute_sql(query, (_expression(triples),))]
