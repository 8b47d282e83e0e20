"""Somebody with a row of everything, and what they take out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from tests.media.samples import picture
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.gallery.models import Image
from wger_flask.domain.routines.models import Label, Routine, WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.fixture
def registry(app):
    return app.extensions["wger_flask"].registry


@pytest.fixture
def media(app):
    return app.extensions["wger_flask"].media


@pytest.fixture
def everything(app, registry, people, media):
    """Give grace and linus rows in every table that is theirs, and grace a photo with its file."""
    with transaction():
        for name in ("grace", "linus"):
            for owned in registry.owned:
                if not any(True for _ in owned_rows(owned, people[name].id)):
                    make(owned.model, people[name], owned.owner.path)
        grace = people["grace"]
        stored = media.save(picture("PNG"), f"gallery/{grace.id}/a.png")
        make(Image, grace, ("user",), image=stored, description="=me")
        exercise = Exercise.select().first()
        session = WorkoutSession.create(user=grace, datetime_start=datetime(2025, 3, 1, 17, tzinfo=UTC), notes="=1+1")
        WorkoutLog.create(user=grace, session=session, exercise=exercise, repetitions=5, weight="82.50", weight_unit=1)
    return people["grace"]


def owned_rows(owned, user_id):
    return owned.model.select().where(owned.model._meta.primary_key.in_(keys_of(owned, user_id)))


def keys_of(owned, user_id):
    from wger_flask.takeout.rows import selection_of

    return selection_of(owned, user_id).keys()


def unpacked(response) -> zipfile.ZipFile:
    assert response.status_code == 200, response.text
    return zipfile.ZipFile(io.BytesIO(response.get_data()))


def document(archive: zipfile.ZipFile) -> dict:
    return json.loads(archive.read("data.json"))


@pytest.fixture
def furnished(api, people, media):
    """Give grace, over the API, something in every table that people write."""
    grace = api("grace")

    def made(path, **body):
        answer = grace.post(path, body)
        assert answer.status_code == 201, (path, answer.text)
        return answer.json["id"]

    exercises = [exercise.id for exercise in Exercise.select().order_by(Exercise.id).limit(3)]
    routine = made("routine/", name="Strong", start="2026-01-01", end="2026-03-01")
    day = made("day/", routine=routine, order=1, name="Push")
    slot = made("slot/", day=day, order=1, comment="-heavy")
    entry = made("slot-entry/", slot=slot, exercise=exercises[0], order=1)
    for name, value in (("weight", "80.5"), ("repetitions", "5"), ("sets", 3), ("rest", 90), ("rir", "1.5")):
        made(f"{name}-config/", slot_entry=entry, iteration=1, value=value)
    session = made(
        "workoutsession/",
        routine=routine,
        day=day,
        datetime_start="2026-01-05T17:00:00Z",
        notes="=1+1",
        datetime_end="2026-01-05T18:00:00Z",
    )
    logs = [
        made(
            "workoutlog/",
            session=session,
            routine=routine,
            slot_entry=entry,
            exercise=exercise,
            repetitions=5,
            weight="82.50",
            date="2026-01-05T17:30:00Z",
            rir="1.5",
        )
        for exercise in exercises
    ]
    grace.patch(f"workoutlog/{logs[0]}/", {"next_log": logs[1]})
    waist = made("measurement-category/", name="Waist", unit="cm")
    made("measurement/", category=waist, date="2026-01-05T08:00:00Z", value=80)
    made(
        "measurement-category/",
        name="1RM",
        unit="kg",
        dynamic_type="ONE_REP_MAX",
        dynamic_params={"exercise_id": exercises[1]},
    )
    made("measurement-category/", name="Tall", unit="", dynamic_type="WHTR", dynamic_params={"category_id": waist})
    made("weightentry/", date="2026-01-06T08:00:00Z", weight="80.5")
    plan = made("nutritionplan/", description="Cut", goal_energy=2000)
    meal = made("meal/", plan=plan, name="Lunch", time="12:30")
    food = grace.get("ingredient/").json["results"][0]["id"]
    made("mealitem/", meal=meal, ingredient=food, amount="100")
    made("nutritiondiary/", plan=plan, meal=meal, ingredient=food, amount="120", datetime="2026-01-05T12:30:00Z")
    made("water/", amount=250, note="cold")
    grace.patch(
        "userprofile/", {"height": 180, "birthdate": "1990-05-01", "weight_unit": "kg", "weight_rounding": "2.5"}
    )
    label = make(Label, people["grace"], ("routine", "user"), routine=Routine.get_by_id(routine))
    assert label.routine_id == routine
    stored = media.save(picture("PNG"), f"gallery/{people['grace'].id}/a.png")
    make(Image, people["grace"], ("user",), image=stored, description="me", width=64, height=48)
    return people["grace"]


def token(client, path: str) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.get(path).text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]}
