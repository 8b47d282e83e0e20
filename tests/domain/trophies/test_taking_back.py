"""Trophies that rest on what is gone are withdrawn, or void where a genuine server keeps them."""

from __future__ import annotations

import datetime

import pytest

from wger_flask.api import delete
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.domain.trophies.marks import voided
from wger_flask.domain.trophies.models import AwardMark, Trophy, UserTrophy

MONDAY = datetime.date(2024, 6, 3)


def after(days: int) -> datetime.date:
    return MONDAY + datetime.timedelta(days=days)


def train(athlete, *days: int, time=None) -> list[WorkoutSession]:
    return [athlete.session(after(day), time) for day in days]


def void(athlete) -> list[str]:
    awards = {row.id: row.trophy.name for row in UserTrophy.select().where(UserTrophy.user == athlete.row)}
    return sorted(awards[key] for key in voided(list(awards)))


WEEKENDS = [week * 7 + day for week in range(4) for day in (5, 6)]
EARNED = {
    "Consistent": (range(0, 20, 2), None),
    "Unstoppable": (range(30), None),
    "Weekend Warrior": (WEEKENDS, None),
    "Phoenix": ([0, 30], None),
    "New Year, New Me": ([212], None),
    "Early Bird": ([0], datetime.time(5)),
    "Night Owl": ([0], datetime.time(23, 30)),
}


@pytest.mark.parametrize("name", EARNED)
def test_what_sessions_earned_goes_with_them(athlete, name):
    days, time = EARNED[name]
    sessions = train(athlete, *days, time=time)
    assert name in athlete.trophies
    delete(WorkoutSession, [sessions[-1].id])
    assert name not in athlete.trophies and not AwardMark.select().exists()
    train(athlete, days[-1], time=time)
    assert athlete.trophies.count(name) == 1, "it can be earned anew"


@pytest.mark.parametrize("name", EARNED)
def test_what_a_session_that_was_mistyped_earned_goes_when_it_is_corrected(athlete, name):
    days, time = EARNED[name]
    session = train(athlete, *days, time=time)[-1]
    athlete.move(session, after(-1000), datetime.time(12))
    if name in ("Consistent", "Phoenix"):  # still ten, and a longer pause
        assert name in athlete.trophies
    else:
        assert name not in athlete.trophies


def test_a_time_that_was_mistyped_earns_nothing_later(athlete):
    """The recorded server's figures keep it until it counts everything again."""
    session = athlete.session(after(0), datetime.time(5))
    athlete.move(session, time=datetime.time(8))
    assert athlete.figures.earliest_workout_time == datetime.time(5)
    athlete.session(after(1), datetime.time(9))
    athlete.log()
    assert "Early Bird" not in athlete.trophies
    delete(WorkoutSession, [athlete.session(after(2)).id])
    assert athlete.figures.earliest_workout_time == datetime.time(8)


def test_a_session_has_no_times_before_it_has_ended(athlete):
    session = athlete.session(after(0))
    session.datetime_start = session.datetime_start.replace(hour=2)
    session.save()
    assert athlete.figures.earliest_workout_time is None and "Early Bird" not in athlete.trophies
    session.datetime_end = session.datetime_start
    session.save()
    assert athlete.figures.earliest_workout_time == datetime.time(2) and "Early Bird" in athlete.trophies


def test_nothing_goes_because_it_is_over(athlete):
    sessions = train(athlete, *range(30), *[100 + day for day in WEEKENDS[2:]], *[70 + day for day in WEEKENDS])
    earned = athlete.trophies
    assert {"Unstoppable", "Weekend Warrior", "Phoenix"} <= set(earned)
    log = athlete.log(session=sessions[0])
    log.weight = 90
    log.save()
    delete(WorkoutLog, [log.id])
    athlete.move(sessions[3], time=datetime.time(12))
    assert athlete.trophies == [*earned, "Personal Record"]


def test_logs_do_not_touch_what_sessions_earned(athlete):
    """As where somebody's history was imported in part."""
    UserTrophy.create(user=athlete.row, trophy=Trophy.get(Trophy.name == "Titan"), progress=100.0)
    log = athlete.log()
    log.weight = 90
    log.save()
    delete(WorkoutLog, [log.id])
    assert "Titan" in athlete.trophies


def test_unreadable_rules_say_nothing_against_a_trophy(athlete):
    for checker, params in (("workout_count_based", {"count": None}), ("wger.trophies.Nonsense", {}), ("streak", [])):
        trophy = Trophy.create(name="Old", checker_class=checker, checker_params=params)
        UserTrophy.create(user=athlete.row, trophy=trophy, progress=100.0)
    delete(WorkoutSession, [train(athlete, 0)[0].id])
    assert athlete.trophies == ["Old"] * 3


def test_what_logs_lifted_is_kept_and_void(athlete):
    """So does a genuine server; here it can be earned anew."""
    log = athlete.log(500, 60)
    assert "Bus lifter" in athlete.trophies
    log.weight = 100
    log.save()
    assert {"Elephant lifter", "Bus lifter"} <= set(athlete.trophies)
    assert void(athlete) == ["Bus lifter"]
    bus = Trophy.get(Trophy.name == "Bus lifter")
    first = UserTrophy.get(UserTrophy.trophy == bus, UserTrophy.user == athlete.row)
    athlete.log(500, 60)
    assert void(athlete) == [] and athlete.trophies.count("Bus lifter") == 1
    assert UserTrophy.get_by_id(first.id).earned_at > first.earned_at
    delete(WorkoutLog, [row.id for row in WorkoutLog.select().where(WorkoutLog.user == athlete.row)])
    assert set(void(athlete)) == {"Bus lifter", "Elephant lifter", "Personal Record"}


# -- records -------------------------------------------------------------------------------------
def estimates(athlete) -> list[float]:
    return [record["one_rep_max_estimate"] for record in athlete.records]


def test_a_record_says_what_its_log_is(athlete):
    athlete.log(60, 5)
    log = athlete.log(625, 5)
    log.weight = "62.5"
    log.save()
    assert estimates(athlete) == [67.5, 70.31] and void(athlete) == []
    assert athlete.records[1]["weight"] == 62.5
    athlete.log(65, 5)
    assert estimates(athlete) == [67.5, 70.31, 73.12], "a slip of the finger is no record for ever"


@pytest.mark.parametrize("change", [{"weight": 50}, {"repetitions": 1}, {"rir": -1, "weight": 60}])
def test_a_record_that_was_none_is_void(athlete, change):
    athlete.log(60, 5)
    log = athlete.log(100, 5)
    for name, value in change.items():
        setattr(log, name, value)
    if "repetitions" in change:
        log.weight = 60
    log.save()
    assert void(athlete) == ["Personal Record"] and len(athlete.records) == 2
    athlete.log(65, 5)
    assert estimates(athlete)[-1] == 73.12
    log.weight = 300
    log.save()
    assert void(athlete) == [], "and one again"


def test_a_record_whose_log_is_gone_is_void_and_measures_nothing(athlete):
    session = athlete.session(MONDAY)
    false = athlete.log(625, 5, session=session)
    delete(WorkoutSession, [session.id])
    assert WorkoutLog.get_or_none(WorkoutLog.id == false.id) is None
    assert athlete.trophies.count("Personal Record") == 1 and "Personal Record" in void(athlete)
    athlete.log(60, 5)
    athlete.log(55, 5)
    assert estimates(athlete) == [703.12, 67.5]


def test_a_record_moves_with_its_log_to_another_exercise(athlete):
    one, other = Exercise.select().order_by(Exercise.id).limit(2)
    athlete.log(60, 5, other)
    log = athlete.log(100, 5, one)
    log.exercise = other
    log.save()
    assert [record["exercise_id"] for record in athlete.records] == [other.id, other.id]
    athlete.log(20, 5, one)
    assert len(athlete.records) == 3, "the first of that exercise again"


# -- by all doors --------------------------------------------------------------------------------
@pytest.fixture
def grace(api):
    client = api("grace")
    client.post("workoutlog/", {"exercise": 1, "weight": 60, "repetitions": 5})
    made = client.post("workoutlog/", {"exercise": 1, "weight": 625, "repetitions": 60, "date": "2024-06-03T05:00:00Z"})
    return client, made.json


def lists(client) -> list[str]:
    return sorted(row["trophy"]["name"] for row in client.get("user-trophy/").json["results"])


@pytest.mark.parametrize("door", ["correct", "delete", "delete session", "upload a correction", "upload a deletion"])
def test_figures_and_trophies_follow_at_once(grace, door):
    client, log = grace
    assert "Elephant lifter" in lists(client)
    if door == "correct":
        assert client.patch(f"workoutlog/{log['id']}/", {"weight": "6.25"}).status_code == 200
    elif door == "delete":
        assert client.delete(f"workoutlog/{log['id']}/").status_code == 204
    elif door == "delete session":
        assert client.delete(f"workoutsession/{log['session']}/").status_code == 204
    else:
        kind = "PATCH" if door == "upload a correction" else "DELETE"
        body = {"table": "manager_workoutlog", "data": {"id": log["id"], "weight": "6.25"}}
        assert client.open(kind, "upload-powersync-data", body).status_code == 200
    [figures] = client.get("user-statistics/").json["results"]
    assert figures["total_weight_lifted"] == ("675.00" if "correct" in door else "300.00")
    assert figures["total_workouts"] == (1 if door == "delete session" else 2)
    assert "Elephant lifter" in lists(client), "as recorded"
    names = [row["trophy"]["name"] for row in client.get("user-trophy/").json["results"]]
    awards = [row["id"] for row in client.get("user-trophy/").json["results"]]
    assert {name for name, key in zip(names, awards, strict=True) if key in voided(awards)} >= {"Elephant lifter"}


def test_an_award_is_hidden_and_shown_again(api, grace):
    client, log = grace
    client.delete(f"workoutlog/{log['id']}/")
    rows = client.get("user-trophy/").json["results"]
    award = next(row for row in rows if row["trophy"]["name"] == "Elephant lifter")
    path = f"user-trophy/{award['id']}/"
    assert [api("linus").post(f"{path}{act}/", {}).status_code for act in ("hide", "show")] == [404, 404]
    assert client.post(f"{path}show/", {}).status_code == 404
    assert client.post(f"{path}hide/", {}).json == award
    assert "Elephant lifter" not in lists(client) and client.get(path).status_code == 404
    assert client.get("user-trophy/hidden/").json == [award] and api("linus").get("user-trophy/hidden/").json == []
    progress = {row["trophy"]["name"]: row for row in client.get("trophy/progress/").json}
    assert progress["Elephant lifter"]["is_earned"] is False
    assert progress["Elephant lifter"]["progress_display"] == "300.0 / 5,000 kg"
    assert client.post(f"{path}show/", {}).json == award
    assert "Elephant lifter" in lists(client) and client.get("user-trophy/hidden/").json == []
    client.post(f"{path}hide/", {})
    client.post("workoutlog/", {"exercise": 1, "weight": 600, "repetitions": 20})
    assert "Elephant lifter" in lists(client), "what is earned anew is shown"
    assert api().get("user-trophy/hidden/").status_code in (401, 403)


def test_a_deletion_of_many_logs_asks_once(athlete, queries):
    logs = [athlete.log(100 + number, 5) for number in range(5)]
    counts = []
    for some in (logs[:1], logs[1:4]):
        del queries[:]
        delete(WorkoutLog, [log.id for log in some])
        counts.append(sum("context_data" in sql for sql in queries))
    assert counts[0] == counts[1] <= 2
