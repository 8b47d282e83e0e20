"""What people write all day is written with SQL that was compiled before: having Peewee write it takes longest."""

from __future__ import annotations

import peewee
import pytest

from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.nutrition.models import Ingredient


@pytest.fixture
def bodies(api):
    """Return a function that gives what is sent to each resource, which differs by its day."""
    grace = api("grace")
    category = grace.post("measurement-category/", {"name": "Arm", "unit": "cm"}).json["id"]
    plan = grace.post("nutritionplan/", {"start": "2024-01-01"}).json["id"]
    meal = grace.post("meal/", {"plan": plan, "name": "Breakfast"}).json["id"]
    food, exercise = Ingredient.select().first().id, Exercise.select().first().id

    def bodies(day: int) -> list[tuple[str, dict[str, object]]]:
        moment, later = f"2024-02-{day:02}T10:00:00Z", f"2024-03-{day:02}T10:00:00Z"
        done = {"exercise": exercise, "repetitions": 5, "weight": 50 + day}  # a record each time
        return [
            ("weightentry/", {"date": moment, "weight": 80}),
            ("measurement/", {"category": category, "date": moment, "value": 33}),
            ("workoutsession/", {"datetime_start": moment}),
            ("workoutlog/", {**done, "date": moment}),
            ("workoutlog/", {**done, "weight": 60 + day, "date": later}),  # which begins a session of its own
            ("nutritiondiary/", {"plan": plan, "ingredient": food, "amount": 50, "datetime": moment}),
            ("mealitem/", {"meal": meal, "ingredient": food, "amount": 50}),
        ]

    return bodies


def test_nothing_is_asked_in_sql_that_is_written_for_one_request(api, bodies, monkeypatch):
    grace = api("grace")
    for day in (1, 2):
        for path, body in bodies(day):
            assert grace.post(path, body).status_code == 201, path
    written = []
    execute = peewee.Database.execute

    def noted(self, query, *given, **options):
        written.append((path, query.sql()))
        return execute(self, query, *given, **options)

    monkeypatch.setattr(peewee.Database, "execute", noted)
    for path, body in bodies(3):
        assert grace.post(path, body).status_code == 201, path
    assert written == []
