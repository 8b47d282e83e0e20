"""Routines, days, slots, entries and rules: what no single field can promise."""

from __future__ import annotations

import pytest

from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.routines.models import CONFIGS, Day, Slot, SlotEntry, WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction


# -- the span of a routine ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2024-01-01", "2024-01-01", None),
        ("2024-01-01", "2024-04-30", None),
        ("2024-01-01", "2024-05-01", "A routine cannot span more than 120 days."),
        ("2024-01-02", "2024-01-01", "The end date cannot be before the start date."),
        ("0001-01-01", "9999-12-31", "A routine cannot span more than 120 days."),
    ],
)
def test_the_span_of_a_routine(grace, start, end, message):
    answer = grace.client.post("routine/", {"start": start, "end": end})
    if message is None:
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json) == (400, {"end": [message]})


def test_a_change_is_held_against_the_stored_side(grace):
    routine = grace.routine("2024-03-01", "2024-03-31")
    for body in ({"start": "2024-04-01"}, {"end": "2024-02-01"}, {"start": "2023-11-01"}):
        answer = grace.client.patch(f"routine/{routine['id']}/", body)
        assert (answer.status_code, list(answer.json)) == (400, ["end"])
    assert grace.get(f"routine/{routine['id']}/") == routine


def test_a_routine_is_made_once(grace):
    routine = grace.routine(created="2000-01-01T00:00:00Z", id=5, user=1)
    assert grace.patch("routine", routine, created="2000-01-01T00:00:00Z", id=5, name="x") == {**routine, "name": "x"}


# -- templates ---------------------------------------------------------------------------------------
def test_only_a_template_is_public(grace):
    assert grace.routine(is_public=True)["is_public"] is False
    template = grace.routine(is_template=True, is_public=True)
    assert template["is_public"] is True
    assert grace.patch("routine", template, is_template=False)["is_public"] is False
    assert grace.patch("routine", template, is_template=True)["is_public"] is False


def test_the_parts_of_a_public_template_are_seen_in_its_structure_alone(grace, linus):
    template = grace.routine(is_template=True, is_public=True)
    day = grace.day(template)
    assert linus.get("day/")["count"] == 0
    assert linus.client.get(f"day/{day['id']}/").status_code == 404
    assert [found["id"] for found in linus.get(f"routine/{template['id']}/structure/")["days"]] == [day["id"]]
    assert linus.client.post("day/", {"routine": template["id"]}).status_code == 403


def test_what_was_public_is_gone_at_once(grace, linus):
    template = grace.routine(is_template=True, is_public=True)
    linus.get(f"routine/{template['id']}/structure/")
    grace.patch("routine", template, is_public=False)
    assert linus.client.get(f"routine/{template['id']}/structure/").status_code == 404


# -- ownership along the whole path --------------------------------------------------------------------
def test_nothing_hangs_on_the_rows_of_others(grace, linus):
    routine = grace.routine()
    day = grace.day(routine)
    slot = grace.slot(day)
    entry = grace.entry(slot)
    log = grace.log()
    own = {"day": linus.day(linus.routine()), "workoutlog": linus.log(), "workoutsession": linus.post("workoutsession")}
    for resource, body in (
        ("day", {"routine": routine["id"]}),
        ("slot", {"day": day["id"]}),
        ("slot-entry", {"slot": slot["id"], "exercise": 999}),
        ("weight-config", {"slot_entry": entry["id"]}),
        ("workoutsession", {"day": day["id"]}),
        ("workoutsession", {"routine": routine["id"]}),
        ("workoutlog", {"routine": routine["id"]}),
        ("workoutlog", {"slot_entry": entry["id"]}),
        ("workoutlog", {"session": log["session"]}),
        ("workoutlog", {"next_log": log["id"]}),
    ):
        answers = [linus.client.post(f"{resource}/", body)]
        if resource in own:
            answers.append(linus.client.patch(f"{resource}/{own[resource]['id']}/", body))
        for answer in answers:
            assert (answer.status_code, answer.json) == (403, {"detail": "You are not allowed to do this"}), resource
    for resource, row in (("day", day), ("slot", slot), ("slot-entry", entry), ("workoutlog", log)):
        assert linus.client.get(f"{resource}/{row['id']}/").status_code == 404
        assert linus.client.delete(f"{resource}/{row['id']}/").status_code == 404


def test_a_body_that_is_no_object_is_refused_in_the_words_of_the_resource(grace):
    for resource in ("day", "slot", "slot-entry", "rest-config", "workoutsession", "workoutlog"):
        answer = grace.client.post(f"{resource}/", [])
        assert (answer.status_code, answer.json) == (400, ["Request data is not a dictionary"])
    answer = grace.client.post("routine/", [])
    assert answer.json == {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}


# -- days and slots -------------------------------------------------------------------------------------
@pytest.mark.parametrize("history", ["stays", "goes"])
def test_a_day_of_rest_keeps_no_slots(grace, request, history):
    if history == "goes":
        request.getfixturevalue("cascading")
    routine, entries = grace.whole()
    log = grace.log(slot_entry=entries[0]["id"], routine=routine["id"])
    day = grace.get(f"routine/{routine['id']}/structure/")["days"][0]
    grace.patch("day", day, name="before")
    assert Slot.select().count() == 1
    grace.patch("day", day, is_rest=True)
    assert (Slot.select().count(), SlotEntry.select().count()) == (0, 0)
    assert sum(config.select().count() for config in CONFIGS) == 0
    assert grace.client.get(f"workoutlog/{log['id']}/").status_code == (200 if history == "stays" else 404)
    assert grace.client.get(f"workoutsession/{log['session']}/").status_code == 200
    grace.slot(day)
    assert len(grace.get(f"routine/{routine['id']}/structure/")["days"][0]["slots"]) == 1
    grace.patch("day", day, name="after")
    assert Slot.select().count() == 0


def test_deleting_takes_along_what_depends(grace, cascading):
    routine, entries = grace.whole(days=2)
    day = Day.select().order_by(Day.id).first()
    session = grace.post("workoutsession", day=day.id)
    first = grace.log(session=session["id"])
    second = grace.log(next_log=first["id"], date="2024-01-02")
    kept = grace.log(slot_entry=entries[1]["id"], date="2024-01-03")
    assert grace.client.delete(f"day/{day.id}/").status_code == 204
    assert [str(row.id) for row in WorkoutLog.select()] == [kept["id"]]
    assert second["session"] in {str(row.id) for row in WorkoutSession.select()}
    assert SlotEntry.select().count() == 1
    grace.client.delete(f"routine/{routine['id']}/")
    assert (Day.select().count(), WorkoutLog.select().count()) == (0, 0)


# -- entries ------------------------------------------------------------------------------------------------
def test_entries_line_up_unless_they_are_told_where(grace):
    slot = grace.slot(grace.day(grace.routine()))
    assert [grace.entry(slot)["order"] for _ in range(3)] == [1, 2, 3]
    assert grace.entry(slot, order=7)["order"] == 7
    assert grace.entry(slot)["order"] == 8
    assert grace.entry(slot, order=0)["order"] == 0
    assert grace.client.post("slot-entry/", {"slot": slot["id"], "exercise": 1, "order": None}).json == {
        "order": ["This field may not be null."]
    }
    assert grace.entry(grace.slot(grace.day(grace.routine())))["order"] == 1
    assert [grace.entry(slot, **place)["order"] for place in ({"order": 2**31 - 1}, {})] == [2**31 - 1] * 2


@pytest.mark.parametrize("given", [{}, {"weight_rounding": None}, {"weight_rounding": 0}, {"weight_rounding": ""}])
def test_a_new_entry_is_rounded_as_its_owner_prefers(grace, people, given):
    with transaction():
        UserProfile.update(weight_rounding="2.5", repetitions_rounding=2).where(
            UserProfile.user == people["grace"]
        ).execute()
    slot = grace.slot(grace.day(grace.routine()))
    entry = grace.entry(slot, **given)
    assert (entry["weight_rounding"], entry["repetition_rounding"]) == ("2.50", "2.00")
    assert grace.entry(slot, weight_rounding="1.25")["weight_rounding"] == "1.25"
    assert grace.patch("slot-entry", entry, weight_rounding=0)["weight_rounding"] == "0.00"
    assert grace.patch("slot-entry", entry, weight_rounding=None)["weight_rounding"] is None


# -- rules ------------------------------------------------------------------------------------------------------
@pytest.fixture
def entry(grace):
    return grace.entry(grace.slot(grace.day(grace.routine())))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"iteration": 1, "operation": "+", "step": "percent"}, ("r", "na")),
        ({"iteration": 2, "operation": "r", "step": "abs"}, ("r", "na")),
        ({"iteration": 2, "operation": "-", "step": "percent"}, ("-", "percent")),
        ({"iteration": 2, "operation": "+"}, ("+", "abs")),
        ({"iteration": 2, "operation": "+", "step": "na"}, ("+", "na")),
    ],
)
def test_rules_contradict_themselves_in_nothing(grace, entry, sent, stored):
    config = grace.config("weight", entry, 5, **sent)
    assert (config["operation"], config["step"]) == stored


def test_a_changed_rule_is_made_consistent_again(grace, entry):
    config = grace.config("weight", entry, 5, 2)
    assert grace.patch("weight-config", config, operation="+")["step"] == "na"
    assert grace.patch("weight-config", config, step="percent")["step"] == "percent"
    assert grace.patch("weight-config", config, iteration=1)["operation"] == "r"


@pytest.mark.parametrize(
    ("quantity", "value", "message"),
    [
        ("weight", 3000, None),
        ("weight", "3000.01", "Ensure this value is less than or equal to 3000."),
        ("max-repetitions", -1, "Ensure this value is greater than or equal to 0."),
        ("sets", 50, None),
        ("sets", 51, "Ensure this value is less than or equal to 50."),
        ("sets", "2.5", "A valid integer is required."),
        ("rest", 1800, None),
        ("rest", 1801, "Ensure this value is less than or equal to 1800."),
        ("max-rest", 600, None),
        ("max-rest", 601, "Ensure this value is less than or equal to 600."),
        ("rir", "4.5", None),
        ("rir", "1.3", "1.3 is not a valid RiR option: [None, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]"),
        ("max-rir", None, "This field may not be null."),
    ],
)
def test_the_limits_of_rules(grace, entry, quantity, value, message):
    body = {"slot_entry": entry["id"], "iteration": 1, "value": value}
    answer = grace.client.post(f"{quantity}-config/", body)
    if message is None:
        assert answer.status_code == 201
    else:
        assert (answer.status_code, answer.json) == (400, {"value": [message]})


@pytest.mark.parametrize(
    ("requirements", "message"),
    [
        (None, None),
        ({"rules": []}, None),
        ({"rules": ["weight", "weight"], "more": 1}, None),
        ([], "Requirements must be a JSON object."),
        (False, "Requirements must be a JSON object."),
        ("", "Requirements must be a JSON object."),
        ({}, "Missing required keys: 'rules'"),
        ({"rules": "weight"}, "'rules' must be a list."),
        ({"rules": ["rir", "sets"]}, "Invalid rule: sets"),
        ({"rules": [["weight"]]}, "Invalid rule: ['weight']"),
    ],
)
def test_requirements(grace, entry, requirements, message):
    body = {"slot_entry": entry["id"], "iteration": 1, "value": 1, "requirements": requirements}
    answer = grace.client.post("weight-config/", body)
    if message is None:
        assert (answer.status_code, answer.json["requirements"]) == (201, requirements)
    else:
        assert (answer.status_code, answer.json) == (400, {"requirements": [message]})


def test_a_quantity_has_one_rule_an_iteration(grace, entry):
    grace.config("weight", entry, 1)
    other = grace.config("weight", entry, 1, 2)
    unique = {"non_field_errors": ["The fields slot_entry, iteration must make a unique set."]}
    body = {"slot_entry": entry["id"], "iteration": 1, "value": 1}
    assert grace.client.post("weight-config/", body).json == unique
    assert grace.client.patch(f"weight-config/{other['id']}/", {"iteration": 1}).json == unique
    grace.config("max-weight", entry, 1)


# -- the name from before -----------------------------------------------------------------------------------------
def test_workouts_are_routines(grace, linus):
    routine, _ = grace.whole()
    answer = grace.client.get("workout/")
    assert answer.json == grace.get("routine/")
    assert answer.headers["Deprecation"].startswith("@")
    assert answer.headers["Link"] == '</api/v2/routine/>; rel="successor-version"'
    path = f"workout/{routine['id']}/"
    assert grace.get(f"{path}structure/") == grace.get(f"routine/{routine['id']}/structure/")
    assert linus.client.get(path).status_code == 404
    assert "Deprecation" not in grace.client.get("routine/").headers
    made = grace.post("workout", start="2024-01-01", end="2024-01-02")
    assert grace.get(f"routine/{made['id']}/") == made
