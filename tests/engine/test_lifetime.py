import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.lifetime import (
    Lifetime,
    Lift,
    Workout,
    expired,
    recalculate,
    with_changed_workout,
    with_log,
    with_workout,
)
from wger_flask.engine.streaks import Streaks, longest_pause, saturday_of, streaks_in

from .builders import PAST, date


def dates(*texts):
    return [date(text) for text in texts]


def never():
    raise AssertionError("the row knows enough")


# -- streaks -------------------------------------------------------------------------------


def test_no_dates_no_streaks():
    assert streaks_in([]) == Streaks()


@pytest.mark.parametrize(
    ("days", "last_run", "longest_run"),
    [
        (["2024-03-01"], 1, 1),
        (["2024-02-28", "2024-02-29", "2024-03-01"], 3, 3),
        (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05"], 1, 3),
        (["2024-01-05", "2024-01-04", "2024-01-05", "2024-01-01"], 2, 2),
    ],
)
def test_days_in_a_row(days, last_run, longest_run):
    got = streaks_in(dates(*days))
    assert (got.last_run, got.longest_run) == (last_run, longest_run)


@pytest.mark.parametrize(
    ("days", "weekend", "run"),
    [
        (["2024-11-02"], None, 0),
        (["2024-11-03", "2024-11-09"], None, 0),
        (["2024-11-02", "2024-11-03"], "2024-11-02", 1),
        (["2024-11-02", "2024-11-03", "2024-11-09", "2024-11-10"], "2024-11-09", 2),
        (["2024-11-02", "2024-11-03", "2024-11-16", "2024-11-17", "2024-12-01"], "2024-11-16", 1),
    ],
)
def test_weekends_in_a_row(days, weekend, run):
    got = streaks_in(dates(*days))
    assert (got.last_weekend, got.weekend_run) == (weekend and date(weekend), run)


def test_pauses_and_new_year():
    got = streaks_in(dates("2024-01-01", "2024-01-31", "2024-02-29", "2024-04-01"))
    assert got.last_pause == date("2024-02-29") and got.new_year
    assert streaks_in(dates("2024-01-02", "2024-01-31")).last_pause is None  # 29 days
    assert longest_pause(dates("2024-01-02", "2024-01-31")) == 29 and longest_pause([]) == 0
    assert [saturday_of(day) for day in dates("2024-11-01", "2024-11-02", "2024-11-03")] == [
        None,
        date("2024-11-02"),
        date("2024-11-02"),
    ]


# -- the row -------------------------------------------------------------------------------


def test_volume_is_in_kilograms():
    lifts = [Lift(Decimal(100), Decimal(10)), Lift(Decimal(100), Decimal(12), 2)]
    assert recalculate([], lifts, PAST).total_weight_lifted == Decimal("1544.31")
    assert Lift(Decimal("999"), Decimal(50), 2).volume == Decimal("22656.94")
    assert Lift(None, Decimal(5)).volume == Lift(Decimal(5), None).volume == 0
    assert Lift(Decimal(5), Decimal(5), 4).volume == 25


@pytest.mark.parametrize(("today", "streak"), [("2024-11-04", 3), ("2024-11-05", 3), ("2024-11-06", 0)])
def test_days_in_a_row_expire_after_a_day_off(today, streak):
    row = recalculate([Workout(day) for day in dates("2024-11-02", "2024-11-03", "2024-11-04")], [], date(today))
    assert (row.current_streak, row.longest_streak) == (streak, 3)


@pytest.mark.parametrize(("today", "streak"), [("2024-11-03", 1), ("2024-11-15", 1), ("2024-11-16", 0)])
def test_weekends_expire_on_the_second_saturday(today, streak):
    row = recalculate([Workout(day) for day in dates("2024-11-02", "2024-11-03")], [], date(today))
    assert row.weekend_workout_streak == streak
    assert row.last_complete_weekend_date == date("2024-11-02")


def test_a_row_may_start_beside_a_history_it_does_not_count():
    """Sessions one after the other, and then an edit that has the whole history read."""
    imported = [Workout(day) for day in dates("2024-01-02", "2024-01-05", "2024-12-07", "2024-12-13")]
    row, history = Lifetime(), list(imported)

    def trained(day, time=None):
        nonlocal row
        history.append(Workout(date(day), time and datetime.time.fromisoformat(time)))
        row = with_workout(row, history[-1], len(history), never)
        return row

    first = trained("2024-11-02", "05:30")
    assert (first.total_workouts, first.current_streak, first.weekend_workout_streak) == (5, 1, 0)
    assert first.earliest_workout_time == first.latest_workout_time == datetime.time(5, 30)
    second = trained("2024-11-03", "08:00")
    assert (second.current_streak, second.longest_streak, second.weekend_workout_streak) == (2, 2, 1)
    assert second.last_complete_weekend_date == date("2024-11-02")
    assert trained("2024-11-04").current_streak == 3
    assert trained("2024-11-09", "23:15").current_streak == 1
    assert trained("2024-11-10").weekend_workout_streak == 2
    late = trained("2024-12-20", "12:00")
    assert (late.last_inactive_date, late.longest_streak) == (date("2024-11-10"), 3)
    new_year = trained("2025-01-01", "10:00")
    assert new_year.worked_out_jan_1 and new_year.weekend_workout_streak == 2

    whole = recalculate(history, [], PAST)
    assert (whole.current_streak, whole.weekend_workout_streak, whole.longest_streak) == (0, 0, 3)
    assert whole.last_complete_weekend_date == date("2024-11-09")
    moved = [Workout(date("2024-06-06")) if item.date == date("2024-11-09") else item for item in history]
    kept = with_changed_workout(whole, moved, PAST, moved=True)
    assert kept.last_complete_weekend_date == date("2024-11-09") and kept.weekend_workout_streak == 0
    assert recalculate(moved, [], PAST).last_complete_weekend_date == date("2024-11-02")


@pytest.mark.parametrize(
    ("trained", "other_day", "weekend", "run"),
    [
        (["2024-11-03"], True, "2024-11-02", 1),  # its Saturday is in what was imported
        (["2024-11-02"], True, "2024-11-02", 1),  # its Sunday is
        (["2024-11-03"], False, None, 0),
        (["2024-11-02", "2024-11-03"], True, "2024-11-02", 1),  # counted once
        (["2024-11-02", "2024-11-09"], True, "2024-11-09", 2),
        (["2024-11-02", "2024-11-09", "2024-11-10"], True, "2024-11-09", 2),
        (["2024-11-02", "2024-11-10"], True, "2024-11-09", 2),
        (["2024-11-02", "2024-11-16"], True, "2024-11-16", 1),
        (["2024-11-02", "2024-11-05", "2024-11-09"], True, "2024-11-09", 2),
        (["2024-11-04"], True, None, 0),
    ],
)
def test_the_other_day_of_a_weekend_may_be_one_that_is_not_counted(trained, other_day, weekend, run):
    row = Lifetime()
    for count, day in enumerate(dates(*trained), 1):
        row = with_workout(row, Workout(day), count, never, lambda: other_day)
    assert (row.last_complete_weekend_date, row.weekend_workout_streak) == (weekend and date(weekend), run)


def test_nothing_expires_by_an_edit_of_a_session():
    days = dates("2024-11-02", "2024-11-03", "2024-11-04")
    row = Lifetime()
    for count, day in enumerate(days, 1):
        row = with_workout(row, Workout(day, datetime.time(8)), count, never)
    later = with_changed_workout(row, [Workout(day, datetime.time(9)) for day in days], PAST, moved=False)
    assert (later.earliest_workout_time, later.latest_workout_time) == (datetime.time(8), datetime.time(9))
    assert (later.current_streak, later.weekend_workout_streak, later.longest_streak) == (3, 1, 3)
    moved = with_changed_workout(row, [Workout(day) for day in [*days[:2], date("2024-11-06")]], PAST, moved=True)
    assert (moved.current_streak, moved.weekend_workout_streak, moved.longest_streak) == (1, 1, 2)
    over = with_changed_workout(expired(row, PAST), [Workout(day) for day in days], PAST, moved=True)
    assert (over.current_streak, over.weekend_workout_streak, over.longest_streak) == (0, 0, 3)


def test_a_day_in_the_past_closes_a_gap():
    row = Lifetime()
    known = dates("2024-11-04", "2024-11-06")
    for count, day in enumerate(known, 1):
        row = with_workout(row, Workout(day), count, never)
    assert row.longest_streak == 1
    row = with_workout(row, Workout(date("2024-11-05")), 3, lambda: [*known, date("2024-11-05")])
    assert (row.current_streak, row.longest_streak) == (3, 3)


def test_a_streak_that_had_expired_is_taken_up_again():
    known = dates("2024-11-04", "2024-11-05")
    row = recalculate([Workout(day) for day in known], [], PAST)
    assert row.current_streak == 0
    row = with_workout(row, Workout(date("2024-11-06")), 3, lambda: [*known, date("2024-11-06")])
    assert row.current_streak == 3


def test_a_second_session_of_a_day_changes_counts_and_times_only():
    row = with_workout(Lifetime(), Workout(date("2024-11-04"), datetime.time(9)), 1, never)
    again = with_workout(row, Workout(date("2024-11-04"), datetime.time(7)), 2, never)
    assert (again.total_workouts, again.current_streak) == (2, 1)
    assert (again.earliest_workout_time, again.latest_workout_time) == (datetime.time(7), datetime.time(9))


near = st.dates(datetime.date(2024, 12, 1), datetime.date(2025, 1, 31))
far = st.dates(datetime.date(2023, 6, 1), datetime.date(2025, 12, 31))
workouts = st.builds(Workout, near | far, st.none() | st.times())
weights, counts = st.decimals(0, 999, places=2), st.decimals(0, 99, places=2)
lifts = st.builds(Lift, st.none() | weights, st.none() | counts, st.sampled_from([1, 2, 3]))
histories = st.lists(workouts | lifts, max_size=25)


@given(histories, st.sets(st.integers(0, 25)), st.integers(0, 40))
def test_incremental_equals_full(history, recalculations, later):
    """Add sessions and logs in any order, recalculate now and then; nothing differs in the end."""
    row, sessions, logs = Lifetime(), [], []
    today = datetime.date(2023, 6, 1)
    for index, item in enumerate(history):
        if isinstance(item, Lift):
            logs.append(item)
            row = with_log(row, item)
        else:
            sessions.append(item)
            today = max(today, item.date)
            row = with_workout(row, item, len(sessions), lambda: {known.date for known in sessions})
        if index in recalculations:
            row = recalculate(sessions, logs, today)
    today += datetime.timedelta(days=later)
    assert expired(row, today) == recalculate(sessions, logs, today)


@given(st.lists(near, unique=True, max_size=20).map(sorted))
def test_going_forward_needs_no_history(days):
    row = Lifetime()
    for count, day in enumerate(days, 1):
        row = with_workout(row, Workout(day), count, never)
    today = days[-1] if days else PAST
    assert expired(row, today) == recalculate([Workout(day) for day in days], [], today)


@given(st.lists(workouts, max_size=12), st.lists(lifts, max_size=6), st.randoms(), near)
def test_the_order_of_a_history_does_not_matter(sessions, logs, random, today):
    expected = recalculate(sessions, logs, today)
    random.shuffle(sessions)
    random.shuffle(logs)
    assert recalculate(sessions, logs, today) == expected


@given(st.lists(near, max_size=20))
def test_streaks_are_what_a_calendar_shows(days):
    got, known = streaks_in(days), set(days)
    run = 0
    while got.last and got.last - datetime.timedelta(days=run) in known:
        run += 1
    assert got.last_run == run <= got.longest_run <= len(known)
    if got.last_weekend:
        assert {got.last_weekend, got.last_weekend + datetime.timedelta(days=1)} <= known
