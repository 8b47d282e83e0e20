"""Rows that are kept for other answers are those that would be made now, whichever of their tables was written to."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from ...rest.caching import PUBLIC
from ...rest.row_cache import RowCache
from ...storage.database import IntegrityError, database, transaction
from ..server import nothing_kept

SIZE = 4_000_000
_TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"')
_TEXTS = re.compile("(?i)var|character var|text")
_WORDS = re.compile("name|author|alias|comment|description")


@pytest.fixture
def rows_kept(app, monkeypatch):
    """The cache of rows, with room for some megabytes; finished answers are not kept."""
    cache = RowCache(SIZE)
    monkeypatch.setattr(app.answers, "most", 0)
    monkeypatch.setattr(app.extensions["wger_flask"], "rows", cache)
    return cache


def answers(api, resource, key) -> list[bytes]:
    """Return the answers to lists and to a row, asked for often enough that rows are kept, and given again."""
    paths = [f"{resource.name}/?limit=100", f"{resource.name}/?limit=2", f"{resource.name}/{key}/"] * 2
    return [api().get(path).data for path in [*paths, *paths]]


def change(table: str) -> str:
    """Return SQL that changes words in all rows of a table; where it has none, they go."""
    unique = {column for index in database.obj.get_indexes(table) if index.unique for column in index.columns}
    for column in database.obj.get_columns(table):
        if _TEXTS.match(column.data_type) and _WORDS.search(column.name) and column.name not in unique:
            return f'UPDATE "{table}" SET "{column.name}" = \'other\''
    return f'DELETE FROM "{table}"'


def test_rows_that_are_kept_are_those_that_would_be_made(app, api, resource, rows, rows_kept, monkeypatch):
    seen: list[str] = []
    with nothing_kept(app), monkeypatch.context() as noting:
        noting.setattr(database.obj, "query_hooks", [lambda event: seen.append(event.sql)])
        before = answers(api, resource, rows[0])
    assert answers(api, resource, rows[0]) == before
    if resource.cache_scope != PUBLIC or resource.dump.is_plain:
        assert not rows_kept._rows
        return
    # Where a test's changes are rolled back, it is a transaction itself, in which nothing is kept.
    assert bool(rows_kept._rows) is not database.obj.in_transaction()
    changed = []
    changes = [change(table) for table in dict.fromkeys(name for sql in seen for name in _TABLE.findall(sql))]
    for sql in sorted(changes, reverse=True):  # what goes takes nothing along that is still to be changed
        with suppress(IntegrityError), transaction():
            database.obj.execute_sql(sql)
        given = answers(api, resource, rows[0])
        with nothing_kept(app):
            assert given == answers(api, resource, rows[0]), sql
        changed.append(given != before)
        before = given
    assert any(changed)
