"""A file of each app is imported whole, adds nothing when it comes again, and is taken back whole."""

from __future__ import annotations

import io

import pytest

from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.domain.nutrition.models import LogItem
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.importing import import_records, options_for, person_of, read_file
from wger_flask.imports.runs import undo

from .reading import SAMPLES

KINDS = (Measurement, LogItem, WorkoutLog)


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda sample: sample.name)
def test_a_file_comes_in_once_and_is_taken_back(sample, app, people):
    user = people["grace"].id
    with app.app_context():
        before = [model.select().count() for model in (*KINDS, Category)]
        person, options = person_of(user), options_for(user, day_first=True, distance_unit="km")
        read = read_file(io.BytesIO(sample.read_bytes()), sample.name, "", options)
        run, plans = import_records(person, read, RememberedChoices(user))
        known = sum(plan.new for plan in plans)
        assert run is not None and known and not any(plan.known for plan in plans)
        again, plans = import_records(person, read, RememberedChoices(user))
        assert again is None and sum(plan.known for plan in plans) == known
        undo(run)
        assert [model.select().count() for model in (*KINDS, Category)] == before


def test_body_weight_is_where_clients_look_for_it(app, people, api):
    user = people["grace"].id
    with app.app_context():
        file = io.BytesIO((SAMPLES / "apple-health.xml").read_bytes())
        read = read_file(file, "export.xml", "", options_for(user))
        import_records(person_of(user), read, RememberedChoices(user))
    weights = api("grace").get("weightentry/").json["results"]
    assert [entry["weight"] for entry in weights] == ["68.40", "68.13"], "of 150.2 lb"
    assert {entry["date"][:10] for entry in weights} == {"2024-03-01", "2024-03-02"}
    kinds = {row["metric_type"] for row in api("grace").get("measurement-category/?limit=50").json["results"]}
    assert {"body_fat", "height", "resting_heart_rate", "blood_pressure", "blood_pressure_systolic"} <= kinds
