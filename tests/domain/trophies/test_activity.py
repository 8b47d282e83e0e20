"""The date of the last log stands where a wger on the same database looks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wger_flask.api import delete
from wger_flask.domain.core.models import UserCache
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession

JUNE = datetime(2024, 6, 3, 12, tzinfo=UTC)


def last(athlete) -> date | None:
    row = UserCache.get_or_none(UserCache.user == athlete.row)
    return row and row.last_activity


def test_the_date_of_the_last_log(athlete):
    athlete.session(date(2024, 6, 1))
    assert last(athlete) is None, "a session without a log is none"
    first = athlete.log(date=JUNE)
    assert last(athlete) == date(2024, 6, 3)
    athlete.log(date=JUNE.replace(day=2))
    assert last(athlete) == date(2024, 6, 3)
    late = athlete.log(date=datetime(2024, 6, 3, 22, 30, tzinfo=UTC))
    assert last(athlete) == date(2024, 6, 4), "on the server's calendar"
    late.date = JUNE.replace(day=9)
    late.save()
    assert last(athlete) == date(2024, 6, 9)
    late.weight, late.date = 90, JUNE.replace(day=8)
    late.save()
    assert last(athlete) == date(2024, 6, 8)
    delete(WorkoutLog, [late.id])
    assert last(athlete) == date(2024, 6, 3)
    delete(WorkoutLog, [first.id])
    assert last(athlete) == date(2024, 6, 2)
    delete(WorkoutLog, [row.id for row in WorkoutLog.select()])
    assert last(athlete) is None


def test_an_account_without_a_row_gets_one(athlete):
    UserCache.delete().where(UserCache.user == athlete.row).execute()
    athlete.log(date=JUNE)
    assert last(athlete) == date(2024, 6, 3)


def test_logs_that_go_with_their_session_are_looked_at(athlete):
    athlete.log(date=JUNE)
    session = athlete.session(date(2024, 6, 5))
    athlete.log(session=session, date=JUNE.replace(day=5))
    assert last(athlete) == date(2024, 6, 5)
    delete(WorkoutSession, [session.id])
    assert last(athlete) == date(2024, 6, 3)


@pytest.mark.parametrize("more", [{}, {"weight": None, "repetitions": 5}])
def test_a_further_log_of_a_day_costs_no_query_for_it(api, queries, more):
    client, body = api("grace"), {"exercise": 1, "weight": 100, "repetitions": 5} | more
    for _ in range(2):
        assert client.post("workoutlog/", body).status_code == 201
    del queries[:]
    assert client.post("workoutlog/", body).status_code == 201
    statements = [sql for sql in queries if "advisory_xact_lock" not in sql]
    assert len(statements) <= 9 and not any(sql.startswith("UPDATE") and "usercache" in sql for sql in statements)
