"""A count is asked for once as long as nothing is written."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage import query_cache
from wger_flask.storage.database import open_database, transaction
from wger_flask.storage.predicates import equals
from wger_flask.storage.query import Selection

Category = BY_LABEL["exercises.exercisecategory"]


def test_a_count_is_remembered_until_something_is_written(held, counts):
    Category.create(name="Arms")
    assert [Selection(Category).count() for _ in range(3)] == [1, 1, 1]
    assert len(counts) == 1
    Category.create(name="Legs")
    assert Selection(Category).count() == 2
    assert Selection(Category, (equals(Category.name, "Legs"),)).count() == 1
    assert Selection(Category, (equals(Category.name, "Nose"),)).count() == 0
    Category.delete().execute()
    assert Selection(Category).count() == 0


def test_other_connections_writes_are_seen(held):
    Category.create(name="Arms")
    assert Selection(Category).count() == 1
    held.close()
    held.connect()
    Category.create(name="Legs")
    assert Selection(Category).count() == 2


def test_what_is_rolled_back_was_never_counted(held):
    Category.create(name="Arms")
    assert Selection(Category).count() == 1
    with pytest.raises(ZeroDivisionError), transaction():
        Category.create(name="Legs")
        assert Selection(Category).count() == 2
        raise ZeroDivisionError
    assert Selection(Category).count() == 1


def test_another_database_is_another_count(held):
    Category.create(name="Arms")
    assert Selection(Category).count() == 1
    url = f"sqlite:///{held.database}" if held.dialect.name == "sqlite" else None
    if url is None:
        pytest.skip("only files are opened twice here")
    held.close()
    reopened = open_database(url)
    Category.create(name="Legs")
    assert Selection(Category).count() == 2
    reopened.close()


def test_few_answers_are_remembered(held, monkeypatch):
    monkeypatch.setattr(query_cache, "_MOST", 3)
    for number in range(9):
        assert query_cache.remembered(("many", number), lambda number=number: number, "a_table") == number
    assert len(query_cache._own.answers) == 3 or held.dialect.change_marker(held) is None


@pytest.mark.parametrize(("rows", "at_least", "told"), [(None, 0, 2), (50, 20, 50), (50, 50, 2), (50, 60, 2)])
def test_an_estimate_is_never_below_what_is_known(held, monkeypatch, rows, at_least, told):
    for name in "ab":
        Category.create(name=name)
    monkeypatch.setattr(held.dialect, "estimated_count", lambda held, model: rows)
    assert Selection(Category).count(at_least=at_least) == told


def test_small_tables_are_counted(held):
    assert held.dialect.estimated_count(held, Category) is None
    assert Selection(Category).count(at_least=0) == 0
