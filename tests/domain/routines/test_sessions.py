"""Sessions and logs: which belongs to which, and the keys that clients choose."""

from __future__ import annotations

import pytest

from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession

KEY = "11111111-2222-4333-8444-000000000011"


def session_of(person, log: dict) -> dict:
    return person.get(f"workoutsession/{log['session']}/")


# -- which session ------------------------------------------------------------------------------
def test_logs_of_a_day_share_the_session_of_their_routine(grace, linus):
    first, second = grace.routine(), grace.routine()
    moment = "2024-05-01T10:00:00Z"
    logs = [
        grace.log(date=moment, routine=first["id"]), grace.log(date="2024-05-01T21:00:00Z", routine=first["id"]),
        grace.log(date=moment, routine=second["id"]), grace.log(date=moment), grace.log(date=moment),
        grace.log(date="2024-05-02T10:00:00Z", routine=first["id"]), linus.log(date=moment),
    ]  # fmt: skip
    sessions = [log["session"] for log in logs]
    assert sessions[0] == sessions[1] and sessions[3] == sessions[4]
    assert len(set(sessions)) == 5
    assert session_of(grace, logs[0]) == {
        "id": sessions[0], "routine": first["id"], "day": None, "date": "2024-05-01", "notes": None,
        "impression": "2", "time_start": None, "time_end": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-03-01T23:30:00Z", "2024-03-02"),
        ("2024-03-01T22:30:00Z", "2024-03-01"),
        ("2024-07-01T22:30:00Z", "2024-07-02"),
        ("2024-03-02T00:30:00", "2024-03-02"),
        ("2024-03-02", "2024-03-02"),
        ("2024-03-31T02:30:00", "2024-03-31"),
    ],
)
def test_a_day_is_one_of_the_servers_calendar(grace, moment, day):
    assert session_of(grace, grace.log(date=moment))["date"] == day


def test_a_time_that_the_clocks_skip_is_answered_as_it_was_sent(grace):
    log = grace.log(date="2024-03-31T02:30:00")
    assert log["date"] == "2024-03-31T02:30:00+01:00"
    assert grace.get(f"workoutlog/{log['id']}/")["date"] == "2024-03-31T03:30:00+02:00"


def test_a_session_that_is_named_is_taken_whatever_it_is(grace):
    session = grace.post("workoutsession", date="2020-01-01")
    log = grace.log(session=session["id"], date="2024-05-01", routine=grace.routine()["id"])
    assert log["session"] == session["id"]
    assert WorkoutSession.select().count() == 1


def test_the_oldest_of_several_sessions_is_taken(grace):
    oldest = grace.post("workoutsession", date="2024-05-01", notes="first")
    grace.post("workoutsession", date="2024-05-01", notes="second")
    assert grace.log(date="2024-05-01T10:00:00")["session"] == oldest["id"]


def test_a_log_stays_in_its_session_until_it_is_taken_out(grace):
    log = grace.log(date="2024-05-01T10:00:00")
    assert grace.patch("workoutlog", log, date="2024-06-01T10:00:00")["session"] == log["session"]
    moved = grace.patch("workoutlog", log, session=None)
    assert session_of(grace, moved)["date"] == "2024-06-01"


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
    session = grace.post("workoutsession", routine=routine["id"], date="2024-05-01")
    grace.log(session=session["id"])
    assert session_of(grace, {"session": session["id"]})["day"] is None
    grace.log(session=session["id"], slot_entry=entries[0]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] == days[0]
    grace.log(session=session["id"], slot_entry=entries[3]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] == days[0]
    grace.patch("workoutsession", session, day=None)
    grace.log(session=session["id"], slot_entry=entries[0]["id"])
    assert session_of(grace, {"session": session["id"]})["day"] is None, "its logs are of two days"


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


def test_a_routine_has_one_session_a_date(grace):
    routine = grace.routine()
    session = grace.post("workoutsession", routine=routine["id"], date="2024-05-01")
    free = grace.post("workoutsession", date="2024-05-01")
    message = {"date": ["There is a session of this routine on this date already."]}
    assert grace.client.post("workoutsession/", {"routine": routine["id"], "date": "2024-05-01"}).json == message
    assert grace.client.patch(f"workoutsession/{free['id']}/", {"routine": routine["id"]}).json == message
    assert grace.patch("workoutsession", session, notes="again")["notes"] == "again"
    assert grace.patch("workoutsession", session, routine=routine["id"])["date"] == "2024-05-01"
    grace.post("workoutsession", date="2024-05-01")


@pytest.mark.parametrize("moment", ["9999-12-31T23:30:00Z", "9999-12-31T23:30:00-05:00", "0001-01-01T00:00:00"])
def test_a_moment_has_a_date_on_the_servers_calendar(grace, moment):
    answer = grace.client.post("workoutlog/", {"exercise": grace.exercise, "weight": 1, "date": moment})
    assert (answer.status_code, answer.json) == (400, {"date": ["Datetime value out of range."]})


# -- keys that clients choose -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("resource", "body"),
    [("workoutsession", {"date": "2024-05-01"}), ("workoutlog", {"exercise": 1, "weight": 1, "date": "2024-05-01"})],
)
def test_a_client_may_choose_a_key_and_nobody_changes_it(grace, linus, resource, body):
    row = grace.post(resource, id=KEY.upper().replace("-", ""), **body)
    assert row["id"] == KEY
    title = {"workoutsession": "workout session", "workoutlog": "workout log"}[resource]
    taken = {"id": [f"{title} with this id already exists."]}
    for person in (grace, linus):
        assert person.client.post(f"{resource}/", {**body, "id": KEY}).json == taken
    assert grace.client.post(f"{resource}/", {**body, "id": "zz", "date": "x"}).json.keys() == {"id", "date"}
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
