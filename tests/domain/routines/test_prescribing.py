"""A prescription in one document, and a copy of a routine in one request."""

from __future__ import annotations

import pytest

from wger_flask.domain.routines.models import Routine, SlotEntry, WeightConfig, WorkoutLog

NOTHING = dict.fromkeys(
    (
        "sets max_sets repetitions max_repetitions weight max_weight rir max_rir rest max_rest weight_gain "
        "repetitions_gain"
    ).split()
) | {"when_reached": False}


@pytest.fixture
def entry(grace) -> dict:
    """An exercise of grace's for which nothing is prescribed."""
    return grace.entry(grace.slot(grace.day(grace.routine())))


def rules(grace, quantity: str) -> list[dict]:
    """Return the rules of a quantity, without their keys."""
    return [
        {name: value for name, value in row.items() if name not in ("id", "slot_entry")}
        for row in grace.get(f"{quantity}-config/")["results"]
    ]


def test_it_is_written_as_the_rules_that_clients_know(grace, api, entry):
    path = f"slot-entry/{entry['id']}/prescription/"
    assert grace.get(path) == NOTHING
    wanted = {
        "sets": 4,
        "repetitions": 6,
        "weight": "60",
        "rir": "1.5",
        "rest": 120,
        "weight_gain": "-2.5",
        "when_reached": True,
    }
    answer = api("grace").patch(path, wanted)
    assert answer.status_code == 200
    assert (
        answer.json
        == grace.get(path)
        == NOTHING
        | {
            "sets": 4,
            "repetitions": "6.00",
            "weight": "60.00",
            "rir": "1.5",
            "rest": 120,
            "weight_gain": "-2.50",
            "when_reached": True,
        }
    )
    first = {"iteration": 1, "operation": "r", "step": "na", "repeat": False, "requirements": None}
    assert rules(grace, "sets") == [first | {"value": 4}]
    assert rules(grace, "weight") == [
        first | {"value": "60.00"},
        {
            "iteration": 2,
            "value": "2.50",
            "operation": "-",
            "step": "abs",
            "repeat": True,
            "requirements": {"rules": ["weight", "repetitions"]},
        },
    ]


def test_what_is_not_sent_stays_and_null_takes_away(grace, api, entry):
    path = f"slot-entry/{entry['id']}/prescription/"
    api("grace").patch(path, {"sets": 4, "weight": 60, "weight_gain": 5})
    assert api("grace").patch(path, {"weight": 70}).json == NOTHING | {
        "sets": 4,
        "weight": "70.00",
        "weight_gain": "5.00",
    }
    assert api("grace").patch(path, {"weight": None, "weight_gain": None}).json == NOTHING | {"sets": 4}
    assert WeightConfig.select().count() == 0
    assert api("grace").patch(path, {"weight_gain": 0}).json == NOTHING | {"sets": 4}, "nothing is gained by nothing"


@pytest.mark.parametrize(
    "rule",
    [
        {"operation": "+", "step": "percent", "repeat": True},
        {"operation": "+", "step": "abs", "repeat": False},
        {"operation": "r", "repeat": True},
    ],
)
def test_rules_of_another_shape_are_left_alone(grace, api, entry, rule):
    grace.config("weight", entry, 50)
    grace.config("weight", entry, 10, 2, **rule)
    grace.config("weight", entry, 80, 5)
    before = rules(grace, "weight")
    path = f"slot-entry/{entry['id']}/prescription/"
    assert grace.get(path)["weight_gain"] is None
    api("grace").patch(path, {"sets": 3, "weight_gain": None, "when_reached": True})
    assert rules(grace, "weight") == before


def test_what_is_wrong_is_named_and_nothing_is_written(grace, api, entry):
    answer = api("grace").patch(f"slot-entry/{entry['id']}/prescription/", {"sets": 4, "rir": "1.3", "rest": -1})
    assert answer.status_code == 400 and set(answer.json) == {"rir", "rest"}
    assert grace.get(f"slot-entry/{entry['id']}/prescription/") == NOTHING


def test_it_is_its_owners(api, entry):
    path = f"slot-entry/{entry['id']}/prescription/"
    assert api("linus").get(path).status_code == 404
    assert api("linus").patch(path, {"sets": 4}).status_code == 404
    assert api("linus").post(f"slot/{entry['slot']}/add-exercise/", {"exercise": 1}).status_code == 404
    assert api("grace").post(path, {"sets": 4}).status_code == 405


def test_exercises_are_added_behind_the_others(grace, exercise):
    day = grace.day(grace.routine())
    grace.slot(day, order=4)
    made = grace.post(f"day/{day['id']}/add-exercise", exercise=exercise, sets=3, weight_gain=1, comment="slow")
    assert made == {"id": made["id"], "slot": made["slot"], **NOTHING, "sets": 3, "weight_gain": "1.00"}
    assert grace.get(f"slot/{made['slot']}/")["order"] == 5
    second = grace.post(f"slot/{made['slot']}/add-exercise", exercise=exercise, type="dropset")
    shown = grace.get(f"slot-entry/{second['id']}/")
    assert (shown["slot"], shown["order"], shown["type"], shown["weight_unit"]) == (made["slot"], 2, "dropset", 1)


def test_a_copy_has_all_that_is_planned_and_nothing_that_was_trained(grace, linus, exercise):
    original, entries = grace.whole(days=2, exercises=2)
    grace.log(routine=original["id"], slot_entry=entries[0]["id"], iteration=1)
    grace.patch("routine", original, is_template=True, is_public=True, fit_in_week=True, name="Plan")
    copy = linus.post(f"routine/{original['id']}/copy", start="2025-03-03")
    assert (copy["name"], copy["start"], copy["end"], copy["fit_in_week"], copy["is_template"], copy["is_public"]) == (
        "Plan",
        "2025-03-03",
        "2025-03-16",
        True,
        False,
        False,
    )
    shown = [who.get(f"routine/{row['id']}/structure/") for who, row in ((linus, copy), (grace, original))]
    assert plain(shown[0]) == plain(shown[1])
    assert linus.get(f"routine/{copy['id']}/logs/") == []
    assert WorkoutLog.select().count() == 1 and SlotEntry.select().count() == 8
    assert linus.client.post(f"routine/{grace.routine()['id']}/copy/", {}).status_code == 404
    assert Routine.select().count() == 3


def plain(structure):
    """Return a structure without its keys and dates."""
    if isinstance(structure, list):
        return [plain(item) for item in structure]
    if isinstance(structure, dict):
        left_out = ("id", "routine", "day", "slot", "slot_entry", "created", "start", "end")
        return {name: plain(value) for name, value in structure.items() if name not in left_out}
    return structure
