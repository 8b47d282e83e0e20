"""Measurements of other apps: in the categories that clients know, which are made where they are missing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wger_flask.domain.measurements.models import Category, Measurement
from wger_flask.imports.choices import RememberedChoices
from wger_flask.imports.importing import FileRead, import_records, person_of
from wger_flask.imports.records import BodyMeasurement
from wger_flask.imports.runs import last_run, undo

from .reading import BY_NAME


@pytest.fixture
def user(app, people):
    with app.app_context():
        yield people["grace"].id


def measured(metric: str, value: str, unit: str, day: int = 1, **more: str) -> BodyMeasurement:
    return BodyMeasurement(day, datetime(2024, 3, day, 7, tzinfo=UTC), metric, Decimal(value), unit, **more)


def bring(user: int, *records: BodyMeasurement):
    file = FileRead(BY_NAME["hevy"], "0" * 64, "file.csv", records)
    run, [plan] = import_records(person_of(user), file, RememberedChoices(user))
    return run, plan


def test_measurements_come_once_and_can_be_taken_back(user):
    before = Category.select().count()
    records = (
        measured("body_weight", "80.126", "kg"),
        measured("body_weight", "170", "lb", 2, notes="x" * 200),
        measured("body_fat", "20", "%"),
        measured("blood_pressure_systolic", "120", "mmHg"),
        measured("blood_pressure_diastolic", "80", "mmHg"),
        measured("custom", "90", "cm", name="Waist"),
        measured("custom", "91", "cm", 2, name="waist"),
    )
    run, plan = bring(user, *records)
    assert (plan.new, plan.known, plan.remarks) == (7, 0, [])
    made = {row.name: row for row in Category.select().where(Category.user == user)}
    assert made["Systolic blood pressure"].parent_id == made["Blood pressure"].id
    weights = Measurement.select().where(Measurement.category == made["Body weight"].id).order_by(Measurement.date)
    assert [(row.value, row.extra_data) for row in weights] == [
        (Decimal("80.13"), {"unit": "kg"}),
        (Decimal("170"), {"unit": "lb"}),
    ]
    assert Measurement.select().where(Measurement.category == made["Waist"].id).count() == 2
    assert bring(user, *records)[0] is None
    undo(last_run(user))
    assert (Measurement.select().count(), Category.select().count()) == (0, before)


def test_what_is_there_already_or_comes_twice_is_known(user):
    first, second = measured("body_weight", "80", "kg"), measured("body_weight", "81", "kg")
    _, plan = bring(user, first, second)
    assert (plan.new, plan.known) == (1, 1)
    category = Category.get(Category.user == user, Category.metric_type == "body_weight")
    Measurement.create(category=category.id, value=70, date=datetime(2024, 3, 9, 7, tzinfo=UTC))
    assert bring(user, measured("body_weight", "80", "kg", 9))[1].known == 1


def test_what_cannot_be_is_told_and_left_out(user):
    Category.create(user=user, name="Index", dynamic_type="BMI")
    _, plan = bring(
        user,
        measured("body_weight", "900", "kg", 1),
        measured("body_weight", "80", "st", 2),
        measured("custom", "1", "", 3, name="index"),
        measured("body_fat", "1", "%", 4),
    )
    assert plan.new == 0 and not Measurement.select().count()
    assert [(remark.line, remark.text) for remark in plan.remarks] == [
        (1, "body weight is not between 20 and 350"),
        (2, "body weight is in kg or lb"),
        (3, "the category index is a calculated one"),
        (4, "body fat is not between 2 and 60"),
    ]


def test_a_value_in_another_unit_than_its_category_says_so(user):
    Category.create(user=user, name="Waist", unit="in")
    bring(user, measured("custom", "90", "cm", name="Waist"))
    assert Measurement.get().extra_data == {"unit": "cm"}
