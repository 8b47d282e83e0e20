"""Values come back from the database as they went in, spelled there as Django spells them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference import BY_LABEL, SERVER
from wger_flask.storage import columns as fields
from wger_flask.storage.cascade import delete

User, Measurement = BY_LABEL["auth.user"], BY_LABEL["measurements.measurement"]
Category = BY_LABEL["measurements.category"]
Statistics, Trophy = BY_LABEL["trophies.userstatistics"], BY_LABEL["trophies.trophy"]
ZONES = st.just(UTC) | st.integers(-720, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
same_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def ada(held):
    return User.create(username="ada", password="!")


@pytest.fixture
def waist(ada):
    return Category.create(user=ada, name="Waist", unit="cm")


@same_database
@given(
    moment=st.datetimes(datetime(1900, 1, 2), datetime(9998, 1, 1), timezones=ZONES),
    weight=st.decimals("-999.99", "999.99", places=2),
    key=st.uuids(),
)
def test_moments_decimals_and_uuids_come_back(waist, moment, weight, key):
    Measurement.delete().execute()  # of an example that failed
    made = Measurement.create(category=waist, date=moment, value=weight, external_id=key)
    found = Measurement.get_by_id(made.id)
    assert (found.date, found.value, found.external_id) == (moment, weight, key)
    assert found.date.tzinfo is UTC
    assert found.value.as_tuple().exponent == -2


@same_database
@given(day=st.dates(), hour=st.times())
def test_dates_and_times_come_back(ada, day, hour):
    Statistics.delete().execute()
    Statistics.create(user=ada, last_workout_date=day, earliest_workout_time=hour)
    found = Statistics.get()
    assert (found.last_workout_date, found.earliest_workout_time) == (day, hour)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9).filter(lambda number: number == 0 or abs(number) > 1e-9)


@same_database
@given(
    st.recursive(
        st.booleans() | NUMBERS | TEXTS,
        lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    )
)
def test_json_comes_back(held, value):
    if value is None or isinstance(value, str):
        value = [value]
    made = Trophy.create(name="x", checker_class="x", checker_params=value)
    assert Trophy.get_by_id(made.id).checker_params == value
    made.delete_instance()


@pytest.mark.skipif(bool(SERVER), reason="how SQLite holds values")
def test_values_are_spelled_as_django_spells_them(held, ada, waist):
    zone = timezone(timedelta(hours=2))
    key = uuid.UUID("6e103b23-81ba-4a34-b748-d1324ca41a19")
    first = datetime(2024, 1, 2, 1, 30, tzinfo=zone)
    Measurement.create(category=waist, date=first, value=Decimal("80.5"), external_id=key)
    Measurement.create(category=waist, date=datetime(2024, 1, 2, 1, 30, 0, 5000, zone), value=80)
    Statistics.create(user=ada, last_workout_date=date(2024, 1, 2), earliest_workout_time=time(7, 8, 9))
    raw = held.execute_sql("SELECT date, value, external_id FROM measurements_measurement ORDER BY date").fetchall()
    assert raw[0] == ("2024-01-01 23:30:00", 80.5, key.hex)
    assert raw[1][:2] == ("2024-01-01 23:30:00.005000", 80)
    columns = "last_workout_date, earliest_workout_time, worked_out_jan_1"
    raw = held.execute_sql(f"SELECT {columns} FROM trophies_userstatistics")
    assert raw.fetchone() == ("2024-01-02", "07:08:09", 0)


@pytest.mark.parametrize("spelling", [80, 80.0, Decimal("80.0"), "80"])
def test_a_decimal_has_its_places_however_the_driver_gives_it(spelling):
    for _ in range(2):  # the second time it is known
        assert repr(Measurement.value.read(spelling)) == "Decimal('80.00')"


def test_minus_zero_is_read_as_itself():
    found = [str(Measurement.value.read(value)) for value in (0, -0.0, 0.0, -0.0)]
    assert found == ["0.00", "-0.00", "0.00", "-0.00"]


def test_what_is_known_of_decimals_is_bounded():
    for number in range(10_000):
        assert Measurement.value.read(number / 100) == Decimal(number) / 100
    assert len(Measurement.value.read.__self__) <= Measurement.value.read.__self__.most


def test_a_moment_needs_a_zone(waist):
    with pytest.raises(ValueError, match="zone"):
        Measurement.create(category=waist, date=datetime(2024, 1, 2), value=80)


def test_a_save_notes_its_moment(held):
    made = Trophy.create(name="x", checker_class="x", updated=datetime(2000, 1, 1, tzinfo=UTC))
    assert made.updated.year > 2000
    before, made.name = made.updated, "y"
    made.save()
    assert Trophy.get().updated > before
    assert Trophy.get().created == made.created


def test_time_ordered_uuids_are_that():
    made = [fields.uuid7() for _ in range(50)]
    assert len(set(made)) == 50
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    moments = [one.int >> 80 for one in made]
    assert moments == sorted(moments)
    assert abs(moments[0] / 1000 - fields.now().timestamp()) < 60


def test_keys_are_never_given_out_twice(held):
    first = Trophy.create(name="x", checker_class="x")
    first.delete_instance()
    assert Trophy.create(name="y", checker_class="x").id > first.id


def test_references_hold_only_at_the_end_of_a_transaction(held):
    with held.atomic():
        entry = Category.create(user=77, name="Waist")
        User.create(id=77, username="late", password="!")
    assert entry.user.username == "late"
    with held.atomic():
        delete(User, [77])
    assert Category.select().count() == 0
