"""Sessions of a date and two times of day become sessions from a start to an end."""

from __future__ import annotations

from datetime import date, datetime, time
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest

from tests.reference import BY_LABEL, MODELS
from wger_flask.storage import alter, columns, migrations, server_zone, session_times
from wger_flask.storage.database import IntegrityError, database, transaction
from wger_flask.storage.model import Model, abstract
from wger_flask.testing.rows import make

BERLIN = ZoneInfo("Europe/Berlin")
Session, Log = BY_LABEL["manager.workoutsession"], BY_LABEL["manager.workoutlog"]
User, Exercise, License = (BY_LABEL[name] for name in ("auth.user", "exercises.exercise", "core.license"))
step = import_module("wger_flask.storage.migrations.m0006_sessions")


@abstract
class Before(Model):
    """The columns that matter, as they were."""

    id = columns.UUID(primary_key=True, default=columns.uuid7)
    user = columns.ForeignKey(User, backref="+")
    impression = columns.Char(max_length=2, default="2")
    date = columns.Date()
    time_start = columns.Time(null=True)
    time_end = columns.Time(null=True)

    class Meta:
        table_name = "manager_workoutsession"


@pytest.fixture
def before(held, monkeypatch):
    """The tables as they were."""
    monkeypatch.setattr(server_zone, "_zone", BERLIN)
    with transaction():
        alter.drop_index("manager_workoutsession", "routine_id", "datetime_start")
        alter.drop_column("manager_workoutsession", "datetime_end")
        alter.drop_column("manager_workoutsession", "datetime_start")
        alter.add_column("manager_workoutsession", "date", columns.Date(default=date(2000, 1, 1)))
        alter.add_column("manager_workoutsession", "time_start", columns.Time(null=True))
        alter.add_column("manager_workoutsession", "time_end", columns.Time(null=True))
        alter.add_index("manager_workoutsession", "date", "user_id", "routine_id", unique=True)
        alter.add_index("manager_workoutsession", "routine_id", "date")
    return User.create(username="ada", password="!")


def local(text: str | None) -> datetime | None:
    return text and datetime.fromisoformat(text).replace(tzinfo=BERLIN)


CASES = {  # date, times, logs in local time; start and end in local time
    "both": ("2024-05-01", "17:30", "18:45", [], "2024-05-01T17:30", "2024-05-01T18:45"),
    "over midnight": ("2024-05-01", "23:30", "00:45", [], "2024-05-01T23:30", "2024-05-02T00:45"),
    "a start": ("2024-05-01", "17:30:15", None, ["2024-05-01T20:00"], "2024-05-01T17:30:15", None),
    "an end": ("2024-05-01", None, "11:15", ["2024-05-01T10:00"], "2024-05-01T00:00", "2024-05-01T11:15"),
    "no times and no logs": ("2024-05-01", None, None, [], "2024-05-01T00:00", None),
    "logs": ("2024-12-01", None, None, ["2024-12-01T18:09", "2024-12-01T17:30", "2024-12-01T18:08"],
             "2024-12-01T17:30", "2024-12-01T18:09"),
    "one log": ("2024-12-01", None, None, ["2024-12-01T17:30"], "2024-12-01T17:30", None),
    "logs of other days": ("2024-12-01", None, None, ["2024-11-30T23:59", "2024-12-02T00:00"],
                           "2024-12-01T00:00", None),
    "some of other days": (
        "2024-12-01", None, None, ["2024-11-30T23:59", "2024-12-01T00:00", "2024-12-01T23:59", "2024-12-02T00:00"],
        "2024-12-01T00:00", "2024-12-01T23:59",
    ),
    "a skipped hour": ("2024-03-31", "02:30", "04:00", [], "2024-03-31T03:30", "2024-03-31T04:00"),
    "an end in front of what was skipped to": (
        "2024-03-31", "02:30", "03:00", [], "2024-03-31T03:30", "2024-03-31T03:30",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_session_gets_a_start_and_an_end(before, name):
    day, begun, ended, logs, start, end = CASES[name]
    with transaction():
        begun, ended = (text and time.fromisoformat(text) for text in (begun, ended))
        key = Before.create(user=before, date=date.fromisoformat(day), time_start=begun, time_end=ended).id
        exercise = logs and make(Exercise, before, license=make(License, before))
        for moment in logs:
            no_units = {"repetitions_unit": None, "weight_unit": None}
            Log.create(user=before, session=key, exercise=exercise, date=local(moment), **no_units)
    for _ in range(2):  # nothing is left to do
        with transaction():
            step.apply(database.obj)
    session = Session.get()
    assert (session.id, session.user_id, session.impression) == (key, before.id, "2")
    assert [moment and moment.astimezone(BERLIN) for moment in (session.datetime_start, session.datetime_end)] == [
        local(start),
        local(end),
    ]


def test_many_sessions_are_brought_over_some_at_a_time(before, monkeypatch):
    monkeypatch.setattr(session_times, "_BATCH", 7)
    monkeypatch.setattr(session_times, "_ASKED", 3)
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + number) for number in range(50)]
    with transaction():
        keys = {Before.create(user=before, date=day).id: day for day in days}
    with transaction():
        step.apply(database.obj)
    assert {row.id: row.datetime_start.astimezone(BERLIN).date() for row in Session.select()} == keys


def test_the_table_is_then_as_a_new_one(before):
    with transaction():
        step.apply(database.obj)
    assert migrations.is_current(MODELS)
    found = {tuple(index.columns): index.unique for index in database.obj.get_indexes("manager_workoutsession")}
    assert not found[("routine_id", "datetime_start")] and not [names for names in found if "date" in names]
    start = datetime(2024, 5, 1, tzinfo=BERLIN)
    with pytest.raises(IntegrityError), transaction():
        Session.create(user=before, datetime_start=start, datetime_end=start.replace(year=2023))
