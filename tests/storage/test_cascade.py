"""Rows go with what hangs on them, and references let go where they say so."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage import columns
from wger_flask.storage.bulk import dangling
from wger_flask.storage.cascade import StillReferenced, delete
from wger_flask.storage.database import IntegrityError, transaction
from wger_flask.storage.links import links_of

User, Plan, Meal = (BY_LABEL[label] for label in ("auth.user", "nutrition.nutritionplan", "nutrition.meal"))
LogItem, Ingredient = BY_LABEL["nutrition.logitem"], BY_LABEL["nutrition.ingredient"]
Exercise, Log = BY_LABEL["exercises.exercise"], BY_LABEL["manager.workoutlog"]


@pytest.fixture
def ada(held):
    return User.create(username="ada", password="!")


@pytest.fixture
def oats(held):
    language = BY_LABEL["core.language"].create(id=2, short_name="en", full_name="E", full_name_en="E")
    BY_LABEL["core.license"].create(id=2, full_name="L", short_name="L")
    return Ingredient.create(language=language, name="Oats", energy=370, protein=13, carbohydrates=58, fat=7)


def test_dependants_go_leaves_first(ada, oats):
    plan = Plan.create(user=ada)
    meals = [Meal.create(plan=plan) for _ in range(3)]
    for meal in meals:
        BY_LABEL["nutrition.mealitem"].create(meal=meal, ingredient=oats, amount=100)
    with transaction():
        gone = delete(Plan, [plan.id])
    assert gone == {Plan: 1, Meal: 3, BY_LABEL["nutrition.mealitem"]: 3}
    assert User.select().count() == 1


def test_references_that_let_go_do(ada, oats):
    plan = Plan.create(user=ada)
    meal = Meal.create(plan=plan)
    item = LogItem.create(plan=plan, meal=meal, ingredient=oats, amount=100)
    with transaction():
        assert delete(Meal, [meal.id]) == {Meal: 1}
    assert LogItem.get_by_id(item.id).meal_id is None


def test_rows_that_point_at_each_other_go_together(ada, oats):
    exercise = Exercise.create(category=BY_LABEL["exercises.exercisecategory"].create(name="Abs"))
    last = None
    for _ in range(4):
        last = Log.create(user=ada, exercise=exercise, next_log=last, repetitions_unit=None, weight_unit=None)
    first = Log.get(Log.next_log.is_null())
    with transaction():
        assert delete(Log, [first.id]) == {Log: 4}


def test_links_go_with_either_end(held, oats):
    muscle = BY_LABEL["exercises.muscle"].create(name="M")
    link = links_of(Exercise)["muscles"]
    exercises = [Exercise.create(category=BY_LABEL["exercises.exercisecategory"].create(name="Abs")) for _ in range(2)]
    for exercise in exercises:
        link.replace(exercise.id, [muscle.id])
    with transaction():
        delete(Exercise, [exercises[0].id])
        assert link.through.select().count() == 1
        delete(BY_LABEL["exercises.muscle"], [muscle.id])
        assert link.through.select().count() == 0
    assert Exercise.select().count() == 1


def test_a_great_many_go_in_steps(ada):
    Weight = BY_LABEL["measurements.measurement"]
    with transaction():
        category = BY_LABEL["measurements.category"].create(user=ada, name="Waist")
        for _ in range(1200):
            Weight.create(category=category, value=80)
        assert delete(User, [ada.id])[Weight] == 1200
    assert Weight.select().count() == 0


def test_refusing_references_refuse(ada, monkeypatch):
    plan = Plan.create(user=ada)
    monkeypatch.setattr(Plan.user, "cascade", "refuse")
    with pytest.raises(StillReferenced) as refusal, transaction():
        delete(User, [ada.id])
    assert refusal.value.model is Plan
    assert Plan.select().count() == 1 and plan.user_id == ada.id


def test_what_is_not_there_is_no_error(held):
    assert delete(User, [12345]) == {User: 0}
    assert delete(User, []) == {}


def test_the_database_itself_objects_to_loose_ends(ada):
    Plan.create(user=ada)
    with pytest.raises(IntegrityError), transaction():
        User.delete().execute()
    assert list(dangling(Plan)) == []


def test_dangling_references_are_found(held):
    with pytest.raises(IntegrityError), transaction():
        made = Plan.create(user=99)
        assert list(dangling(Plan)) == [(made.id, "user", 99)]
    assert columns.now()
