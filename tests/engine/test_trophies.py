import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine import trophies
from wger_flask.engine.lifetime import Lifetime
from wger_flask.engine.trophies import Record, Standing, check, in_good_standing, personal_record

from .builders import date


def never():
    raise AssertionError("the row knows enough")


def standing(checker, params, dates=never, progressive=True, **row):
    return check(checker, params, Lifetime(**row), dates, is_progressive=progressive)


# (checker, params, row, earned, progress, current, target, display)
PROGRESS = [
    ("workout_count_based", {"count": 50}, {"total_workouts": 14}, 28.000000000000004, "14", "50", "14 / 50 workouts"),
    ("workout_count_based", {"count": 10}, {}, 0.0, "0", "10", "0 / 10 workouts"),
    ("streak", {"days": 30}, {"current_streak": 1, "longest_streak": 3}, 10.0, "3", "30", "3 / 30 days"),
    ("weekend_warrior", {"weekends": 4}, {"weekend_workout_streak": 1}, 25.0, "1", "4", "1 / 4 weekends"),
    ("volume", {"kg": 5000}, {}, 0.0, "0.00", "5000.0", "0.0 / 5,000 kg"),
    ("volume", {"kg": 5000}, {"total_weight_lifted": Decimal("2864.31")}, 57.2862, "2864.31", "5000.0",
     "2,864 / 5,000 kg"),
    ("volume", {"kg": 50000}, {"total_weight_lifted": Decimal("30636.94")}, 61.273880000000005, "30636.94", "50000.0",
     "30,636 / 50,000 kg"),
    ("volume", {"kg": 10000000}, {"total_weight_lifted": Decimal("999.99")}, 0.0099999, "999.99", "10000000.0",
     "999.9 / 10,000,000 kg"),
]  # fmt: skip


@pytest.mark.parametrize(("checker", "params", "row", "progress", "current", "target", "display"), PROGRESS)
def test_progress(checker, params, row, progress, current, target, display):
    got = standing(checker, params, **row)
    assert got == Standing(False, pytest.approx(progress, rel=1e-15), current, target, display)
    assert standing(checker, params, progressive=False, **row) == Standing(False)


SIX, ELEVEN = datetime.time(6), datetime.time(23)

EARNED = [
    ("workout_count_based", {"count": 10}, {"total_workouts": 10}, True),
    ("workout_count_based", {"count": 10}, {"total_workouts": 9}, False),
    ("streak", {"days": 30}, {"longest_streak": 30}, True),
    ("streak", {"days": 30}, {"current_streak": 30}, True),
    ("weekend_warrior", {"weekends": 4}, {"weekend_workout_streak": 3}, False),
    ("weekend_warrior", {"weekends": 4}, {"weekend_workout_streak": 4}, True),
    ("volume", {"kg": 5000}, {"total_weight_lifted": Decimal("4999.99")}, False),
    ("volume", {"kg": 5000}, {"total_weight_lifted": Decimal("5000.00")}, True),
    ("time_based", {"before": "06:00"}, {"earliest_workout_time": SIX}, False),
    ("time_based", {"before": "06:00"}, {"earliest_workout_time": datetime.time(5, 59)}, True),
    ("time_based", {"before": "06:00"}, {}, False),
    ("time_based", {"after": "23:00"}, {"latest_workout_time": ELEVEN}, False),
    ("time_based", {"after": "23:00"}, {"latest_workout_time": datetime.time(23, 0, 1)}, True),
    ("date_based", {"month": 1, "day": 1}, {"worked_out_jan_1": True}, True),
    ("date_based", {"month": 1, "day": 1}, {}, False),
    (
        "inactivity_return",
        {"inactive_days": 30},
        {"last_inactive_date": date("2024-11-10"), "last_workout_date": date("2024-12-20")},
        True,
    ),
    ("inactivity_return", {"inactive_days": 30}, {"last_workout_date": date("2024-12-20")}, False),
    ("personal_record", {}, {"total_workouts": 99}, False),
]


@pytest.mark.parametrize(("checker", "params", "row", "earned"), EARNED)
def test_earned(checker, params, row, earned):
    assert standing(checker, params, **row).earned is earned
    assert standing(checker, params, progressive=False, **row) == Standing(earned)


def test_what_is_earned_but_was_not_given_still_has_its_figures():
    got = standing("workout_count_based", {"count": 10}, total_workouts=17)
    assert got == Standing(True, 100.0, "17", "10", "17 / 10 workouts")


def test_what_a_row_does_not_know_is_asked_of_the_dates():
    days = [date("2024-02-29"), date("2024-04-10")]
    assert standing("date_based", {"month": 2, "day": 29}, lambda: days).earned
    assert not standing("date_based", {"month": 3, "day": 1}, lambda: days).earned
    assert standing("inactivity_return", {"inactive_days": 41}, lambda: days).earned
    assert not standing("inactivity_return", {"inactive_days": 42}, lambda: days).earned


@pytest.mark.parametrize(
    ("checker", "params"),
    [
        ("no_such", {}),
        ("volume", {}),
        ("volume", {"kg": "heavy"}),
        ("streak", {"days": None}),
        ("time_based", {"before": "six"}),
        ("date_based", {"month": 1}),
    ],
)
def test_a_broken_trophy_cannot_be_earned(checker, params):
    assert standing(checker, params, earliest_workout_time=datetime.time(1)) == Standing(False)


def test_every_checker_is_described():
    assert all(function.__doc__ for function in trophies.CHECKERS.values())


@pytest.mark.parametrize(
    ("enabled", "days", "evaluated"), [(True, None, True), (True, 30, True), (True, 31, False), (False, 0, False)]
)
def test_only_those_who_want_and_still_come(enabled, days, evaluated):
    now = datetime.datetime(2024, 6, 1, 12)
    last_login = None if days is None else now - datetime.timedelta(days=days)
    assert in_good_standing(enabled, last_login, now) is evaluated


def record(weight, repetitions, latest=None, rir=None):
    values = (None if value is None else Decimal(str(value)) for value in (weight, repetitions, rir))
    return personal_record(*values, latest)


def test_the_first_log_is_always_a_record():
    assert record(100, 5) == Record(112.5)
    assert record(100, 10) == Record(133.33)
    assert record(None, 5) == record(100, 37) == Record(None)


@pytest.mark.parametrize(
    ("weight", "repetitions", "rir", "expected"),
    [
        ("250.5", 20, None, 530.47),
        (100, 3, 2, None),
        (100, 3, "2.5", 114.29),
        (80, 8, None, None),
        (999, 50, None, None),
        (None, 5, None, None),
        (100, None, None, None),
    ],
)
def test_later_logs_have_to_exceed_the_latest_record(weight, repetitions, rir, expected):
    assert record(weight, repetitions, Record(112.5), rir) == (None if expected is None else Record(expected))


def test_anything_that_can_be_told_exceeds_a_record_without_an_estimate():
    assert record(20, 5, Record(None)) == Record(22.5)
    assert record(None, 5, Record(None)) is None


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 45)), max_size=20))
def test_records_only_grow(logs):
    latest = None
    for weight, repetitions in logs:
        new = record(weight, repetitions, latest)
        if new is not None and latest is not None:
            assert new.one_rep_max_estimate > (latest.one_rep_max_estimate or 0)
        latest = new or latest
    assert (latest is None) == (not logs)


@given(st.integers(0, 3000), st.integers(1, 1000))
def test_progress_is_full_exactly_when_earned(done, target):
    got = standing("workout_count_based", {"count": target}, total_workouts=done)
    assert got.earned == (done >= target) == (got.progress == 100.0)
