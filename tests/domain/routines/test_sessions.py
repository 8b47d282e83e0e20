"""Sessions and logs: which belongs to which, and the keys that clients choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction

KEY = "11111111-2222-4333-8444-000000000011"


def session_of(person, log: dict) -> dict:
    return person.get(f"workoutsession/{log['session']}/")


# -- which session ------------------------------------------------------------------------------
def test_logs_share_the_session_of_their_routine(grace, linus):
    first, second = grace.routine(), grace.routine()
    moment = "2024-05-01T10:00:00Z"
    logs = [
        grace.log(date=moment, routine=first["id"]),
        grace.log(date="2024-05-01T15:00:00Z", routine=first["id"]),
        grace.log(date=moment, routine=second["id"]),
        grace.log(date=moment),
        grace.log(date=moment),
        grace.log(date="2024-05-01T15:00:01Z", routine=first["id"]),
        linus.log(date=moment),
    ]
    sessions = [log["session"] for log in logs]
    assert sessions[0] == sessions[1] and sessions[3] == sessions[4]
    assert len(set(sessions)) == 5, "the last of the first routine came more than five hours later"
    assert session_of(grace, logs[0]) == {
        "id": sessions[0],
        "routine": first["id"],
        "day": None,
        "notes": None,
        "impression": "2",
        "datetime_start": "2024-05-01T12:00:00+02:00",
        "datetime_end": None,
    }


SESSIONS = {  # of one day, in UTC: their starts and ends
    "early": ("10:00", "12:00"),
    "overlapping": ("11:00", "13:00"),
    "forgotten": ("09:00", None),
    "resumed": ("11:30", None),
    "night": ("22:00", "02:00"),
    "late": ("23:30", None),
}


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("10:00", "early"),
        ("11:45", "early"),
        ("12:00", "early"),
        ("12:01", "overlapping"),
        ("13:00", "overlapping"),
        ("09:59:59", "forgotten"),
        ("13:00:01", "resumed"),
        ("16:30", "resumed"),
        ("16:30:01", None),
        ("08:59:59", None),
        ("22:00", "night"),
        ("23:59", "night"),
        ("02:00+1", "night"),
        ("02:00:01+1", "late"),
        ("04:30:01+1", None),
    ],
)
@pytest.mark.parametrize("in_routine", [True, False])
def test_a_log_falls_into_what_was_going_on_then_into_what_was_not_ended(grace, moment, name, in_routine):
    """Of what was going on into the first to begin, of what was not ended into the last."""
    routine = {"routine": grace.routine()["id"] if in_routine else None}
    keys = {}
    for key, (start, end) in SESSIONS.items():
        until = end and f"2024-05-0{2 if end < start else 1}T{end}:00Z"
        row = grace.post("workoutsession", **routine, datetime_start=f"2024-05-01T{start}:00Z", datetime_end=until)
        keys[row["id"]] = key
    time, _, tomorrow = moment.partition("+")
    log = grace.log(**routine, date=f"2024-05-0{1 + bool(tomorrow)}T{time}Z")
    assert keys.get(log["session"]) == name
    if name is None:
        assert session_of(grace, log)["datetime_start"] == log["date"]


def test_only_sessions_of_ones_own_and_of_the_routine_are_looked_for(grace, linus):
    routine = grace.routine()["id"]
    grace.post("workoutsession", routine=routine, datetime_start="2024-05-01T10:00:00Z")
    linus.post("workoutsession", datetime_start="2024-05-01T10:00:00Z")
    log = grace.log(date="2024-05-01T10:30:00Z")
    assert session_of(grace, log) | {"id": 0} == {
        "id": 0,
        "routine": None,
        "day": None,
        "notes": None,
        "impression": "2",
        "datetime_start": "2024-05-01T12:30:00+02:00",
        "datetime_end": None,
    }
    inside = grace.log(date="2024-05-01T10:30:00Z", routine=routine)
    assert session_of(grace, inside)["datetime_start"] == "2024-05-01T12:00:00+02:00"


@pytest.mark.parametrize("moment", ["0001-01-01T02:00:00Z", "0001-01-06T02:00:00Z", "9999-12-31T20:00:00Z"])
def test_a_session_may_be_at_the_end_of_time(grace, moment):
    grace.log(date="2024-05-01T10:00:00Z")
    log = grace.log(date=moment)
    grace.post("workoutsession", datetime_start=moment)
    assert session_of(grace, log)["datetime_start"] == log["date"]


def test_how_long_a_session_goes_on_is_set(app, grace, monkeypatch):
    known = app.extensions["wger_flask"]
    monkeypatch.setattr(known, "settings", replace(known.settings, WGER_MAX_SESSION_LENGTH_HOURS=1))
    first, hour, later = (grace.log(date=f"2024-05-01T{time}:00Z")["session"] for time in ("10:00", "11:00", "11:01"))
    assert first == hour != later
    answer = grace.client.patch(f"workoutsession/{first}/", {"datetime_end": "2024-05-01T11:00:01Z"})
    assert (answer.status_code, answer.json) == (400, {"datetime_end": ["A session cannot be longer than 1 hour."]})


def test_a_time_that_the_clocks_skip_is_answered_as_it_was_sent(grace):
    log = grace.log(date="2024-03-31T02:30:00")
    assert log["date"] == "2024-03-31T02:30:00+01:00"
    assert grace.get(f"workoutlog/{log['id']}/")["date"] == "2024-03-31T03:30:00+02:00"


def test_a_session_that_is_named_is_taken_whatever_it_is(grace):
    session = grace.post("workoutsession", datetime_start="2020-01-01")
    log = grace.log(session=session["id"], date="2024-05-01", routine=grace.routine()["id"])
    assert log["session"] == session["id"]
    assert WorkoutSession.select().count() == 1


def test_a_log_stays_in_its_session_until_it_is_taken_out(grace):
    log = grace.log(date="2024-05-01T10:00:00")
    assert grace.patch("workoutlog", log, date="2024-06-01T10:00:00")["session"] == log["session"]
    moved = grace.patch("workoutlog", log, session=None)
    assert session_of(grace, moved)["datetime_start"] == "2024-06-01T10:00:00+02:00"


# -- which day -------------------------------------------------------------------------------------
def test_a_new_session_knows_the_day_of_its_first_entry(grace):
    routine, entries = grace.whole(days=2)
    other = grace.routine()
    day = grace.get(f"slot/{entries[0]['slot']}/")["day"]
    assert session_of(grace, grace.log(slot_entry=entries[0]["id"], routine=routine["id"]))["day"] == day
    for body in ({}, {"routine": other["id"]}):
        assert session_of(grace, grace.log(slot_entry=entries[0]["id"], **body))["day"] is None


def test_an_open_session_learns_its_day_once_all_logs_agree(grace):
    routine, entries = grace.whole(days=2, exercises=2)
    days = [grace.get(f"slot/{entry['slot']}/")["day"] for entry in entries]
    session = grace.post("workoutsession", routine=routine["id"], datetime_start="2024-05-01")
    grace.log(session=session["id"])
    assert session_of(grace, {"session": session["id"]})["day"] is None
    grace.log(session=session["id"], slot_entry=entries[0]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] == days[0]
    grace.log(session=session["id"], slot_entry=entries[3]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] == days[0]
    grace.patch("workoutsession", session, day=None)
    last = grace.log(session=session["id"], slot_entry=entries[0]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] is None, "its logs are of two days"
    [other] = [row for row in grace.get("workoutlog/")["results"] if row["slot_entry"] == entries[3]["id"]]
    assert last["slot_entry"] != other["slot_entry"]
    grace.patch("workoutlog", other, slot_entry=None)
    assert session_of(grace, {"session": session["id"]})["day"] == days[0], "they agree now"


# -- what a log and a session must have ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"repetitions": None, "weight": None}, {"repetitions", "weight"}),
        ({"repetitions_unit": None}, {"repetitions_unit"}),
        ({"weight_unit": None}, {"weight_unit"}),
        ({"repetitions": None, "repetitions_unit": None}, None),
        ({"weight": None, "weight_unit": None}, None),
    ],
)
def test_a_log_says_what_was_done(grace, body, fields):
    log = grace.log()
    answers = [
        grace.client.post("workoutlog/", {"exercise": grace.exercise, "repetitions": 8, "weight": 60, **body}),
        grace.client.patch(f"workoutlog/{log['id']}/", body),
    ]
    for answer in answers:
        if fields is None:
            assert answer.status_code in (200, 201)
        else:
            assert (answer.status_code, set(answer.json)) == (400, fields)
    assert WorkoutLog.select().count() == (2 if fields is None else 1)


TOO_LONG, TURNED_ROUND = "A session cannot be longer than 5 hours.", "The start time cannot be after the end time."


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("10:00:00Z", "15:00:00Z", None),
        ("10:00:00Z", "10:00:00Z", None),
        ("10:00:00Z", None, None),
        ("10:00:00Z", "15:00:01Z", TOO_LONG),
        ("10:00:00+02:00", "15:00:00Z", TOO_LONG),
        ("10:00:00Z", "09:59:59Z", TURNED_ROUND),
        ("10:00:00Z", "11:00:00+02:00", TURNED_ROUND),
    ],
)
def test_a_session_ends_after_it_began_and_not_long_after(grace, start, end, message):
    body = {"datetime_start": f"2024-05-01T{start}", "datetime_end": end and f"2024-05-01T{end}"}
    row = grace.post("workoutsession")
    for answer in (
        grace.client.post("workoutsession/", body),
        grace.client.put(f"workoutsession/{row['id']}/", body),
        grace.client.patch(f"workoutsession/{row['id']}/", body),
    ):
        if message is None:
            assert answer.status_code in (200, 201)
        else:
            assert (answer.status_code, answer.json) == (400, {"datetime_end": [message]})


def test_an_end_alone_is_held_against_what_is_there(grace):
    row = grace.post("workoutsession", datetime_start="2024-05-01T10:00:00Z", datetime_end="2024-05-01T11:00:00Z")
    for field, moment, message in (
        ("datetime_end", "2024-05-01T09:00:00Z", TURNED_ROUND),
        ("datetime_start", "2024-05-01T12:00:00Z", TURNED_ROUND),
        ("datetime_end", "2024-05-02T10:00:00Z", TOO_LONG),
        ("datetime_start", "2024-05-01T05:59:00Z", TOO_LONG),
    ):
        answer = grace.client.patch(f"workoutsession/{row['id']}/", {field: moment})
        assert (answer.status_code, answer.json) == (400, {"datetime_end": [message]})
    answer = grace.client.post("workoutsession/", {"datetime_end": "2024-05-01T10:00:00Z"})
    assert answer.json == {"datetime_end": [TURNED_ROUND]}, "it begins now"


def test_what_is_long_already_can_be_changed_otherwise(grace, people):
    """Sessions of older versions, and of longer limits."""
    start = datetime(2024, 5, 1, 8, tzinfo=UTC)
    with transaction():
        session = WorkoutSession.create(user=people["grace"], datetime_start=start, datetime_end=start.replace(hour=20))
    row = grace.get(f"workoutsession/{session.id}/")
    assert grace.patch("workoutsession", row, notes="long")["notes"] == "long"
    same = {"datetime_start": "2024-05-01T10:00:00+02:00", "datetime_end": "2024-05-01T20:00:00Z"}
    assert grace.patch("workoutsession", row, **same)["datetime_end"] == row["datetime_end"]
    answer = grace.client.patch(f"workoutsession/{session.id}/", {"datetime_end": "2024-05-01T19:00:00Z"})
    assert answer.json == {"datetime_end": [TOO_LONG]}


def test_an_hour_that_the_clocks_skip_turns_no_session_round(grace):
    """As the clock shows them half past two is before three; as time goes it is the other way round."""
    body = {"datetime_start": "2024-03-31T02:30:00", "datetime_end": "2024-03-31T03:00:00"}
    assert grace.client.post("workoutsession/", body).json == {"datetime_end": [TURNED_ROUND]}


def test_a_day_may_have_any_number_of_sessions(grace):
    body = {"routine": grace.routine()["id"], "datetime_start": "2024-05-01T10:00:00Z"}
    assert len({grace.post("workoutsession", **body)["id"] for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("datetime_start=2024-05-01T10:00:00%2B02:00", "a"),
        ("datetime_start=2024-05-01T10:00:00", "a"),
        ("datetime_start__date=2024-05-01", "a"),
        ("datetime_start__date=2024-05-02", "bc"),
        ("datetime_end__date=2024-05-02", "b"),
        ("datetime_end__date=2024-05-01", "a"),
        ("datetime_start__gt=2024-05-01T08:00:00Z", "bc"),
        ("datetime_start__gte=2024-05-01T08:00:00.000Z", "abc"),
        ("datetime_start__lt=2024-05-01T22:30:00Z", "a"),
        ("datetime_start__lte=2024-05-01T22:30:00Z", "ab"),
        ("datetime_end__gt=2024-05-01T09:00:00Z", "b"),
        ("datetime_end__lte=2024-05-01T23:00:00Z", "ab"),
        ("datetime_start__gte=2024-05-01T09:00:00Z&datetime_start__lt=2024-05-02T07:00:00Z", "b"),
    ],
)
def test_sessions_are_found_by_their_moments(grace, query, found):
    for notes, start, end in (
        ("a", "2024-05-01T08:00:00Z", "2024-05-01T09:00:00Z"),
        ("b", "2024-05-01T22:30:00Z", "2024-05-01T23:00:00Z"),
        ("c", "2024-05-02T07:00:00Z", None),
    ):
        grace.post("workoutsession", notes=notes, datetime_start=start, datetime_end=end)
    assert "".join(row["notes"] for row in grace.get(f"workoutsession/?{query}")["results"]) == found


@pytest.mark.parametrize("moment", ["9999-12-31T23:30:00Z", "9999-12-31T23:30:00-05:00", "0001-01-01T00:00:00"])
def test_a_moment_has_a_date_on_the_servers_calendar(grace, moment):
    answer = grace.client.post("workoutlog/", {"exercise": grace.exercise, "weight": 1, "date": moment})
    assert (answer.status_code, answer.json) == (400, {"date": ["Datetime value out of range."]})


# -- keys that clients choose -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("workoutsession", {"datetime_start": "2024-05-01"}),
        ("workoutlog", {"exercise": 1, "weight": 1, "date": "2024-05-01"}),
    ],
)
def test_a_client_may_choose_a_key_and_nobody_changes_it(grace, linus, resource, body):
    row = grace.post(resource, id=KEY.upper().replace("-", ""), **body)
    assert row["id"] == KEY
    title = {"workoutsession": "workout session", "workoutlog": "workout log"}[resource]
    taken = {"id": [f"{title} with this id already exists."]}
    for person in (grace, linus):
        assert person.client.post(f"{resource}/", {**body, "id": KEY}).json == taken
    moment = "datetime_start" if "datetime_start" in body else "date"
    assert grace.client.post(f"{resource}/", {**body, "id": "zz", moment: "x"}).json.keys() == {"id", moment}
    other = grace.post(resource, **body)
    assert grace.client.patch(f"{resource}/{other['id']}/", {"id": KEY}).json == taken
    assert grace.patch(resource, other, id="11111111-2222-4333-8444-000000000099") == other
    assert grace.get(f"{resource}/")["count"] == 2


def test_generated_keys_sort_by_time(grace):
    keys = [grace.post("workoutsession")["id"] for _ in range(5)]
    assert len(set(keys)) == 5 and {key[14] for key in keys} == {"7"}


# -- the price -----------------------------------------------------------------------------------------------
def test_posting_a_log_takes_few_queries(grace, queries):
    routine, entries = grace.whole()
    body = {"routine": routine["id"], "slot_entry": entries[0]["id"], "iteration": 1}
    grace.log(**body)
    for _ in range(20):
        grace.log(**body)
    del queries[:]
    grace.log(**body)
    assert len([sql for sql in queries if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]) <= 14
