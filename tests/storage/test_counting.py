"""A count is asked for once as long as nothing is written."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage import counting, query_cache
from wger_flask.storage.database import database, open_database, transaction
from wger_flask.storage.predicates import equals
from wger_flask.storage.query import Selection

Category = BY_LABEL["exercises.exercisecategory"]


@pytest.fixture
def counts(held):
    """The counting queries that run: a list that grows."""
    seen = []

    def note(event):
        if "COUNT(" in event.sql:
            seen.append(event.sql)

    held.query_hooks.append(note)
    yield seen
    held.query_hooks.remove(note)


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
        assert query_cache.remembered(("many", number), lambda number=number: number) == number
    assert len(query_cache._known.answers) == 3 or held.dialect.change_marker(held) is None


class Estimating:
    """A database whose planner believes something."""

    def __init__(self, rows):
        self.dialect = self
        self.rows = rows

    def estimated_count(self, held, model):
        return self.rows


@pytest.mark.parametrize(("rows", "at_least", "told"), [(None, 0, None), (50, 20, 50), (50, 50, None), (50, 60, None)])
def test_an_estimate_is_never_below_what_is_known(monkeypatch, rows, at_least, told):
    monkeypatch.setattr(counting, "database", type("Held", (), {"obj": Estimating(rows)}))
    assert counting.estimated(Category, at_least) == told


def test_small_tables_are_counted(held):
    assert counting.estimated(Category, 0) is None
    assert Selection(Category).count(at_least=0) == 0
    assert database.obj is held


@pytest.mark.parametrize("gap", [None, 5, 1200, 1400])
def test_far_pages_are_the_same_with_gaps_in_the_numbers_and_without(held, gap):
    with transaction():
        for number in range(1500):
            Category.create(name=f"Number {number}")
        if gap:
            Category.delete().where(Category.id == gap).execute()
    keys = [key for (key,) in Selection(Category).rows(("id",))]
    for order in ((), ("id",), ("-id",)):
        in_order = sorted(keys, reverse=order == ("-id",))
        for offset in (999, 1000, 1198, 1490, 1499, 1500, 9000):
            found = Selection(Category, (), order).rows(("id",), 10, offset)
            assert [key for (key,) in found] == in_order[offset : offset + 10]
