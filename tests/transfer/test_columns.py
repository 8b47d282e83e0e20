"""Columns take what Django writes, and nothing that they cannot hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reference import BY_LABEL
from wger_flask.storage import server_zone
from wger_flask.storage.database import database, open_database
from wger_flask.storage.numbered_keys import uuid_of
from wger_flask.transfer.columns import column_of, key_reader, reader_of
from wger_flask.transfer.keys import Keys


@pytest.fixture(autouse=True, scope="module")
def dialect(tmp_path_factory):
    open_database(f"sqlite:///{tmp_path_factory.mktemp('columns') / 'none.sqlite'}")
    yield
    database.obj.close()


def field(path):
    label, _, name = path.rpartition(".")
    return BY_LABEL[label]._meta.fields[name]


def back(path, value):
    """Read ``value`` as a dump gives it, and then as a program would."""
    return field(path).python_value(reader_of(field(path), Keys())(value))


LATE = datetime(2024, 7, 1, 0, 3, 4, 500000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "value", "meaning"),
    [
        ("measurements.measurement.value", "80.50", Decimal("80.50")),
        ("measurements.measurement.value", 80, Decimal("80.00")),
        ("measurements.measurement.value", 80.5, Decimal("80.50")),
        ("nutrition.nutritionplan.start", "2024-02-29", datetime(2024, 2, 29).date()),
        ("nutrition.meal.time", "07:08:09.500", datetime(2024, 1, 1, 7, 8, 9, 500000).time()),
        ("auth.user.is_staff", True, True),
        ("auth.user.username", "zoë", "zoë"),
        ("nutrition.ingredient.energy", -3, -3),
        ("trophies.usertrophy.progress", 100, 100.0),
        ("manager.day.config", {"a": [1, None]}, {"a": [1, None]}),
        ("nutrition.meal.plan", 3, uuid_of("nutrition.nutritionplan", 3)),
        ("nutrition.meal.id", 3, uuid_of("nutrition.meal", 3)),
        ("exercises.exercise.category", 10, 10),
    ],
)
def test_values_are_read(path, value, meaning):
    reader = key_reader(field(path).model) if path.endswith(".id") else reader_of(field(path), Keys())
    assert field(path).python_value(reader(value)) == meaning


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("measurements.measurement.value", "heavy"),
        ("measurements.measurement.value", "NaN"),
        ("measurements.measurement.value", "1000000.00"),
        ("measurements.measurement.value", True),
        ("measurements.measurement.value", {}),
        ("measurements.measurement.date", "yesterday"),
        ("measurements.measurement.date", 5),
        ("measurements.measurement.external_id", "5"),
        ("measurements.measurement.external_id", "x" * 32),
        ("nutrition.nutritionplan.start", "2024-02-30"),
        ("nutrition.nutritionplan.start", "2024-2-30"),
        ("nutrition.nutritionplan.start", "2024-02-03T00:00:00Z"),
        ("nutrition.meal.time", "25:00"),
        ("auth.user.is_staff", "false"),
        ("auth.user.is_staff", 2),
        ("auth.user.is_staff", []),
        ("auth.user.username", 5.5),
        ("auth.user.username", True),
        ("auth.user.username", ["ada"]),
        ("nutrition.ingredient.energy", "5.0"),
        ("nutrition.ingredient.energy", "9" * 5000),
        ("nutrition.ingredient.energy", 5.5),
        ("nutrition.ingredient.energy", True),
        ("trophies.usertrophy.progress", "much"),
        ("trophies.usertrophy.progress", "nan"),
        ("trophies.usertrophy.progress", True),
        ("exercises.exercise.category", "Abs"),
        ("exercises.exercise.category", ["Abs"]),
        ("nutrition.meal.plan", -1),
        ("nutrition.meal.plan", {}),
        ("core.userprofile.user", {}),
    ],
)
def test_what_a_column_cannot_hold_is_refused(path, value):
    with pytest.raises(ValueError):
        reader_of(field(path), Keys())(value)


@pytest.mark.parametrize(
    ("path", "value", "meaning"),
    [
        ("auth.user.is_staff", 1, True),
        ("auth.user.is_staff", "0", False),
        ("auth.user.is_staff", "True", True),
        ("auth.user.username", 5, "5"),
        ("nutrition.ingredient.energy", "5", 5),
        ("nutrition.ingredient.energy", 5.0, 5),
        ("trophies.usertrophy.progress", "1", 1.0),
        ("exercises.exercise.category", "10", 10),
        ("core.userprofile.user", "3", 3),
        ("nutrition.meal.id", "3", uuid_of("nutrition.meal", 3)),
        ("nutrition.meal.plan", "3", uuid_of("nutrition.nutritionplan", 3)),
        ("nutrition.nutritionplan.start", "2024-2-9", datetime(2024, 2, 9).date()),
        ("nutrition.meal.time", "7:08", datetime(2024, 1, 1, 7, 8).time()),
        ("measurements.measurement.date", "2024-7-1 2:03:04.5 +02:00", LATE),
    ],
)
def test_values_may_be_spelled_in_the_other_ways_that_loaddata_knows(path, value, meaning):
    reader = key_reader(field(path).model) if path.endswith(".id") else reader_of(field(path), Keys())
    assert field(path).python_value(reader(value)) == meaning


@given(st.datetimes(timezones=st.just(UTC) | st.integers(-720, 840).map(lambda m: timezone(timedelta(minutes=m)))))
def test_moments_keep_their_instant(moment):
    if not 2 <= moment.year <= 9998:
        return
    assert back("measurements.measurement.date", moment.isoformat()) == moment
    assert back("measurements.measurement.date", moment.astimezone(UTC).isoformat().replace("+00:00", "Z")) == moment


@given(st.decimals("-999.99", "999.99", places=2))
def test_decimals_keep_their_places(number):
    assert str(back("measurements.measurement.value", str(number))) == f"{number + 0:.2f}"


def test_moments_without_a_zone_are_the_servers(monkeypatch):
    monkeypatch.setattr(server_zone, "_zone", ZoneInfo("Europe/Berlin"))
    assert back("measurements.measurement.date", "2024-07-01T12:00:00") == datetime(2024, 7, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        ("exercises.exercise.license_author", ""),
        ("core.userprofile.trophies_enabled", True),
        ("core.userprofile.age", None),
        ("trophies.trophy.checker_params", "{}"),
        ("manager.slotentry.weight_unit", 1),
    ],
)
def test_what_is_missing_takes_the_default(path, stored):
    assert column_of(field(path), Keys()).missing() == stored


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        ("exercises.exercise.license_author", ""),
        ("exercises.historicalexercise.license_author", ""),
        ("core.userprofile.gender", None),
        ("core.userprofile.trophies_enabled", True),
    ],
)
def test_null_is_null_where_it_may_be(path, stored):
    assert column_of(field(path), Keys()).null() == stored


@pytest.mark.parametrize(
    "path",
    [
        "measurements.measurement.value",
        "core.language.full_name",
        "measurements.measurement.category",
        "manager.routine.start",
    ],
)
def test_what_has_no_default_is_needed(path):
    with pytest.raises(ValueError, match="needed"):
        column_of(field(path), Keys()).missing()
