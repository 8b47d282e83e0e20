"""The computed endpoints: what they answer, and that their price does not grow."""

from __future__ import annotations

import pytest

from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.routines.models import CONFIGS, Day, Label, Slot, SlotEntry
from wger_flask.storage.database import transaction

SUBRESOURCES = ("structure", "date-sequence-display", "date-sequence-gym", "logs", "stats")
QUANTITIES = tuple("weight sets max-weight repetitions max-repetitions max-sets rest max-rest rir max-rir".split())


# What a routine may grow by: each adds a few rows of one kind to a routine that has some of every kind.
def more_days(grace, routine, entry):
    for order in range(2, 5):
        grace.slot(grace.day(routine, order=order, need_logs_to_advance=True))


def more_slots(grace, routine, entry):
    for _ in range(3):
        grace.entry(grace.slot({"id": grace.get(f"slot/{entry['slot']}/")["day"]}))


def more_entries(grace, routine, entry):
    for quantity in QUANTITIES:
        grace.config(quantity, grace.entry({"id": entry["slot"]}), 1, requirements={"rules": ["rir"]})


def more_configs(grace, routine, entry):
    for quantity in QUANTITIES:
        for iteration in (3, 4, 2**31 - 1):
            grace.config(quantity, entry, 1, iteration, operation="+", requirements={"rules": ["weight"]})


def more_logs(grace, routine, entry):
    for number in range(6):
        grace.log(slot_entry=entry["id"], routine=routine["id"], iteration=number, date="2024-01-01T10:00:00")


def more_sessions(grace, routine, entry):
    day = grace.get(f"slot/{entry['slot']}/")["day"]
    for number in range(3, 9):
        session = grace.post("workoutsession", routine=routine["id"], day=day, date=f"2024-01-0{number}")
        grace.log(session=session["id"], slot_entry=entry["id"], iteration=number)


def more_dates(grace, routine, entry):
    grace.patch("routine", routine, end="2024-04-30", fit_in_week=True)


def more_labels(grace, routine, entry):
    with transaction():
        for number in range(3):
            Label.create(routine=routine["id"], start_offset=number, end_offset=number + 1, label=f"week {number}")


def more_exercises(grace, routine, entry):
    for exercise in Exercise.select(Exercise.id).limit(5):
        grace.log(exercise=exercise.id, routine=routine["id"], date="2024-01-01T10:00:00")


GROWTH = (
    more_days,
    more_slots,
    more_entries,
    more_configs,
    more_logs,
    more_sessions,
    more_dates,
    more_labels,
    more_exercises,
)


@pytest.mark.parametrize("name", SUBRESOURCES)
def test_the_number_of_queries_does_not_grow_with_the_routine(grace, queries, name):
    routine, [entry] = grace.whole()
    for quantity in QUANTITIES[2:]:
        grace.config(quantity, entry, 2)
    grace.patch("day", grace.get(f"day/?routine={routine['id']}")["results"][0], need_logs_to_advance=True)
    grace.log(slot_entry=entry["id"], routine=routine["id"], iteration=1, date="2024-01-01T10:00:00")
    sizes, counts = [], []
    for grow in (lambda *_: None, *GROWTH):
        grow(grace, routine, entry)
        del queries[:]
        sizes.append(len(grace.client.get(f"routine/{routine['id']}/{name}/").data))
        counts.append(len(queries))
    assert counts == counts[:1] * len(counts) and counts[0] <= 25
    assert sizes[-1] > 2 * sizes[0]


def test_the_structure_holds_every_part_and_rule(grace):
    routine = grace.routine(name="plan")
    second, first = grace.day(routine, order=2), grace.day(routine, order=1)
    slot = grace.slot(first, comment="together")
    entry = grace.entry(slot, type="myo", config={"a": [1]})
    rules = [grace.config("rir", entry, 2), grace.config("sets", entry, 3), grace.config("weight", entry, 60, 0)]
    later = grace.config("weight", entry, 65, 4)
    found = grace.get(f"routine/{routine['id']}/structure/")
    assert list(found) == ["id", "name", "description", "created", "start", "end", "fit_in_week", "days"]
    assert [day["id"] for day in found["days"]] == [first["id"], second["id"]]
    assert found["days"][1]["slots"] == []
    [shown] = found["days"][0]["slots"]
    assert {name: shown[name] for name in ("id", "comment", "day", "order", "config")} == slot
    [inner] = shown["entries"]
    assert {name: inner[name] for name in entry} == entry
    assert inner["class_name"] is None
    assert (inner["rir_configs"], inner["set_nr_configs"]) == ([rules[0]], [rules[1]])
    assert inner["weight_configs"] == [rules[2], later]
    assert inner["max_rest_configs"] == []


def test_a_sequence_shows_names_of_units_and_logs_open_the_next_weight(grace):
    routine, [entry] = grace.whole()
    path = f"routine/{routine['id']}/date-sequence-display/"
    days = grace.get(path)
    assert [day["date"] for day in days] == [f"2024-01-{number:02d}" for number in range(1, 15)]
    assert {day["slots"][0]["sets"][0]["text_repr"] for day in days} == {"3 Sets, 50 kg"}
    grace.log(slot_entry=entry["id"], iteration=1, weight=50)
    assert [day["slots"][0]["sets"][0]["weight"] for day in grace.get(path)][:3] == ["50", "55", "55"]
    grace.patch("slot-entry", entry, weight_unit=2)
    assert grace.get(path)[0]["slots"][0]["sets"][0]["text_repr"] == "3 Sets, 50 lb"


def test_logs_of_others_open_nothing(grace, linus):
    template = grace.routine(is_template=True, is_public=True)
    entry = grace.entry(grace.slot(grace.day(template)))
    grace.config("weight", entry, 50)
    grace.config("weight", entry, 5, 2, operation="+", requirements={"rules": ["weight"]})
    path = f"routine/{template['id']}/date-sequence-gym/"
    grace.log(slot_entry=entry["id"], iteration=1, weight=50)
    assert linus.get(path) == grace.get(path)
    assert grace.get(path)[1]["slots"][0]["sets"][0]["weight"] == "55"


@pytest.mark.parametrize("name", ["date-sequence-display", "date-sequence-gym"])
def test_a_value_that_outgrows_its_digits_is_named(grace, name):
    routine = grace.routine()
    entry = grace.entry(grace.slot(grace.day(routine)), weight_rounding="2.5")
    grace.config("weight", entry, 3000)
    grace.config("weight", entry, 100, 2, operation="+", step="percent", repeat=True)
    answer = grace.client.get(f"routine/{routine['id']}/{name}/")
    assert (answer.status_code, list(answer.json)) == (400, ["weight"])


@pytest.mark.parametrize(("days", "slots"), [(1, 20), (150, 2)])
def test_a_large_plan_has_an_answer(grace, days, slots):
    """Fill the longest span, once with a single day, once with more days than it has."""
    routine = grace.routine("2024-01-01", "2024-04-30")
    rules = [
        {"iteration": 1, "value": 1, "operation": "r", "step": "na", "repeat": False},
        {"iteration": 2, "value": 3, "operation": "+", "step": "percent", "repeat": True},
        {"iteration": 2**31 - 1, "value": 4, "operation": "+", "step": "abs", "repeat": True},
    ]
    with transaction():
        keys = [routine["id"]]
        for model, parent, count in ((Day, "routine", days), (Slot, "day", slots), (SlotEntry, "slot", 1)):
            more = {"exercise": grace.exercise} if model is SlotEntry else {}
            model.insert_many([{parent: key, **more} for key in keys for _ in range(count)]).execute()
            keys = [row.id for row in model.select(model.id).order_by(model.id)]
        for model in CONFIGS:
            model.insert_many([{"slot_entry": key, **rule} for key in keys for rule in rules]).execute()
    for name in SUBRESOURCES:
        grace.get(f"routine/{routine['id']}/{name}/")
    found = grace.get(f"routine/{routine['id']}/date-sequence-gym/")
    assert len(found) == 121 and {len(item["slots"]) for item in found} == {slots}
    assert found[-1]["iteration"] == (121 if days == 1 else 1)
    assert found[-1]["slots"][-1]["sets"][0]["weight"] == ("34.71" if days == 1 else "1")


@pytest.mark.parametrize(("start", "end"), [("0001-01-01", "0001-01-14"), ("9999-12-18", "9999-12-31")])
@pytest.mark.parametrize("fit_in_week", [True, False])
def test_the_calendar_has_an_end(grace, start, end, fit_in_week):
    routine = grace.routine(start, end, fit_in_week=fit_in_week)
    grace.day(routine, need_logs_to_advance=True)
    found = grace.get(f"routine/{routine['id']}/date-sequence-gym/")
    assert (len(found), found[0]["date"], found[-1]["date"]) == (14, start, end)


def test_an_empty_routine_has_nothing_to_show(grace):
    path = f"routine/{grace.routine()['id']}/"
    assert grace.get(f"{path}date-sequence-gym/") == grace.get(f"{path}logs/") == []
    assert grace.get(f"{path}structure/")["days"] == []
    assert grace.get(f"{path}stats/")["sets"]["mesocycle"]["total"] == "0.00"


def test_logs_are_listed_with_the_sessions_of_the_routine(grace):
    routine, other = grace.routine(), grace.routine()
    late = grace.post("workoutsession", routine=routine["id"], date="2024-01-05")
    early = grace.post("workoutsession", routine=routine["id"], date="2024-01-02")
    elsewhere = grace.log(session=early["id"], routine=other["id"], date="2030-01-01")
    grace.log(routine=routine["id"], session=grace.post("workoutsession", date="2024-01-03")["id"])
    shown = grace.get(f"routine/{routine['id']}/logs/")
    assert [list(one) for one in shown] == [["session", "logs"]] * len(shown)
    assert shown == [
        {"session": early, "logs": [elsewhere]},
        {"session": late, "logs": []},
    ]


def test_statistics_follow_every_change(grace):
    routine = grace.routine()
    log = grace.log(routine=routine["id"], iteration=1, date="2024-01-01T10:00:00")
    path = f"routine/{routine['id']}/stats/"
    assert grace.get(path)["volume"]["mesocycle"]["total"] == "480.00"
    grace.patch("workoutlog", log, weight=100)
    assert grace.get(path)["volume"]["daily"]["2024-01-01"]["total"] == "800.00"
    grace.patch("workoutlog", log, weight_unit=2)
    assert grace.get(path)["volume"]["daily"]["2024-01-01"]["total"] == "362.87"
    grace.patch("workoutlog", log, weight_unit=4)
    assert grace.get(path)["volume"]["daily"] == {}
    grace.client.delete(f"workoutlog/{log['id']}/")
    assert grace.get(path)["sets"]["mesocycle"]["total"] == "0.00"


@pytest.mark.parametrize("name", SUBRESOURCES)
def test_filters_decide_whether_the_routine_is_found(grace, name):
    routine = grace.routine(name="this")
    assert grace.client.get(f"routine/{routine['id']}/{name}/?name=this").status_code == 200
    assert grace.client.get(f"routine/{routine['id']}/{name}/?name=that").status_code == 404
    assert grace.client.get(f"routine/{routine['id']}/{name}/?start=that").status_code == 400
    assert grace.client.post(f"routine/{routine['id']}/{name}/", {}).status_code == 405


@pytest.mark.parametrize("most", [1, 2, 3])
def test_more_keys_than_a_query_takes_are_asked_for_in_several(grace, monkeypatch, most):
    routine, entries = grace.whole()
    for _ in range(4):
        more_days(grace, routine, entries[0])
    more_sessions(grace, routine, entries[0])
    paths = [f"routine/{routine['id']}/{name}/" for name in ("structure", "logs")]
    whole = [grace.get(path) for path in paths]
    monkeypatch.setattr("wger_flask.rest.serialization.MOST_KEYS", most)
    assert [grace.get(path) for path in paths] == whole
