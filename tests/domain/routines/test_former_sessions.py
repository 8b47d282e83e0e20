"""The names that a session's moments had before wger 2.7: a date and two times of day, taken on writes."""

from __future__ import annotations

import pytest

from wger_flask.rest.timezone import today

DATE = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
TIME = "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]]."
TOO_LONG, TURNED_ROUND = "A session cannot be longer than 5 hours.", "The start time cannot be after the end time."
DAY = "2024-02-01"
KEY = "11111111-2222-4333-8444-000000000011"

NEW = [
    ({"date": DAY}, f"{DAY}T00:00:00+01:00", None),
    ({"date": DAY, "time_start": "10"}, f"{DAY}T10:00:00+01:00", None),
    ({"date": DAY, "time_start": "10:00:30", "time_end": "11:15"}, f"{DAY}T10:00:30+01:00", f"{DAY}T11:15:00+01:00"),
    ({"date": DAY, "time_start": "23:00", "time_end": "01:30"}, f"{DAY}T23:00:00+01:00", "2024-02-02T01:30:00+01:00"),
    ({"date": DAY, "time_start": None, "time_end": ""}, f"{DAY}T00:00:00+01:00", None),
    ({"date": DAY, "time_start": "", "time_end": "04:30"}, f"{DAY}T00:00:00+01:00", f"{DAY}T04:30:00+01:00"),
    # Half past two of a day on which the clocks skip it, and of one on which it comes twice.
    (
        {"date": "2024-03-31", "time_start": "02:30", "time_end": "04:00"},
        "2024-03-31T02:30:00+01:00",
        "2024-03-31T04:00:00+02:00",
    ),
    (
        {"date": "2024-10-27", "time_start": "02:30", "time_end": "03:30"},
        "2024-10-27T02:30:00+02:00",
        "2024-10-27T03:30:00+01:00",
    ),
    # What is said in the names of today counts more.
    ({"date": DAY, "datetime_start": "2024-02-03T10:00:00Z"}, "2024-02-03T11:00:00+01:00", None),
    (
        {"date": DAY, "time_end": "11:00", "datetime_start": f"{DAY}T08:00:00Z"},
        f"{DAY}T09:00:00+01:00",
        f"{DAY}T11:00:00+01:00",
    ),
    ({"date": DAY, "time_start": "10:00", "time_end": "11:00", "datetime_end": None}, f"{DAY}T10:00:00+01:00", None),
]


@pytest.mark.parametrize(("body", "start", "end"), NEW)
def test_a_new_session(grace, body, start, end):
    row = grace.post("workoutsession", **body)
    assert (row["datetime_start"], row["datetime_end"]) == (start, end)
    assert not {"date", "time_start", "time_end"} & row.keys()


@pytest.mark.parametrize("date", [None, ""])
def test_a_session_without_a_date_is_of_today(grace, date):
    for body in ({"time_start": "00:30"}, {"date": date, "time_start": "00:30"}):
        assert grace.post("workoutsession", **body)["datetime_start"].startswith(f"{today()}T00:30:00")


CHANGED = [  # one after the other, of a session from 10:00:30 to 11:15
    ({"time_end": "12:30"}, f"{DAY}T10:00:30", f"{DAY}T12:30:00"),
    ({"time_start": "12:00"}, f"{DAY}T12:00:00", f"{DAY}T12:30:00"),
    ({"date": "2024-02-10"}, "2024-02-10T12:00:00", "2024-02-10T12:30:00"),
    ({"date": None}, "2024-02-10T12:00:00", "2024-02-10T12:30:00"),
    ({"time_end": None}, "2024-02-10T12:00:00", None),
    ({"time_start": "22:00", "time_end": "00:15"}, "2024-02-10T22:00:00", "2024-02-11T00:15:00"),
    ({"date": DAY}, f"{DAY}T22:00:00", "2024-02-02T00:15:00"),
    ({"time_start": "08:00", "datetime_end": f"{DAY}T12:00:00Z"}, f"{DAY}T08:00:00", f"{DAY}T13:00:00"),
    ({"notes": "easy"}, f"{DAY}T08:00:00", f"{DAY}T13:00:00"),
]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_session_that_is_changed_keeps_what_is_not_said(grace, method):
    row = grace.post("workoutsession", date=DAY, time_start="10:00:30", time_end="11:15")
    for body, *moments in CHANGED:
        answer = getattr(grace.client, method)(f"workoutsession/{row['id']}/", body)
        assert answer.status_code == 200, (body, answer.data)
        told = [answer.json[name] and answer.json[name].removesuffix("+01:00") for name in SPAN]
        assert told == moments, body


@pytest.mark.parametrize("body", [{"date": "2026-10-25"}, {"time_start": "02:50"}])
def test_a_session_that_clocks_were_set_back_in_stays_on_its_day(grace, body):
    moments = {"datetime_start": "2026-10-25T02:50:00+02:00", "datetime_end": "2026-10-25T02:10:00+01:00"}
    row = grace.post("workoutsession", **moments)
    changed = grace.patch("workoutsession", row, **body)
    assert {name: changed[name] for name in SPAN} == moments


SPAN = ("datetime_start", "datetime_end")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"date": "abc"}, {"date": [DATE]}),
        ({"date": 20240201}, {"date": [DATE]}),
        ({"date": []}, {"date": [DATE]}),
        ({"date": f"{DAY}T10:00:00Z"}, {"date": [DATE]}),
        ({"date": DAY, "time_start": 1030}, {"time_start": [TIME]}),
        ({"time_end": "25:00"}, {"time_end": [TIME]}),
        ({"time_end": "x", "time_start": "y", "date": "z"}, {"date": [DATE]}),
        ({"time_end": "x", "time_start": "y"}, {"time_start": [TIME]}),
        ({"date": DAY, "time_end": "11:15"}, {"datetime_end": [TOO_LONG]}),
        ({"date": DAY, "time_start": "10:00", "time_end": "09:59"}, {"datetime_end": [TOO_LONG]}),
        ({"date": DAY, "time_end": "10:00", "datetime_start": f"{DAY}T10:00:00Z"}, {"datetime_end": [TURNED_ROUND]}),
        ({"date": DAY, "datetime_start": None}, {"datetime_start": ["This field may not be null."]}),
        ({"date": "0001-01-01"}, {"date": ["Datetime value out of range."]}),
        (
            {"date": "9999-12-31", "time_start": "23:00", "time_end": "01:00"},
            {"date": ["Datetime value out of range."]},
        ),
    ],
)
def test_what_is_wrong_is_named_as_it_was_sent(grace, body, errors):
    row = grace.post("workoutsession", date=DAY)
    before = grace.get("workoutsession/")
    answers = [grace.client.post("workoutsession/", body)]
    if "date" in body or "time_end" not in body or "time_start" in body:
        answers.append(grace.client.patch(f"workoutsession/{row['id']}/", body))
    for answer in answers:
        assert (answer.status_code, answer.json) == (400, errors)
    assert grace.get("workoutsession/") == before


def test_uploads_take_them_too(grace):
    def send(method, **data):
        body = {"table": "manager_workoutsession", "data": {"id": KEY, **data}}
        return getattr(grace.client, method)("upload-powersync-data", body).json

    assert send("put", date=DAY, time_start="10:00", time_end="11:00", notes="old") == {"status": "ok!"}
    assert send("patch", time_end="11:30") == {"status": "ok!"}
    row = grace.get(f"workoutsession/{KEY}/")
    assert (row["datetime_end"], row["notes"]) == (f"{DAY}T11:30:00+01:00", "old")
    assert send("patch", date="x") == {"error": "Validation failed", "details": {"date": [DATE]}}


def test_neither_filters_nor_documents_know_them(grace):
    grace.post("workoutsession", date=DAY)
    assert grace.get("workoutsession/?date=2024-03-01&time_start=x&ordering=-date")["count"] == 1
    document = grace.client.get("/api/v2/schema?format=json").json
    for name in ("WorkoutSession", "WorkoutSessionRequest", "PatchedWorkoutSessionRequest"):
        if name in document["components"]["schemas"]:
            assert not {"date", "time_start", "time_end"} & document["components"]["schemas"][name]["properties"].keys()
    described = grace.client.options("workoutsession/").json["actions"]["POST"]
    assert "datetime_start" in described and "date" not in described
