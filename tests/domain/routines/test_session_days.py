"""A session belongs to the day on which it began, on its owner's calendar."""

from __future__ import annotations

import pytest

NEW_YORK = "America/New_York"  # the server is in Berlin


@pytest.fixture
def abroad(linus):
    """Somebody whose profile names another time zone."""
    assert linus.client.patch("userprofile/", {"time_zone": NEW_YORK}).status_code == 200
    return linus


def figures(person) -> dict:
    [row] = person.get("user-statistics/")["results"]
    return row


START, END = "2024-05-02T02:30:00Z", "2024-05-02T03:30:00Z"  # 2 May in Berlin, the evening of 1 May in New York


def test_statistics_go_by_it(grace, abroad):
    for person, date, time in ((grace, "2024-05-02", "04:30:00"), (abroad, "2024-05-01", "22:30:00")):
        person.post("workoutsession", datetime_start=START, datetime_end=END)
        row = figures(person)
        assert (row["last_workout_date"], row["earliest_workout_time"]) == (date, time)
        person.post("workoutsession", datetime_start="2024-05-02T12:00:00Z")
        assert figures(person)["longest_streak"] == (1 if person is grace else 2)
        log = person.log(date=START)
        person.patch("workoutlog", log, weight=61)  # all is counted anew
        assert figures(person)["longest_streak"] == (1 if person is grace else 2)


def test_routines_go_by_it(grace, abroad):
    for person, date, week in ((grace, "2024-05-06", "19"), (abroad, "2024-05-05", "18")):
        routine = person.routine(start="2024-05-01", end="2024-05-10")
        session = person.post("workoutsession", routine=routine["id"], datetime_start="2024-05-06T01:00:00Z")
        person.log(session=session["id"], routine=routine["id"], date="2024-05-06T01:00:00Z")
        sums = person.get(f"routine/{routine['id']}/stats/")["sets"]
        assert (list(sums["daily"]), list(sums["weekly"])) == ([date], [week])
        [logged] = person.get(f"routine/{routine['id']}/logs/")
        assert logged["session"]["datetime_start"][:10] == date


def test_days_that_wait_for_training_go_by_it(grace, abroad):
    for person, trained in ((grace, "2024-05-03"), (abroad, "2024-05-02")):
        routine = person.routine(start="2024-05-01", end="2024-05-04")
        first = person.day(routine, need_logs_to_advance=True)
        second = person.day(routine, order=2)
        person.post("workoutsession", routine=routine["id"], day=first["id"], datetime_start="2024-05-03T01:00:00Z")
        dates = {row["date"]: row["day"]["id"] for row in person.get(f"routine/{routine['id']}/date-sequence-gym/")}
        assert min(date for date, day in dates.items() if day == second["id"]) > trained
        assert max(date for date, day in dates.items() if day == first["id"] and date <= trained) == trained


def test_filters_and_former_fields_go_by_it(abroad):
    row = abroad.post("workoutsession", date="2024-05-01", time_start="22:30", time_end="00:30")
    assert (row["datetime_start"], row["datetime_end"]) == ("2024-05-01T22:30:00-04:00", "2024-05-02T00:30:00-04:00")
    assert abroad.get("workoutsession/?datetime_start__date=2024-05-01")["count"] == 1
    assert abroad.get("workoutsession/?datetime_start__date=2024-05-02")["count"] == 0
    assert abroad.get("workoutsession/?datetime_end__date=2024-05-02")["count"] == 1
    changed = abroad.patch("workoutsession", row, time_end="23:45")
    assert changed["datetime_end"] == "2024-05-01T23:45:00-04:00"
