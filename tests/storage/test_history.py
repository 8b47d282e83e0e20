"""Histories outlive what they are about."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage.cascade import delete
from wger_flask.storage.database import transaction
from wger_flask.storage.history import record

Exercise, Past = BY_LABEL["exercises.exercise"], BY_LABEL["exercises.historicalexercise"]
User = BY_LABEL["auth.user"]


@pytest.fixture
def exercise(held):
    BY_LABEL["core.license"].create(id=2, full_name="L", short_name="L")
    return Exercise.create(category=BY_LABEL["exercises.exercisecategory"].create(name="Abs"), license_author="ada")


def test_each_edit_leaves_a_copy(exercise):
    ada = User.create(username="ada", password="!")
    record(exercise, "created", ada.id)
    stored = Exercise.get_by_id(exercise.id).__data__
    exercise.license_author = "grace"
    record(exercise, "changed", None)
    copies = list(Past.select().order_by(Past.history_id))
    assert [(one.history_type, one.license_author, one.history_user_id) for one in copies] == [
        ("+", "ada", ada.id),
        ("~", "grace", None),
    ]
    for name in Exercise._meta.sorted_field_names:
        if name != "license_author":
            assert copies[0].__data__[name] == stored[name]


def test_copies_outlive_the_row_and_its_author(exercise):
    ada = User.create(username="ada", password="!")
    record(exercise, "deleted", ada.id)
    with transaction():
        delete(Exercise, [exercise.id])
        delete(User, [ada.id])
    copy = Past.get()
    assert (copy.id, copy.history_type, copy.history_user_id) == (exercise.id, "-", None)


def test_a_row_may_have_many_copies(exercise):
    for _ in range(3):
        record(exercise, "changed", None)
    assert Past.select().where(Past.uuid == exercise.uuid).count() == 3
