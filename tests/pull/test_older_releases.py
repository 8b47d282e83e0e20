"""Copying from older releases, as recordings show them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import SHARED
from tests.pull.made import key
from tests.pull.sources import older_source, oldest_source, serving
from wger_flask.domain.exercises.models import Exercise, Translation
from wger_flask.domain.measurements.models import Measurement
from wger_flask.domain.nutrition.models import Ingredient, LogItem, MealItem
from wger_flask.domain.routines.models import Routine, SlotEntry, WeightConfig, WorkoutLog, WorkoutSession

WORST = (None, [], {}, "x" * 9000, "a\x00b", 10**30)

pytestmark = pytest.mark.skipif(
    not (SHARED / "conformance" / "suites").is_dir(), reason="without ../shared: what older releases answered"
)


@pytest.fixture(params=[older_source, oldest_source], ids=["2.7.0a2", "2.5"])
def source(request):
    """An older release, and what it shows to grace."""
    with serving(request.param()) as source:
        yield source


def test_everything_comes_and_a_second_time_nothing(source, run, everything, api, people):
    report = run(source, user="linus")
    assert report.left_out == []
    told = {what: dict(counts) for what, counts in report.counts.items()}
    assert told["exercises"] == {"new": 60} and told["foods"]["new"] == 80
    first = everything()
    again = run(source, user="linus")
    assert all(set(counts) <= {"unchanged", "kept"} for counts in again.counts.values()), again.counts
    assert again.left_out == [] and everything() == first
    own = people["linus"].id
    _exercises_are_as_they_were(source, api())
    _foods_are_as_they_were(source, api())
    _training_is_as_it_was(source, own)
    _sessions_have_their_times(source, own)
    _the_diary_refers_to_the_same_foods(source, own)


def _exercises_are_as_they_were(source, client):
    here = {row["uuid"]: row for row in client.get("exerciseinfo/?limit=900").json["results"]}
    for there in source.lists["exerciseinfo"]:
        ours = here[there["uuid"]]
        for name in ("category", "license"):
            assert (
                ours[name]["name" if name == "category" else "short_name"]
                == (there[name]["name" if name == "category" else "short_name"])
            )
        for name in ("muscles", "muscles_secondary", "equipment"):
            assert [row["name"] for row in ours[name]] == [row["name"] for row in there[name]]
        assert ours["variation_group"] == there["variation_group"] and ours["created"] == there["created"]
        assert _texts(ours) == _texts(there)


def _texts(exercise):
    return sorted(
        (
            row["uuid"],
            row["name"],
            row["description"].strip(),
            row["license_author"],
            sorted(alias["alias"] for alias in row["aliases"]),
            sorted(note["comment"] for note in row["notes"]),
        )
        for row in exercise["translations"]
    )


def _foods_are_as_they_were(source, client):
    here = {row["uuid"]: row for row in client.get("ingredient-sync/?page_size=1000").json["results"]}
    unlike = {"id", "last_update", "last_imported", "language", "license", "image", "thumbnails", "weight_units"}
    compared = 0
    for there in source.lists["ingredient-sync"]:
        if there["uuid"] not in here:  # a food that ships has the barcode
            assert Ingredient.select().where(Ingredient.code == there["code"]).exists()
            continue
        ours = here[there["uuid"]]
        assert {name: ours[name] for name in ours.keys() - unlike} == {
            name: there[name] for name in there.keys() - unlike
        }
        assert ours["language"]["short_name"] == there["language"]["short_name"]
        assert Counter((unit["name"], unit["gram"]) for unit in ours["weight_units"]) == Counter(
            (unit["name"], unit["gram"]) for unit in there["weight_units"]
        )
        compared += 1
    assert compared > 70


def _training_is_as_it_was(source, own):
    templates = {row["id"] for row in source.own["public-templates"]} - {row["id"] for row in source.own["templates"]}
    routines = [row for row in source.own["routine"] if row["id"] not in templates]
    assert routines and Routine.select().where(Routine.user == own).count() == len(routines)
    names = {exercise.id: str(exercise.uuid) for exercise in Exercise.select()}
    uuids = {row["id"]: row["uuid"] for row in source.lists["exerciseinfo"]}
    logs = WorkoutLog.select().where(WorkoutLog.user == own)
    assert Counter((names[log.exercise_id], log.weight, log.repetitions, log.rir) for log in logs) == Counter(
        (uuids[row["exercise"]], *(_number(row[name]) for name in ("weight", "repetitions", "rir")))
        for row in source.own["workoutlog"]
    )
    assert all(log.session_id is None or log.session.user_id == own for log in logs)
    assert WorkoutSession.select().where(WorkoutSession.user == own).count() == len(source.own["workoutsession"])
    assert SlotEntry.select().count() == len(source.own["slot-entry"])
    assert WeightConfig.select().count() == len(source.own["weight-config"])


def _number(said):
    return None if said is None else Decimal(said)


def _sessions_have_their_times(source, own):
    for session in WorkoutSession.select().where(WorkoutSession.user == own):
        logs = [log.date for log in WorkoutLog.select().where(WorkoutLog.session == session)]
        there = next(row for row in source.own["workoutsession"] if row["date"] == _day(session))
        if there["time_start"] is None and there["time_end"] is None and logs:
            assert session.datetime_start == min(logs)


def _day(session):
    return session.datetime_start.astimezone(ZoneInfo("Europe/Berlin")).date().isoformat()


def test_weights_are_measurements_in_the_unit_they_had(source, run, people, api):
    source.profile["weight_unit"] = "lb"
    run(source, ["measurements"], user="linus")
    found = [
        row for row in Measurement.select() if row.category.is_official and row.category.user_id == people["linus"].id
    ]
    assert Counter((row.value, row.extra_data["unit"]) for row in found) == Counter(
        (Decimal(row["weight"]), "lb") for row in source.own["weightentry"]
    )


def _the_diary_refers_to_the_same_foods(source, own):
    foods = {row["id"]: row for row in source.lists["ingredient-sync"]}
    eaten = [item for item in LogItem.select() if item.plan.user_id == own]
    assert Counter((item.ingredient.name, item.amount) for item in eaten) == Counter(
        (foods[row["ingredient"]]["name"], Decimal(row["amount"])) for row in source.own["nutritiondiary"]
    )
    assert MealItem.select().count() == len(source.own["mealitem"])


def test_only_the_foods_are_copied_that_a_diary_needs(run):
    before = Ingredient.select().count()
    with serving(older_source()) as source:
        run(source, ["nutrition"], user="linus")
    needed = {row["ingredient"] for name in ("nutritiondiary", "mealitem") for row in source.own[name]}
    assert Ingredient.select().count() <= before + len(needed)


def test_two_accounts_may_copy_the_same(run, people):
    with serving(older_source()) as source:
        run(source, ["training", "measurements", "nutrition"], user="linus")
        report = run(source, ["training", "measurements", "nutrition"], user="grace")
    assert report.left_out == []
    counts = [WorkoutLog.select().where(WorkoutLog.user == people[name]).count() for name in ("linus", "grace")]
    assert counts[0] == counts[1] == len(source.own["workoutlog"])


def test_texts_without_a_source_keep_their_html(run):
    with serving(oldest_source()) as source:
        run(source, ["exercises"])
    there = source.lists["exerciseinfo"][0]["translations"][0]
    row = Translation.get(Translation.uuid == there["uuid"])
    assert row.description_source == "" and row.description.strip() == there["description"]


def test_rows_of_ones_own_that_are_nonsense_are_left_out(source, run, people):
    """Each value of a row of each list in turn; what is right comes all the same."""
    right = {name: len(rows) for name, rows in source.own.items()}
    number = 10_000
    for rows in source.own.values():
        first = rows[0] if rows else {}
        for name in first:
            for odd in WORST:
                number += 1
                is_number = type(first["id"]) is int
                rows.append(first | {"id": number if is_number else key("row", number)} | {name: odd})
    report = run(source, ["training", "measurements", "nutrition"], user="linus")
    assert report.left_out
    logs = WorkoutLog.select().where(WorkoutLog.user == people["linus"].id)
    assert right["workoutlog"] <= logs.count() < len(source.own["workoutlog"])
