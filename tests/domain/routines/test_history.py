"""What was done outlives what was planned, unless it is deleted on purpose."""

from __future__ import annotations

import pytest

from tests.reference import needs_reference
from wger_flask.api import delete, transaction
from wger_flask.domain.routines.models import Routine, SlotEntry, WorkoutLog, WorkoutSession

PARTS = ("routine", "day", "slot", "slot-entry")
CUT = {  # the references that a deletion leaves empty
    "routine": {"routine", "day", "slot_entry"},
    "day": {"day", "slot_entry"},
    "slot": {"slot_entry"},
    "slot-entry": {"slot_entry"},
}
DOOR = "/api/v2/upload-powersync-data"


@pytest.fixture
def trained(grace):
    """A routine of one exercise that was trained once, with a warm-up of nothing planned; the rows by resource."""
    routine = grace.routine()
    day = grace.day(routine)
    slot = grace.slot(day)
    entry = grace.entry(slot)
    grace.config("weight", entry, 60)
    session = grace.post("workoutsession", routine=routine["id"], day=day["id"], datetime_start="2024-01-01T09:30:00Z")
    log = grace.log(session=session["id"], routine=routine["id"], slot_entry=entry["id"], date="2024-01-01T10:00:00Z")
    other = grace.log(session=session["id"], next_log=log["id"], date="2024-01-01T10:01:00Z")
    return {
        "routine": routine,
        "day": day,
        "slot": slot,
        "slot-entry": entry,
        "session": session,
        "log": log,
        "other": other,
    }


def kept(grace, trained) -> dict[str, dict]:
    """Return session and logs as they are now."""
    return {
        name: grace.get(f"{resource}/{trained[name]['id']}/")
        for name, resource in (("session", "workoutsession"), ("log", "workoutlog"), ("other", "workoutlog"))
    }


def is_there(grace, trained, part) -> bool:
    return grace.client.get(f"{part}/{trained[part]['id']}/").status_code == 200


def number() -> tuple[int, int]:
    """Return how many sessions and logs there are."""
    return WorkoutSession.select().count(), WorkoutLog.select().count()


@pytest.mark.parametrize("query", ["", "?with_history=False"])
@pytest.mark.parametrize("part", PARTS)
def test_history_stays_without_what_is_gone(grace, trained, part, query):
    before = kept(grace, trained)
    answer = grace.client.delete(f"{part}/{trained[part]['id']}/{query}")
    assert (answer.status_code, answer.data) == (204, b"")
    for name, row in kept(grace, trained).items():
        assert row == {**before[name], **dict.fromkeys(CUT[part] & set(row))}
    assert SlotEntry.select().count() == 0
    for name in ("workoutsession", "workoutlog"):
        assert grace.get(f"{name}/")["count"] == {"workoutsession": 1, "workoutlog": 2}[name]


@pytest.mark.parametrize("part", PARTS)
def test_history_goes_on_purpose(grace, trained, part):
    assert grace.client.delete(f"{part}/{trained[part]['id']}/?with_history=True").status_code == 204
    assert number() == ((0, 0) if part in ("routine", "day") else (1, 0)), "a log takes those along that follow it"


@pytest.mark.parametrize("spelling", ["true", "TRUE", "1", "yes", "on", "false", "0", "", "%20True", "True,", "None"])
@pytest.mark.parametrize("part", PARTS)
def test_another_spelling_deletes_nothing(grace, trained, part, spelling):
    for method, path in (("DELETE", ""), ("GET", "deletion/")):
        answer = grace.client.open(method, f"{part}/{trained[part]['id']}/{path}?with_history={spelling}")
        assert (answer.status_code, answer.json) == (400, {"with_history": ["Must be True or False."]})
    assert is_there(grace, trained, part) and number() == (1, 2)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("?with_history=True&with_history=False", {"with_history": ["This is said twice, and differs."]}),
        ("?withHistory=True", {"withHistory": ["There is no such parameter; the nearest is with_history."]}),
        ("?with-history=False", {"with-history": ["There is no such parameter; the nearest is with_history."]}),
    ],
)
@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_read_as_absent(grace, trained, part, query, errors):
    answer = grace.client.delete(f"{part}/{trained[part]['id']}/{query}")
    assert (answer.status_code, answer.json) == (400, errors)
    assert is_there(grace, trained, part) and number() == (1, 2)


@pytest.mark.parametrize(
    ("part", "goes"),
    [
        ("routine", {"routine": 1, "day": 1, "slot": 1, "slot-entry": 1, "weight-config": 1}),
        ("day", {"day": 1, "slot": 1, "slot-entry": 1, "weight-config": 1}),
        ("slot", {"slot": 1, "slot-entry": 1, "weight-config": 1}),
        ("slot-entry", {"slot-entry": 1, "weight-config": 1}),
    ],
)
def test_what_goes_and_stays_is_told_beforehand(grace, trained, linus, part, goes):
    path = f"{part}/{trained[part]['id']}/deletion/"
    sessions = {"workoutsession": 1} if part in ("routine", "day") else {}
    stays = {**sessions, "workoutlog": 1}
    assert grace.get(path) == grace.get(f"{path}?with_history=False") == {"goes": goes, "stays": stays}
    assert grace.get(f"{path}?with_history=True") == {"goes": {**goes, **sessions, "workoutlog": 2}, "stays": {}}
    assert linus.client.get(path).status_code == 404
    assert is_there(grace, trained, part) and number() == (1, 2)


@pytest.mark.parametrize("part", PARTS)
def test_the_setting_gives_the_recorded_behaviour(grace, trained, part, cascading):
    path = f"{part}/{trained[part]['id']}/"
    assert grace.get(f"{path}deletion/")["stays"] == {}
    assert grace.get(f"{path}deletion/?with_history=False")["stays"] != {}
    assert grace.client.delete(path).status_code == 204
    assert number() == ((0, 0) if part in ("routine", "day") else (1, 0))


def test_what_is_said_wins_over_the_setting(grace, trained, cascading):
    assert grace.client.delete(f"routine/{trained['routine']['id']}/?with_history=False").status_code == 204
    assert number() == (1, 2)


@pytest.mark.parametrize("query", ["", "?with_history=True"])
@pytest.mark.parametrize("part", PARTS)
def test_an_offline_upload_keeps_history(grace, trained, part, query):
    table = f"manager_{part.replace('-', '')}"
    body = {"table": table, "data": {"id": trained[part]["id"], "with_history": True}}
    assert grace.client.delete(f"{DOOR}{query}", body).json == {"status": "ok!"}
    assert not is_there(grace, trained, part) and number() == (1, 2)


def test_what_stays_can_be_read_changed_and_trained_on(grace, trained, linus):
    grace.client.delete(f"routine/{trained['routine']['id']}/")
    session, log = trained["session"], trained["log"]
    assert grace.patch("workoutsession", session, notes="kept")["routine"] is None
    assert grace.patch("workoutlog", log, weight="70", session=None)["session"] == session["id"]
    added = grace.log(date="2024-01-01T11:00:00Z")
    assert added["session"] == session["id"], "a log of no routine falls into the session of no routine"
    again = grace.routine()
    moved = grace.patch("workoutsession", session, routine=again["id"])
    assert [row["session"]["id"] for row in grace.get(f"routine/{again['id']}/logs/")] == [moved["id"]]
    assert linus.get("workoutlog/")["count"] == linus.get("workoutsession/")["count"] == 0
    [figures] = grace.get("user-statistics/")["results"]
    assert (figures["total_workouts"], figures["total_weight_lifted"]) == (1, "1520.00")


def test_two_sessions_of_a_day_may_lose_their_routines(grace, trained):
    second = grace.routine()
    grace.post("workoutsession", routine=second["id"], datetime_start="2024-01-01T09:30:00Z")
    for routine in (trained["routine"], second):
        assert grace.client.delete(f"routine/{routine['id']}/").status_code == 204
    assert [row["routine"] for row in grace.get("workoutsession/")["results"]] == [None, None]


def test_exercises_take_their_own_logs_alone(grace, trained, api):
    """The entry that planned it goes; a log of another exercise that was done in its place stays."""
    other = grace.log(exercise=2, slot_entry=trained["slot-entry"]["id"], date="2024-01-05")
    assert api("ada").delete(f"exercise/{grace.exercise}/").status_code == 204
    [row] = grace.get("workoutlog/")["results"]
    assert (row["id"], row["slot_entry"]) == (other["id"], None)


@needs_reference
@pytest.mark.parametrize("with_history", [False, True])
def test_in_a_database_that_wger_made(reference, with_history):
    """Its tables take rows without what they were planned by; what else refers to them holds nobody up."""

    def named() -> list[bool]:
        return [model.select().where(model.routine.is_null(False)).exists() for model in (WorkoutSession, WorkoutLog)]

    before = number()
    assert named() == [True, True]
    with transaction():
        delete(Routine, [routine.id for routine in Routine.select(Routine.id)], with_history=with_history)
    assert SlotEntry.select().count() == 0 and named() == [False, False]
    assert (number() == before) is not with_history
