"""The computed endpoints: what they answer, and that their price does not grow."""

from __future__ import annotations

import pytest

SUBRESOURCES = ("structure", "date-sequence-display", "date-sequence-gym", "logs", "stats")


@pytest.mark.parametrize("name", SUBRESOURCES)
def test_the_number_of_queries_does_not_grow_with_the_routine(grace, queries, name):
    counts = []
    for size in (1, 4):
        routine, entries = grace.whole(days=size, exercises=size)
        first = grace.get(f"day/?routine={routine['id']}")["results"][0]
        grace.patch("day", first, need_logs_to_advance=True)
        for entry in entries:
            grace.log(slot_entry=entry["id"], routine=routine["id"], iteration=1, date="2024-01-01T10:00:00")
            grace.log(slot_entry=entry["id"], routine=routine["id"], iteration=2, date="2024-01-03T10:00:00")
        grace.get(f"routine/{routine['id']}/{name}/")
        del queries[:]
        grace.get(f"routine/{routine['id']}/{name}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


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
    assert grace.get(f"routine/{routine['id']}/logs/") == [
        {"session": early, "logs": [elsewhere]}, {"session": late, "logs": []},
    ]  # fmt: skip


def test_statistics_follow_every_change(grace):
    routine = grace.routine()
    log = grace.log(routine=routine["id"], iteration=1, date="2024-01-01T10:00:00")
    path = f"routine/{routine['id']}/stats/"
    assert grace.get(path)["volume"]["mesocycle"]["total"] == "480.00"
    grace.patch("workoutlog", log, weight=100)
    assert grace.get(path)["volume"]["daily"]["2024-01-01"]["total"] == "800.00"
    grace.patch("workoutlog", log, weight_unit=2)
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
