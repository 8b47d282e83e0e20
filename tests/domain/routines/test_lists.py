"""In which order lists come, and what narrows them."""

from __future__ import annotations

import pytest

from wger_flask.domain.routines.models import CONFIGS, WorkoutLog, WorkoutSession

CONFIG_NAMES = tuple(model._meta.title.lower().replace(" ", "-") for model in CONFIGS)
CHOICE = "Select a valid choice. That choice is not one of the available choices."


def ids(person, path: str) -> list:
    return [row["id"] for row in person.get(path)["results"]]


# -- order ------------------------------------------------------------------------------------------
def test_routines_come_latest_first(grace):
    early, late, latest = (grace.routine(start, "2024-03-31") for start in ("2024-01-01", "2024-02-01", "2024-02-01"))
    assert ids(grace, "routine/") == [latest["id"], late["id"], early["id"]]
    assert ids(grace, "routine/?ordering=start,-id") == [early["id"], latest["id"], late["id"]]
    assert ids(grace, "routine/?ordering=nonsense") == [latest["id"], late["id"], early["id"]]


def test_parts_come_in_their_order_and_ties_as_they_were_made(grace):
    routine = grace.routine()
    days = [grace.day(routine, order=order) for order in (2, 1, 1)]
    slots = [grace.slot(days[0], order=order) for order in (2, 1, 1)]
    entries = [grace.entry(slots[0], order=order) for order in (2, 1, 1)]
    for name, rows in (("day", days), ("slot", slots), ("slot-entry", entries)):
        first, second, third = (row["id"] for row in rows)
        grace.patch(name, rows[1])  # a change moves nothing
        assert ids(grace, f"{name}/") == [second, third, first]
        assert ids(grace, f"{name}/?ordering=-order") == [first, second, third]


@pytest.mark.parametrize("name", CONFIG_NAMES)
def test_rules_come_by_entry_and_iteration(grace, name):
    slot = grace.slot(grace.day(grace.routine()))
    last, first = grace.entry(slot, order=2), grace.entry(slot, order=1)
    quantity = name.removesuffix("-config")
    a, b, c, d = (grace.config(quantity, entry, 1, at)["id"] for entry in (last, first) for at in (2, 1))
    assert ids(grace, f"{name}/") == [d, c, b, a]
    assert ids(grace, f"{name}/?ordering=-slot_entry,iteration") == [b, a, d, c]
    assert ids(grace, f"{name}/?ordering=slot_entry,-iteration") == [c, d, a, b]


def test_a_relation_orders_by_the_order_of_what_it_names(grace):
    early, late = grace.routine("2024-01-01"), grace.routine("2024-01-05")
    days = [grace.day(early, order=9)["id"], grace.day(late, order=1)["id"]]
    assert ids(grace, "day/?ordering=routine") == [days[1], days[0]]
    assert ids(grace, "day/?ordering=-routine") == days
    slots = [grace.slot({"id": day})["id"] for day in days]
    assert ids(grace, "slot/?ordering=day") == [slots[1], slots[0]]
    sessions = [grace.post("workoutsession", datetime_start=date)["id"] for date in ("2024-02-02", "2024-02-01")]
    logs = [grace.log(session=session)["id"] for session in sessions]
    assert ids(grace, "workoutlog/?ordering=session") == logs[::-1]
    assert ids(grace, "workoutlog/?ordering=-session") == logs


def test_sessions_and_logs_come_by_date(grace):
    sessions = [
        grace.post("workoutsession", datetime_start=date, id=f"11111111-2222-4333-8444-00000000000{number}")["id"]
        for number, date in enumerate(("2024-02-02", "2024-02-01", "2024-02-01"))
    ]
    assert ids(grace, "workoutsession/") == [sessions[1], sessions[2], sessions[0]]
    done = [("2024-01-02", 5, 50), ("2024-01-01", 8, 60), ("2024-01-01", 8, 50), ("2024-01-01", 5, 90)]
    logs = [grace.log(date=date, repetitions=count, weight=weight)["id"] for date, count, weight in done]
    assert ids(grace, "workoutlog/") == [logs[3], logs[2], logs[1], logs[0]]


# -- filters ----------------------------------------------------------------------------------------
@pytest.fixture
def plan(grace):
    """A small plan, and a second of everything that differs from the first in every column."""
    routine = grace.routine(name="a", description="x")
    other = grace.routine("2023-01-01", "2023-02-01", is_template=True)
    day = grace.day(routine, order=3, name="legs", description="d")
    other_day = grace.day(other, is_rest=True, need_logs_to_advance=True)
    slot, other_slot = grace.slot(day, order=5, comment="c"), grace.slot(other_day)
    entry = grace.entry(
        slot,
        order=4,
        comment="e",
        type="myo",
        repetition_unit=2,
        weight_unit=2,
        weight_rounding=2,
        repetition_rounding=1,
    )
    other_entry = grace.entry(other_slot, exercise=grace.exercise + 1)
    config = grace.config("weight", entry, "62.5", 2, operation="+", step="percent", repeat=True)
    other_config = grace.config("weight", other_entry, 1)
    session = grace.post(
        "workoutsession",
        routine=routine["id"],
        day=day["id"],
        notes="n",
        impression="3",
        datetime_start="2024-01-01T10:00:00",
        datetime_end="2024-01-01T11:00:30",
    )
    other_session = grace.post("workoutsession", datetime_start="2024-02-01")
    log = grace.log(
        session=session["id"],
        routine=routine["id"],
        iteration=2,
        date="2024-01-01T10:00:00Z",
        rir=1,
        rir_target=2,
        repetitions=5,
        weight=50,
        repetitions_target=6,
        weight_target=55,
        weight_unit=2,
        repetitions_unit=3,
    )
    other_log = grace.log(
        session=other_session["id"],
        exercise=grace.exercise + 1,
        iteration=9,
        date="2024-02-01",
        rir=4,
        rir_target=4,
        repetitions=50,
        weight=500,
        repetitions_target=60,
        weight_target=550,
    )
    return {
        "routine": (routine, other),
        "day": (day, other_day),
        "slot": (slot, other_slot),
        "slot-entry": (entry, other_entry),
        "weight-config": (config, other_config),
        "workoutsession": (session, other_session),
        "workoutlog": (log, other_log),
    }


EXACT = {
    "routine": "name description created start end",
    "day": "id routine order name description",
    "slot": "day order comment",
    "slot-entry": "slot exercise type repetition_unit repetition_rounding weight_unit weight_rounding order comment",
    "weight-config": "id slot_entry iteration value operation step",
    "workoutsession": "routine day notes impression datetime_start datetime_end",
    "workoutlog": "routine session exercise date iteration repetitions_unit repetitions repetitions_target weight_unit "
    "weight weight_target rir rir_target",
}


@pytest.mark.parametrize("resource", EXACT)
def test_filters_that_compare(grace, plan, resource):
    row, other = plan[resource]
    for name in EXACT[resource].split():
        found = grace.client.get(f"{resource}/", query_string={name: row[name]})
        assert [item["id"] for item in found.json["results"]] == [row["id"]], name
        assert grace.client.get(f"{resource}/{row['id']}/", query_string={name: row[name]}).status_code == 200
        assert grace.client.get(f"{resource}/{other['id']}/", query_string={name: row[name]}).status_code == 404, name
        assert grace.get(f"{resource}/?{name}=")["count"] == 2


@pytest.mark.parametrize(
    ("resource", "name", "which"),
    [
        ("routine", "is_template", 1),
        ("day", "is_rest", 1),
        ("day", "need_logs_to_advance", 1),
        ("weight-config", "repeat", 0),
    ],
)
def test_filters_of_flags(grace, plan, resource, name, which):
    rows = plan[resource]
    assert ids(grace, f"{resource}/?{name}=True") == [rows[which]["id"]]
    assert ids(grace, f"{resource}/?{name}=False") == [rows[1 - which]["id"]]
    assert grace.get(f"{resource}/?{name}=maybe")["count"] == 2


@pytest.mark.parametrize(
    "query",
    (
        "date__date=2024-01-01 date__lt=2024-01-15 date__lte=2024-01-01T10:00:00Z iteration__in=2,3 "
        "repetitions_unit__in=3 weight_unit__in=2,5 repetitions__lt=6 repetitions__lte=5 repetitions_target__lt=7 "
        "repetitions_target__lte=6 weight__lt=51 weight__lte=50 weight_target__lt=56 weight_target__lte=55 rir__lt=2 "
        "rir__lte=1 rir__in=1,1.5 rir_target__in=2 rir_target__lt=3 rir_target__lte=2"
    ).split(),
)
def test_lookups_of_logs(grace, plan, query):
    log, other = plan["workoutlog"]
    assert ids(grace, f"workoutlog/?{query}") == [log["id"]]
    turned = query.replace("__lte=", "__gt=").replace("__lt=", "__gte=")
    if turned != query:
        assert ids(grace, f"workoutlog/?{turned}") == [other["id"]]


@pytest.mark.parametrize(
    ("resource", "query"),
    [
        ("routine", "fit_in_week=True"),
        ("routine", "name__icontains=zz"),
        ("templates", "start=2000-01-01"),
        ("templates", "is_public=True"),
        ("day", "type=hiit"),
        ("day", "config=1"),
        ("slot", "id=0"),
        ("slot-entry", "id=0"),
        ("slot-entry", "exercise__in=0"),
        ("weight-config", "requirements=1"),
        ("weight-config", "iteration__gt=99"),
        ("workoutsession", "user=0"),
        ("workoutsession", "date=2099-01-01"),
        ("workoutsession", "time_start__gt=x"),
        ("workoutsession", "id=zz"),
        ("workoutlog", "slot_entry=0"),
        ("workoutlog", "id=zz"),
        ("workoutlog", "rest=7"),
        ("workoutlog", "next_log=zz"),
        ("workoutlog", "iteration__gt=99"),
        ("workoutlog", "routine__in=0"),
    ],
)
def test_what_is_no_filter_is_ignored(grace, plan, resource, query):
    answer = grace.client.get(f"{resource}/?{query}")
    assert (answer.status_code, answer.json["count"]) == (200, 1 if resource == "templates" else 2)


@pytest.mark.parametrize(("query", "errors"), [
    ("day/?routine=987654", {"routine": [CHOICE]}), ("slot/?day=x", {"day": [CHOICE]}),
    ("weight-config/?slot_entry=0&value=x", {"slot_entry": [CHOICE], "value": ["Enter a number."]}),
    ("workoutlog/?date__gt=x", {"date__gt": ["Enter a valid date/time."]}),
    ("workoutlog/?session=zz", {"session": [CHOICE]}),
    ("workoutlog/?iteration__in=1,x", {"iteration__in": ["Enter a number."]}),
    ("workoutsession/?datetime_start__date=x&datetime_end__lt=25:00",
     {"datetime_start__date": ["Enter a valid date."], "datetime_end__lt": ["Enter a valid date/time."]}),
    ("workoutsession/?impression=9", {"impression": ["Select a valid choice. 9 is not one of the available choices."]}),
    ("routine/?start=x", {"start": ["Enter a valid date."]}),
])  # fmt: skip
def test_filters_that_make_no_sense(grace, query, errors):
    answer = grace.client.get(query)
    assert (answer.status_code, answer.json) == (400, errors)


def test_rows_of_others_are_a_choice_that_finds_nothing(grace, linus):
    day = grace.day(grace.routine())
    assert linus.get(f"day/?routine={day['routine']}")["results"] == []
    assert linus.get(f"slot/?day={day['id']}")["results"] == []


# -- what a deletion takes along ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("workoutlog", "weight-config slot-entry slot day routine workoutsession"),
        ("weight-config", "workoutlog workoutsession slot-entry slot day routine"),
        ("workoutsession", "weight-config slot-entry slot day routine"),
        ("slot-entry", "workoutsession slot day routine"),
        ("slot", "workoutsession day routine"),
        ("day", "routine"),
        ("routine", ""),
    ],
)
def test_what_a_deletion_takes_along(grace, gone, left, cascading):
    routine = grace.routine()
    day = grace.day(routine)
    slot = grace.slot(day)
    entry = grace.entry(slot)
    config = grace.config("weight", entry, 5)
    session = grace.post("workoutsession", routine=routine["id"], day=day["id"], datetime_start="2024-01-01")
    log = grace.log(session=session["id"], slot_entry=entry["id"])
    follower = grace.log(next_log=log["id"], date="2030-01-01")
    last = grace.log(next_log=follower["id"], date="2031-01-01")
    rows = {
        "routine": routine,
        "day": day,
        "slot": slot,
        "slot-entry": entry,
        "weight-config": config,
        "workoutsession": session,
        "workoutlog": log,
    }
    answer = grace.client.delete(f"{gone}/{rows[gone]['id']}/")
    assert (answer.status_code, answer.data) == (204, b"")
    found = {name for name, row in rows.items() if grace.client.get(f"{name}/{row['id']}/").status_code == 200}
    assert found == set(left.split())
    stays = "workoutlog" in found
    assert {str(row.id) for row in WorkoutLog.select()} == ({log["id"], follower["id"], last["id"]} if stays else set())
    assert {follower["session"], last["session"]} <= {str(row.id) for row in WorkoutSession.select()}
