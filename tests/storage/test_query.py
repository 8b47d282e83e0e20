"""Selections give the rows that plain loops would, from SQL that is compiled once a shape."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference import BY_LABEL
from wger_flask.storage import predicates
from wger_flask.storage.database import database
from wger_flask.storage.decoding import decoders_of
from wger_flask.storage.predicates import Clause, along, any_of, equals, pad
from wger_flask.storage.query import Selection, which_exist
from wger_flask.storage.selection_statements import rows_statement

Routine, Day, Slot = (BY_LABEL[f"manager.{name}"] for name in ("routine", "day", "slot"))
User = BY_LABEL["auth.user"]


@pytest.fixture
def days(held):
    """Days of two users' routines, and a day is (id, order, name, routine's name, user's name)."""
    found = []
    for name in ("ada", "grace"):
        user = User.create(username=name, password="!")
        for title in ("A", "B"):
            routine = Routine.create(user=user, name=title, start="2024-01-01", end="2024-02-01")
            for order in (2, 1, 3):
                day = Day.create(routine=routine, order=order, name=f"{title}{order % 2}")
                found.append((day.id, order, day.name, title, name))
    return found


COLUMNS = ("id", "order", "name", "routine.name", "routine.user.username")


def test_many_rows_are_read_like_few(held, days):
    session, log = BY_LABEL["manager.workoutsession"], BY_LABEL["manager.workoutlog"]
    grace = User.get(username="grace")
    licence = BY_LABEL["core.license"].create(full_name="x", short_name="x")
    category = BY_LABEL["exercises.exercisecategory"].create(name="Abs")
    exercise = BY_LABEL["exercises.exercise"].create(category=category, license=licence)
    starts = [datetime(2024, 1, day, 9, 30, tzinfo=UTC) for day in range(1, 4)]
    sessions = [session.create(user=grace, datetime_start=start) for start in starts] + [None]
    own = {"user": grace, "exercise": exercise, "date": starts[0], "weight_unit": None, "repetitions_unit": None}
    repetitions = [None if number % 3 else Decimal("7.5") for number in range(2500)]
    log.insert_many(
        {
            **own,
            "id": uuid.uuid4(),
            "session": sessions[number % 4],
            "rest": number,
            "weight": number % 7,
            "repetitions": done,
        }
        for number, done in enumerate(repetitions)
    ).execute()
    got = Selection(log, (), ("rest",)).rows(("rest", "session.datetime_start", "weight", "repetitions"))
    assert got == [
        (number, starts[number % 4] if number % 4 < 3 else None, number % 7, done)
        for number, done in enumerate(repetitions)
    ]


def test_paths_follow_references(days):
    assert sorted(Selection(Day).rows(COLUMNS)) == days


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    orders=st.lists(st.integers(0, 4), max_size=5),
    name=st.sampled_from([None, "A0", "A1", "B1"]),
    terms=st.lists(st.sampled_from(["order", "-order", "name", "-routine.name", "routine.user.username"]), max_size=3),
    limit=st.none() | st.integers(0, 7),
    offset=st.integers(0, 7),
)
def test_rows_are_those_that_a_loop_finds(days, orders, name, terms, limit, offset):
    clauses = [any_of(Day.order, orders)] if orders else []
    clauses += [equals(Day.name, name)] if name else []
    wanted = [day for day in days if (not orders or day[1] in orders) and (not name or day[2] == name)]
    for term in ("id", *terms[::-1]) if "id" not in terms else terms[::-1]:
        wanted.sort(key=lambda day: day[COLUMNS.index(term.lstrip("-"))], reverse=term.startswith("-"))
    found = Selection(Day, tuple(clauses), (*terms, "id"))
    offset = offset if limit is not None else 0
    assert found.rows(COLUMNS, limit, offset) == wanted[offset : None if limit is None else offset + limit]
    assert found.count() == len(wanted)
    assert found.exists() == bool(wanted)
    assert found.keys() == [day[0] for day in wanted]
    assert [day.id for day in found.instances()] == [day[0] for day in wanted]


def test_moments_of_all_columns_are_known_in_one_place(days):
    dialect = database.obj.dialect
    (_, first), (_, second) = decoders_of(dialect, Day, ("routine.created", "routine.user.date_joined"))
    assert first.__self__ is second.__self__ and first(None) is None


def test_moments_that_are_known_stay_within_their_bound_and_are_right_beyond_it():
    begun = datetime(2024, 1, 1, tzinfo=UTC)

    class Dialect:
        def read_moment(self, value: int) -> datetime:
            return begun + timedelta(seconds=value)

    ((_, read),) = decoders_of(Dialect(), Day, ("routine.created",))
    known = read.__self__
    for value in [*range(1, 2 * known.most + 10), *range(1, 20), 2 * known.most]:
        assert read(value) == read(value) == begun + timedelta(seconds=value)
        assert value in known and len(known) <= known.most
    assert read(None) is None


def test_nothing_is_within_nothing(days):
    assert Selection(Day, (any_of(Day.id, []),)).rows(("id",)) == []


def test_null_is_equal_to_null(days):
    Profile = BY_LABEL["core.userprofile"]
    BY_LABEL["core.language"].create(id=2, short_name="en", full_name="E", full_name_en="E")
    for number, user in enumerate(User.select()):
        Profile.create(user=user, age=None if number else 30)
    assert Selection(Profile, (equals(Profile.age, None),)).count() == 1
    assert Selection(Profile, (equals(Profile.age, 30),)).count() == 1


def test_a_reference_to_nothing_gives_null(held):
    user = User.create(username="ada", password="!")
    Session = BY_LABEL["manager.workoutsession"]
    Session.create(user=user)
    assert Selection(Session).rows(("routine.name", "user.username")) == [(None, "ada")]


def _nearness(order):
    return (Day.order == order).desc()


def test_an_expression_may_order(days):
    wanted = Clause(_nearness, (3,))
    assert [row[0] for row in Selection(Day, order=(wanted, "order")).rows(("order",), 5)] == [3, 3, 3, 3, 1]


def test_a_column_of_the_model_stands_for_its_name(days):
    rows = Selection(Day, order=("id",))
    assert rows.rows((Day.order, Day.name)) == rows.rows(("order", "name"))
    assert rows.rows((Day.id, "routine.name", Day.routine), 3) == rows.rows(("id", "routine.name", "routine"), 3)
    with pytest.raises(ValueError, match="is no column of Day"):
        rows.rows((User.id,))


@given(st.lists(st.integers(), max_size=1100))
def test_padding_adds_no_value_and_few_lengths(values):
    padded = pad(values)
    assert set(padded) == set(values) and padded[: len(values)] == values
    assert len(padded) in (0, *predicates.PADDED, len(values))


def test_values_share_the_statement_of_their_shape(days):
    rows_statement.cache_clear()
    for number in range(1, 9):
        conditions = equals(Day.order, number), any_of(Day.id, range(number + 7))
        Selection(Day, conditions, ("id",)).rows(("id",), 20, number)
    assert rows_statement.cache_info().currsize == 2  # 8 values, and up to 16


def test_rows_of_somebody_however_far_away(days):
    by_name = {user.username: user.id for user in User.select()}
    for name in by_name:
        own = Selection(Day, (along(Day, ("routine", "user"), by_name[name]), equals(Day.order, 2)), ("routine.name",))
        wanted = [day[0] for day in days if day[4] == name and day[1] == 2]
        assert [key for (key,) in own.rows(("id",), 20)] == own.keys() == wanted
        assert own.count() == len(wanted)
        assert [day.id for day in own.instances()] == wanted
    assert not Selection(Day, (along(Day, ("routine", "user"), None),)).exists()


def test_what_is_missing_on_the_way_belongs_to_nobody(held):
    user = User.create(username="ada", password="!")
    Session = BY_LABEL["manager.workoutsession"]
    Session.create(user=user)
    assert not Selection(Session, (along(Session, ("routine", "user"), user.id),)).exists()


def test_many_questions_in_one_query(days):
    seen = []
    note = lambda event: seen.append(event.sql)  # noqa: E731
    database.obj.query_hooks.append(note)
    numbers = [(1, "A1"), (9, "A1"), (3, "B1"), (2, "B1")]
    asked = [Selection(Day, (equals(Day.order, order), equals(Day.name, name))) for order, name in numbers]
    assert which_exist(asked) == [True, False, True, False]
    assert which_exist([Selection(Slot), *asked[:1], Selection(User)]) == [False, True, True]
    assert len(seen) == 2
    assert which_exist([]) == [] and len(seen) == 2
    database.obj.query_hooks.remove(note)


def _below(slot):
    return slot - Day.order


def test_the_first_in_a_computed_order_is_found_without_asking_for_its_key_before(days):
    selection = Selection(Day, (equals(Day.name, "A1"),), (Clause(_below, (2,)), "name"))
    assert selection.rows(COLUMNS, 1) == selection.rows(COLUMNS)[:1] != []
    assert selection.first().order == 3
    shape = database.obj.dialect, Day, selection.clauses, selection.order, COLUMNS, True, False
    assert rows_statement(*shape, False).sql.count("SELECT") == 1
    assert rows_statement(*shape, True).sql.count("SELECT") > 1
