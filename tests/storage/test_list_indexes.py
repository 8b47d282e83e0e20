"""Indexes that keep the first page of a long list cheap, in new databases and in upgraded ones."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.reference import BY_LABEL, MODELS
from wger_flask.storage.database import database, transaction
from wger_flask.storage.migrations import numbered
from wger_flask.storage.model import ordering_of
from wger_flask.storage.predicates import equals
from wger_flask.storage.query import Selection

STEPS = [import_module(f"wger_flask.storage.migrations.{name}") for name in ("m0008_list_indexes", "m0010_log_indexes")]
INDEXES = [
    (table, name, terms) for step in STEPS for table, found in step.INDEXES.items() for name, terms in found.items()
]


def indexes() -> dict[str, tuple[str, ...]]:
    """Return the columns of all indexes of the tables that the steps are about."""
    tables = {table for table, _, _ in INDEXES}
    return {index.name: tuple(index.columns) for table in tables for index in database.obj.get_indexes(table)}


def test_an_upgraded_database_has_the_indexes_of_a_new_one(held):
    new = indexes()
    with transaction():
        for _, name, _ in INDEXES:
            database.obj.execute_sql(f'DROP INDEX "{name}"')
    assert not {name for _, name, _ in INDEXES} & set(indexes())
    for _ in range(2):  # the second time there is nothing to do
        with transaction():
            for step in STEPS:
                step.apply(database.obj)
        assert indexes() == new


@pytest.mark.parametrize(("table", "name", "terms"), INDEXES, ids=[name for _, name, _ in INDEXES])
def test_indexes_are_declared_where_their_tables_are(table, name, terms):
    [model] = [model for model in MODELS if model._meta.table_name == table]
    [declared] = [index for index in model._meta.indexes if getattr(index, "_name", "") == name]
    assert len(declared._expressions) == len(terms)


WALKS = {  # what is narrowed to a row of another table, and the index that its order is read from
    "wger_flask_log_dates": ("manager.workoutlog", ("user",)),
    "wger_flask_log_exercises": ("manager.workoutlog", ("user", "exercise")),
    "wger_flask_log_routines": ("manager.workoutlog", ("user", "routine")),
    "wger_flask_log_sessions": ("manager.workoutlog", ("user", "session")),
    "wger_flask_session_starts": ("manager.workoutsession", ("user",)),
    "wger_flask_diary_moments": ("nutrition.logitem", ("plan",)),
    "wger_flask_image_main": ("exercises.exerciseimage", ()),
    "wger_flask_video_main": ("exercises.exercisevideo", ()),
}


@pytest.mark.parametrize("index", WALKS)
def test_the_first_page_is_read_from_an_index(held, index):
    if held.dialect.name != "sqlite":
        pytest.skip("how PostgreSQL reads depends on what is in a table")
    label, narrowed = WALKS[index]
    model = BY_LABEL[label]
    clauses = tuple(equals(getattr(model, name), 1) for name in narrowed)
    seen: list[str] = []
    held.connection().set_trace_callback(seen.append)
    Selection(model, clauses, ordering_of(model)).rows(("id",), 20)
    Selection(model, clauses).count()
    held.connection().set_trace_callback(None)
    first, count = seen[0], seen[-1]
    if narrowed:  # and none of the rows is read to count them
        assert "COVERING INDEX" in " ".join(row[3] for row in held.execute_sql(f"EXPLAIN QUERY PLAN {count}"))
    plan = [row[3] for row in held.execute_sql(f"EXPLAIN QUERY PLAN {first}")]
    assert index in " ".join(plan)
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan  # ties alone are sorted


def test_no_two_steps_have_one_number():
    numbers = [name.split("_")[0] for name in numbered()]
    assert len(numbers) == len(set(numbers)) > 3
