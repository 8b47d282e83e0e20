"""What is counted as it happens equals what is counted afterwards."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wger_flask.api import delete, today, transaction
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.models import UserStatistics
from wger_flask.domain.trophies.statistics import figures, held, recount
from wger_flask.engine.lifetime import expired

from .conftest import Athlete, span

MOMENT = datetime.time(5, 30)


class _Undo(Exception):
    pass


def ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


days = st.one_of(st.integers(0, 30), st.integers(0, 30).map(lambda week: week * 7), st.integers(31, 500))
times = st.none() | st.times(min_value=datetime.time(4)).map(lambda time: time.replace(microsecond=0))
numbers = st.none() | st.decimals(0, 500, places=2)
which = st.integers(0, 50)
units = st.sampled_from([None, 1, 2, 4])
adding = st.one_of(
    st.tuples(st.just("train"), days, times),
    st.tuples(st.just("lift"), which, numbers, numbers, units),
)
changing = st.one_of(
    st.tuples(st.just("lift differently"), which, numbers, numbers, units),
    st.tuples(st.just("train at another time"), which, times),
    st.tuples(st.just("train another day"), which, days),
    st.tuples(st.just("forget a log"), which),
    st.tuples(st.just("forget a session"), which),
)
alone = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def happen(athlete, event) -> None:
    """Let something happen to the training of somebody."""
    what, *values = event
    sessions = list(WorkoutSession.select().where(WorkoutSession.user == athlete.row).order_by(WorkoutSession.id))
    logs = list(WorkoutLog.select().where(WorkoutLog.user == athlete.row).order_by(WorkoutLog.id))
    if what == "train":
        athlete.session(ago(values[0]), values[1])
    elif what == "lift":
        session = sessions[values[0] % len(sessions)] if sessions else None
        athlete.log(values[1], values[2], weight_unit=values[3], session=session)
    elif what == "lift differently" and logs:
        log = logs[values[0] % len(logs)]
        log.weight, log.repetitions, log.weight_unit = values[1:]
        log.save()
    elif what == "forget a log" and logs:
        delete(WorkoutLog, [logs[values[0] % len(logs)].id])
    elif what == "forget a session" and sessions:
        delete(WorkoutSession, [sessions[values[0] % len(sessions)].id])
    elif what.startswith("train a") and sessions:
        session = sessions[values[0] % len(sessions)]
        if what == "train another day":
            athlete.move(session, date=ago(values[1]))
        else:
            athlete.move(session, time=values[1])


TAKEN_BACK_LATER = ("last_complete_weekend_date", "earliest_workout_time", "latest_workout_time")


def counted(athlete):
    """Return what was counted as it happened, and what is counted now, both as of today."""
    row = UserStatistics.get_or_none(UserStatistics.user == athlete.row)
    along = figures(row) if row else None
    return along and expired(along, today()), recount(held(athlete.row.id)) if row else None


def check(events, weekends: bool) -> None:
    try:
        with transaction():
            athlete = Athlete()
            for event in events:
                happen(athlete, event)
            along, afterwards = counted(athlete)
            if not weekends and along:  # what is taken back by the next recalculation alone
                along = replace(along, **{name: getattr(afterwards, name) for name in TAKEN_BACK_LATER})
            assert along == afterwards
            raise _Undo
    except _Undo:
        pass


@alone
@given(st.lists(adding, max_size=25))
def test_additions_in_any_order(app, events):
    check(events, weekends=True)


@alone
@given(st.lists(adding | changing, max_size=25))
def test_any_history(app, events):
    check(events, weekends=False)


def dates(*texts):
    return [datetime.date.fromisoformat(text) for text in texts]


def test_nothing_follows_from_a_weekend_that_was_moved_away(athlete, monkeypatch):
    """Of three weekends the middle one was not one, so that the third is the first in a row."""
    monkeypatch.setattr("wger_flask.domain.trophies.statistics.today", lambda zone: datetime.date(2024, 11, 12))
    for date in dates("2024-11-02", "2024-11-03", "2024-11-09"):
        athlete.session(date)
    moved = athlete.session(datetime.date(2024, 11, 10))
    assert athlete.figures.weekend_workout_streak == 2
    athlete.move(moved, datetime.date(2024, 11, 11))
    # The recorded server does not take the weekend back before it counts everything again.
    assert athlete.figures.last_complete_weekend_date == datetime.date(2024, 11, 9)
    assert athlete.figures.weekend_workout_streak == 1
    for date in dates("2024-11-16", "2024-11-17"):
        athlete.session(date)
    assert athlete.figures.weekend_workout_streak == 1
    assert athlete.figures.last_complete_weekend_date == datetime.date(2024, 11, 16)


def test_figures_of_a_first_session(athlete):
    athlete.session(datetime.date(2024, 11, 2), MOMENT)
    found = athlete.figures
    assert (found.total_workouts, found.current_streak, found.longest_streak) == (1, 1, 1)
    assert found.earliest_workout_time == found.latest_workout_time == MOMENT
    assert found.last_workout_date == datetime.date(2024, 11, 2) and not found.worked_out_jan_1


def test_a_log_counts_in_kilograms(athlete):
    athlete.log(100, 10)
    athlete.log(100, 12, weight_unit=2)
    athlete.log(None, 10)
    assert athlete.figures.total_weight_lifted == Decimal("1544.31")


def test_the_sum_ends_where_its_column_does(athlete):
    """Somebody's slips, or jokes, must not keep them from logging."""
    for _ in range(102):
        athlete.log("9999.99", "9999.99")
    assert athlete.figures.total_weight_lifted == Decimal("9999999999.99")


def test_an_edit_without_meaning_for_the_figures_costs_nothing(athlete, queries):
    session = athlete.session(today(), notes="hard")
    log = athlete.log(session=session)
    del queries[:]
    session.notes, log.rest = "easy", 90
    session.save()
    log.save()
    assert [sql.split()[0] for sql in queries] == ["UPDATE", "UPDATE"]


@pytest.mark.parametrize("query", ["", "?with_history=False", "?with_history=True"])
def test_sessions_that_go_with_their_routine_are_counted_out(api, query):
    client = api("grace")
    routine = client.post("routine/", {"name": "x", "start": "2024-11-01", "end": "2024-11-30"}).json["id"]
    body = {"exercise": 1, "routine": routine, "weight": 100, "repetitions": 5, "date": "2024-11-02T12:00:00Z"}
    assert client.post("workoutlog/", body).status_code == 201
    [row] = client.get("user-statistics/").json["results"]
    assert (row["total_workouts"], row["total_weight_lifted"]) == (1, "500.00")
    assert client.delete(f"routine/{routine}/{query}").status_code == 204
    [row] = client.get("user-statistics/").json["results"]
    left = (0, "0.00", None) if query.endswith("True") else (1, "500.00", "2024-11-02")
    assert (row["total_workouts"], row["total_weight_lifted"], row["last_workout_date"]) == left


def test_who_is_gone_leaves_no_figures(athlete):
    athlete.log(session=athlete.session(today()))
    with transaction():
        delete(type(athlete.row), [athlete.row.id])
    assert not UserStatistics.select().where(UserStatistics.user == athlete.row.id).exists()


def test_dates_of_logs_make_no_streaks(athlete):
    session = athlete.session(today())
    athlete.log(session=session, date=datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC))
    assert (athlete.figures.current_streak, athlete.figures.last_workout_date) == (1, today())


def test_the_other_day_of_a_weekend_may_have_been_imported(athlete):
    """Figures start beside an imported history; a weekend is complete all the same once its other day is done."""
    imported = dates("2024-06-09", "2024-06-15", "2024-06-29")
    WorkoutSession.insert_many(
        [{"id": WorkoutSession.id.default(), "user": athlete.row, **span(date)} for date in imported]
    ).execute()
    expected = {
        "2024-06-08": (1, "2024-06-08"),
        "2024-06-16": (2, "2024-06-15"),
        "2024-06-22": (2, "2024-06-15"),
        "2024-06-30": (1, "2024-06-29"),
    }
    for date, (streak, saturday) in expected.items():
        athlete.session(datetime.date.fromisoformat(date))
        found = athlete.figures
        assert (found.weekend_workout_streak, str(found.last_complete_weekend_date)) == (streak, saturday)


def test_a_second_session_of_a_day_in_the_past_has_nothing_counted_anew(athlete):
    """Beside an imported history that the figures do not know."""
    WorkoutSession.insert_many(
        [
            {"id": WorkoutSession.id.default(), "user": athlete.row, **span(date)}
            for date in dates("2023-01-01", "2023-01-02")
        ]
    ).execute()
    for date in dates("2024-06-08", "2024-06-10", "2024-06-08"):
        athlete.session(date)
    assert (athlete.figures.longest_streak, athlete.figures.worked_out_jan_1) == (1, False)
    athlete.session(datetime.date(2024, 6, 9))
    assert (athlete.figures.longest_streak, athlete.figures.worked_out_jan_1) == (3, True)


@pytest.mark.parametrize("hour", [22, 23])
def test_the_day_of_a_session_is_the_one_on_which_it_began(athlete, hour):
    """On the server's calendar, whatever day it is in London and however long it went on."""
    start = datetime.datetime(2024, 6, 1, hour - 1, 30, tzinfo=datetime.UTC)
    WorkoutSession.create(user=athlete.row, datetime_start=start, datetime_end=start + datetime.timedelta(hours=4))
    found = athlete.figures
    assert (str(found.last_workout_date), str(found.earliest_workout_time)) == {
        22: ("2024-06-01", "23:30:00"),
        23: ("2024-06-02", "00:30:00"),
    }[hour]


def test_an_edit_of_a_session_ends_no_streak(athlete):
    for date in dates("2024-11-02", "2024-11-03", "2024-11-04"):
        session = athlete.session(date, datetime.time(8))
    athlete.move(session, time=datetime.time(9))
    found = athlete.figures
    assert (found.current_streak, found.weekend_workout_streak, found.latest_workout_time) == (3, 1, datetime.time(9))
    athlete.move(session, datetime.date(2024, 11, 5))
    assert (athlete.figures.current_streak, athlete.figures.longest_streak) == (1, 2)
