"""Rows as the phone app writes them: for each table that takes new ones, what it sends and what it changes later."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

Row = dict[str, Any]
NOON = "2026-03-04T12:00:00.000Z"


class Written(NamedTuple):
    """What the app writes to a table: ``row``, then ``change``; ``resource`` shows it over REST."""

    resource: str
    row: Row
    change: Row


def fresh() -> str:
    """Return a key as the app makes it."""
    return str(uuid.uuid4())


def parents(post: Callable[[str, Row], Row]) -> dict[str, Any]:
    """Make, with ``post(resource, body)``, one row of everything that new rows refer to; returns the keys by name."""
    made = {
        "routine": post("routine", {"name": "R", "start": "2026-01-05", "end": "2026-03-30"})["id"],
        "category": post("measurement-category", {"name": "Waist", "unit": "cm"})["id"],
        "plan": post("nutritionplan", {"description": "P", "start": "2026-02-01"})["id"],
    }
    made["session"] = post(
        "workoutsession",
        {
            "routine": made["routine"],
            "datetime_start": "2026-02-03T16:00:00Z",
            "datetime_end": "2026-02-03T17:00:00Z",
        },
    )["id"]
    made["meal"] = post("meal", {"plan": made["plan"], "name": "M"})["id"]
    return made


def rows(keys: dict[str, Any]) -> dict[str, Written]:
    """Return by table what the app writes there below the rows of ``keys``, in SQLite's values.

    True is 1, JSON is text, a decimal a binary fraction, a reference has the name of its field, as uploads have it.
    """
    return {
        "measurements_category": Written(
            "measurement-category",
            {
                "name": "Arm",
                "unit": "cm",
                "metric_type": "custom",
                "chart_type": "bar",
                "chart_config": '{"trend": 1}',
                "parent": None,
                "order": 3,
                "is_official": 1,
                "dynamic_type": "NONE",
                "dynamic_params": "{}",
            },
            {"name": "Arm, left", "order": 4, "chart_config": ""},
        ),
        "measurements_measurement": Written(
            "measurement",
            {
                "category": keys["category"],
                "date": "2026-03-29T01:30:00.250Z",
                "value": 80.1,
                "notes": "é\u2028 'x'",
                "source": "google",
                "external_id": fresh(),
                "extra_data": '{"min": 1, "max": 2.5}',
            },
            {"value": 34.25, "notes": "again"},
        ),
        "nutrition_nutritionplan": Written(
            "nutritionplan",
            {
                "description": "Phone",
                "creation_date": NOON,
                "start": "2026-03-04T12:00:00.000Z",
                "end": None,
                "only_logging": 1,
                "goal_energy": 2100,
                "goal_protein": 150,
                "goal_carbohydrates": None,
                "goal_fiber": None,
                "goal_fat": None,
                "has_goal_calories": 1,
            },
            {"only_logging": 0, "goal_energy": None, "goal_fat": 70, "end": "2026-05-31T00:00:00.000Z"},
        ),
        "nutrition_meal": Written(
            "meal",
            {
                "plan": keys["plan"],
                "order": 2,
                "time": "18:30:00",
                "name": "Dinner",
            },
            {"name": "Late dinner", "time": None},
        ),
        "nutrition_mealitem": Written(
            "mealitem",
            {
                "meal": keys["meal"],
                "ingredient": 2,
                "weight_unit": None,
                "order": 1,
                "amount": 150.0,
            },
            {"amount": 99.75, "ingredient": 3},
        ),
        "nutrition_logitem": Written(
            "nutritiondiary",
            {
                "plan": keys["plan"],
                "meal": keys["meal"],
                "ingredient": 2,
                "weight_unit": None,
                "datetime": NOON,
                "amount": 210.0,
                "comment": "seconds",
            },
            {"amount": 205.5, "datetime": "2026-10-25T01:30:00.000Z", "meal": None},
        ),
        "manager_workoutsession": Written(
            "workoutsession",
            {
                "routine": keys["routine"],
                "day": None,
                "notes": "Phone",
                "impression": "2",
                "datetime_start": NOON,
                "datetime_end": None,
            },
            {"datetime_end": "2026-03-04T13:05:00.000Z", "impression": "3"},
        ),
        "manager_workoutlog": Written(
            "workoutlog",
            {
                "exercise": 1,
                "routine": keys["routine"],
                "session": keys["session"],
                "iteration": 1,
                "slot_entry": None,
                "rir": 2.0,
                "rir_target": None,
                "repetitions": 10.0,
                "repetitions_target": None,
                "repetitions_unit": 1,
                "weight": 42.65,
                "weight_target": None,
                "weight_unit": 1,
                "date": "2026-02-03T16:40:00.123456Z",
            },
            {"weight": 0.3, "repetitions": 8.0, "rir": None},
        ),
    }


TABLES = tuple(rows({"category": "", "plan": "", "meal": "", "routine": "", "session": ""}))
