"""Trophies are given when they are earned, once, to those who want them."""

from __future__ import annotations

import datetime

import pytest

from wger_flask.api import delete
from wger_flask.auth.models import User
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.models import Trophy, UserStatistics, UserTrophy
from wger_flask.domain.trophies.training import count_everything_again

from .conftest import span

MONDAY = datetime.date(2024, 6, 3)


def after(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def test_counting_workouts(athlete):
    for day in range(0, 20, 2):
        athlete.session(after(day))
        assert athlete.trophies == ["Beginner", "Consistent"][: 2 if day == 18 else 1]


def test_days_in_a_row(athlete):
    for day in range(30):
        assert "Unstoppable" not in athlete.trophies
        athlete.session(after(day))
    assert "Unstoppable" in athlete.trophies


def test_weekends_in_a_row(athlete):
    for week in range(4):
        assert "Weekend Warrior" not in athlete.trophies
        athlete.session(after(week * 7 + 5))
        athlete.session(after(week * 7 + 6))
    assert "Weekend Warrior" in athlete.trophies


def test_lifting(athlete):
    athlete.log(500, 9)
    assert athlete.trophies == ["Personal Record"]
    athlete.log(500, 1)
    assert athlete.trophies == ["Personal Record", "Elephant lifter"]
    athlete.log(500, 900)
    assert {"Bus lifter", "Plane lifter", "Blue whale lifter", "Space Station lifter"} <= set(athlete.trophies)


@pytest.mark.parametrize(
    ("time", "name"), [("05:59:59", "Early Bird"), ("06:00", None), ("23:00", None), ("23:00:01", "Night Owl")]
)
def test_times_of_day(athlete, time, name):
    athlete.session(MONDAY, datetime.time.fromisoformat(time))
    assert athlete.trophies == ["Beginner", name][: 2 if name else 1]


@pytest.mark.parametrize(("date", "earned"), [("2024-01-01", True), ("2024-01-02", False), ("2023-12-31", False)])
def test_new_year(athlete, date, earned):
    athlete.session(datetime.date.fromisoformat(date))
    assert ("New Year, New Me" in athlete.trophies) is earned


@pytest.mark.parametrize(("days", "earned"), [(29, False), (30, True)])
def test_coming_back(athlete, days, earned):
    athlete.session(MONDAY)
    athlete.session(after(days))
    assert ("Phoenix" in athlete.trophies) is earned


def test_a_change_can_earn_and_take_back(athlete):
    session = athlete.session(MONDAY, datetime.time(8))
    athlete.move(session, time=datetime.time(5))
    log = athlete.log(100, 1)
    log.repetitions = 60
    log.save()
    earned = ["Beginner", "Early Bird", "Personal Record", "Elephant lifter"]
    assert athlete.trophies == earned
    athlete.move(session, time=datetime.time(8))
    assert athlete.trophies == ["Beginner", "Personal Record", "Elephant lifter"]
    delete(WorkoutLog, [log.id])
    delete(WorkoutSession, [session.id])
    assert athlete.figures.total_workouts == 0
    assert athlete.trophies == ["Personal Record", "Elephant lifter"], "what logs earned is kept, as recorded"
    athlete.session(MONDAY, datetime.time(5))
    assert athlete.trophies == ["Personal Record", "Elephant lifter", "Beginner", "Early Bird"]


def test_trophies_of_ones_own(athlete):
    Trophy.create(name="Leap", checker_class="date_based", checker_params={"month": 2, "day": 29})
    Trophy.create(name="Asleep", checker_class="date_based", checker_params={"month": 2, "day": 29}, is_active=False)
    for params in ({}, {"count": None}, [], 5, "count"):
        Trophy.create(name="Broken", checker_class="workout_count_based", checker_params=params)
    Trophy.create(name="Unknown", checker_class="wger.trophies.Nonsense")
    athlete.session(datetime.date(2024, 2, 29))
    assert athlete.trophies == ["Leap", "Beginner"]


def test_nothing_for_those_who_want_nothing(athlete):
    UserProfile.create(user=athlete.row, notification_language=2, trophies_enabled=False)
    athlete.log(session=athlete.session(MONDAY))
    assert athlete.trophies == []
    assert athlete.figures.total_workouts == 1


@pytest.mark.parametrize(("days", "earned"), [(29, True), (31, False)])
def test_nothing_for_those_who_are_away(athlete, days, earned):
    UserProfile.create(user=athlete.row, notification_language=2)
    last = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    User.update(last_login=last).where(User.id == athlete.row.id).execute()
    athlete.session(MONDAY)
    assert bool(athlete.trophies) is earned


# -- personal records ----------------------------------------------------------------------


@pytest.fixture
def exercises(app):
    return list(Exercise.select().order_by(Exercise.id).limit(2))


def test_records_belong_to_exercises(athlete, exercises):
    one, other = exercises
    for exercise, weight, repetitions in (
        (one, 100, 5),
        (one, 80, 8),
        (other, 50, 5),
        (one, "100.01", 5),
        (one, 100, 37),
        (one, None, 5),
        (other, 60, 5),
    ):
        athlete.log(weight, repetitions, exercise)
    estimates = [(record["exercise_id"], record["one_rep_max_estimate"]) for record in athlete.records]
    assert estimates == [(one.id, 112.5), (other.id, 56.25), (one.id, 112.51), (other.id, 67.5)]
    assert athlete.trophies.count("Personal Record") == 4


def test_a_first_log_is_a_record_even_without_an_estimate(athlete):
    athlete.log(None, 5)
    athlete.log(10, 5)
    assert [record["one_rep_max_estimate"] for record in athlete.records] == [None, 11.25]


def test_what_a_record_remembers(athlete):
    session = athlete.session(MONDAY)
    log = athlete.log("102.50", 8, session=session, rir=2, date=datetime.datetime(2024, 6, 3, 10, tzinfo=datetime.UTC))
    [record] = athlete.records
    assert record == {
        "log_id": str(log.id),
        "date": "2024-06-03T12:00:00+02:00",
        "session_id": str(session.id),
        "exercise_id": log.exercise_id,
        "repetitions_unit_id": 1,
        "repetitions": 8.0,
        "weight_unit_id": 1,
        "weight": 102.5,
        "iteration": None,
        "one_rep_max_estimate": 136.67,
    }


def test_only_new_logs_are_records(athlete):
    log = athlete.log(100, 5)
    log.weight = 200
    log.save()
    assert len(athlete.records) == 1


def test_somebody_elses_records_do_not_matter(api, people):
    body = {"exercise": 1, "weight": 100, "repetitions": 5}
    for name in ("grace", "linus"):
        assert api(name).post("workoutlog/", body).status_code == 201
        assert api(name).get("user-trophy/?trophy__trophy_type=pr").json["count"] == 1


# -- counting everything again ---------------------------------------------------------------


def test_everything_is_counted_again_and_earns(app, athlete):
    row = athlete.row.id
    WorkoutSession.insert_many(
        [{"user": row, **span(after(day)), "id": WorkoutSession.id.default()} for day in range(10)]
    ).execute()
    assert not UserStatistics.select().where(UserStatistics.user == row).exists()
    assert count_everything_again() == 1
    assert (athlete.figures.total_workouts, athlete.figures.longest_streak) == (10, 10)
    assert athlete.trophies == ["Beginner", "Consistent"]
    assert count_everything_again(athlete.row.username) == 1
    assert athlete.trophies == ["Beginner", "Consistent"]


def test_nobody_is_not_counted(app):
    with pytest.raises(ValueError, match="there is no account 'nobody'"):
        count_everything_again("nobody")


# -- over the API ----------------------------------------------------------------------------


def test_a_refused_log_counts_nothing(api):
    client = api("grace")
    assert client.post("workoutlog/", {"exercise": 1, "weight": -1, "repetitions": 5}).status_code == 400
    assert client.get("user-statistics/").json["count"] == 0
    assert not UserTrophy.select().exists() and not WorkoutSession.select().exists()


def test_a_log_makes_its_session_count(api):
    client, moment = api("grace"), f"{MONDAY}T10:00:00+01:00"  # today may be a day with a trophy of its own
    client.post("workoutlog/", {"exercise": 1, "weight": 100, "repetitions": 5, "date": moment})
    client.post("workoutlog/", {"exercise": 1, "weight": 90, "repetitions": 5, "date": moment})
    [row] = client.get("user-statistics/").json["results"]
    assert (row["total_weight_lifted"], row["total_workouts"]) == ("950.00", 1)
    assert row["last_workout_date"] == MONDAY.isoformat()
    names = [award["trophy"]["name"] for award in client.get("user-trophy/?ordering=earned_at").json["results"]]
    assert names == ["Beginner", "Personal Record"]


def test_a_log_stays_cheap_however_long_the_history(api, people, queries):
    client, grace = api("grace"), people["grace"]
    body = {"exercise": 1, "weight": 100, "repetitions": 5}
    session = client.post("workoutlog/", body).json["session"]
    counts = []
    for _ in range(2):
        del queries[:]
        client.post("workoutlog/", {**body, "session": session})
        # one about calculated categories asks for the height of a profile
        others = [sql for sql in queries if "wger_flask_calculation" not in sql]
        counts.append(len([sql for sql in others if "trophies_" in sql or "core_userprofile" in sql]))
        old = [{"user": grace, **span(after(day)), "id": WorkoutSession.id.default()} for day in range(300)]
        WorkoutSession.insert_many(old).execute()
    assert counts[0] == counts[1] <= 5
