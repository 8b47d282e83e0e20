"""What pages of training show besides tables: routines as people read them, and what was trained."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from wger_flask.domain.routines import routine_pages, session_pages
from wger_flask.domain.routines.date_sequence import plan_of
from wger_flask.domain.routines.models import Routine, WorkoutLog, WorkoutSession
from wger_flask.engine.schedule import schedule
from wger_flask.engine.wording import ENGLISH

SCRIPT = "<script>alert(1)</script>"


# -- routines -----------------------------------------------------------------------------------------
def plan(person, days=("Push", "Rest"), exercises=(1, 22), start="2025-01-06", end="2025-01-19", **more) -> int:
    """Plan a routine in which bench press gains 2.5 kg in every iteration; returns its key."""
    routine = person.add("routine", name="Strength", start=start, end=end, **more)["id"]
    for order, name in enumerate(days, 1):
        day = person.add("day", routine=routine, order=order, name=name, is_rest=name == "Rest")["id"]
        for exercise in exercises if name != "Rest" else ():
            slot = person.add("slot", day=day, order=exercise)["id"]
            entry = person.add("slot-entry", slot=slot, exercise=exercise)["id"]
            person.add("sets-config", slot_entry=entry, iteration=1, value=4)
            person.add("repetitions-config", slot_entry=entry, iteration=1, value=6)
            person.add("weight-config", slot_entry=entry, iteration=1, value=60)
            person.add(
                "weight-config", slot_entry=entry, iteration=2, value="2.5", operation="+", step="abs", repeat=True
            )
    return routine


def log(person, routine: int, days: int, exercise: int = 1) -> None:
    """Log a set on each of some Mondays."""
    for week in range(days):
        moment = date(2025, 1, 6) + timedelta(weeks=week)
        person.add(
            "workoutlog",
            routine=routine,
            exercise=exercise,
            repetitions=6,
            weight=60 + week,
            date=f"{moment}T18:00",
            iteration=week + 1,
        )


def test_a_routine_shows_the_sets_of_an_iteration(visitor, person):
    ada = visitor("ada")
    routine = plan(person("ada"))
    page = ada.see(f"routine/{routine}/?iteration=3")
    assert "Iteration 3 of 7" in " ".join(page.words.split())
    assert page.words.count("4 Sets, 6 × 65 kg") == 2
    assert "Fri 10 Jan" in page.words
    assert page.link("← Previous") == "?iteration=2" and page.link("Next →") == "?iteration=4"
    assert "4 Sets, 6 × 60 kg" in ada.see(f"routine/{routine}/?iteration=1").words
    assert ("/api/v2/exerciseinfo/1/", "Bench Press") in page.links


@pytest.mark.parametrize(("asked", "shown"), [("", 7), ("x", 7), ("0", 1), ("-5", 1), ("99", 7), ("%00", 7)])
def test_an_iteration_that_is_not_there_is_not_shown(visitor, person, asked, shown):
    page = visitor("ada").see(f"routine/{plan(person('ada'))}/?iteration={asked}")
    assert f"Iteration {shown} of 7" in " ".join(page.words.split())


def test_a_routine_leads_to_the_forms_of_its_parts(visitor, person):
    ada = visitor("ada")
    path = f"routine/{plan(person('ada'))}/"
    page = ada.see(path)
    wanted = {
        "Add a day": "routine",
        "Change day": "_method",
        "Change place": "_method",
        "Change exercise": "_method",
        "Change sets and weights": "weight_gain",
        "max RiR": "slot_entry",
        "60 kg": "_method",
        "+2.5 kg in every iteration from 2 on": "_method",
        "Train now with Push": "day",
        "Copy": "start",
    }
    for words, control in wanted.items():
        form = ada.see(page.link(words))
        assert form.status == 200 and control in form.controls, words
        assert form.controls["_next"][0]["value"].startswith(f"/api/v2/{path}"), words
    for words, heading in (("Add to a superset", "Push, 1: Bench Press"), ("Add an exercise to Push", "Push")):
        chosen = ada.see(ada.see(page.link(words)).link("Choose Deadlift"))
        assert chosen.status == 200 and f"Add exercise: {heading}" in chosen.words, words
        assert chosen.controls["exercise"][0]["value"] == "11"
        assert chosen.controls["_next"][0]["value"].startswith(f"/api/v2/{path}")
    logged = ada.see(next(url for url, words in page.links if words == "Log a set of Bench Press"))
    assert {name: logged.controls[name][0]["value"] for name in ("weight", "repetitions", "exercise", "iteration")} == {
        "weight": "75",
        "repetitions": "6",
        "exercise": "1",
        "iteration": "7",
    }


def test_the_calendar_shows_every_date(visitor, person):
    page = visitor("ada").see(f"routine/{plan(person('ada'))}/")
    assert page.text.count("<td ") - page.text.count('class="outside"') >= 14
    assert any(url.startswith("?iteration=2#day-") for url, words in page.links if words == "APush, iteration 2")
    assert len([url for url, _ in page.links if url.startswith("?iteration=") and "#day-" in url]) == 14


def test_the_training_is_drawn(visitor, person):
    ada = person("ada")
    routine = plan(ada)
    log(ada, routine, 3)
    log(ada, routine, 1, exercise=22)
    page = visitor("ada").see(f"routine/{routine}/")
    assert page.text.count('class="pillar"') == 6, "three weeks, drawn for wide and for narrow screens"
    assert "Volume of each week: at most 720 kg (6 Jan)." in page.words
    assert page.text.count("<circle") == 6, "an exercise that was trained once makes no line"
    assert "between 69.68 and 72, latest 72" in page.words
    assert page.text.count("✓") == 2


def test_a_template_is_read_by_everybody_and_changed_by_its_owner(visitor, person):
    ada = person("ada")
    routine = plan(ada, is_template=True, is_public=True)
    log(ada, routine, 2)
    page = visitor("grace").see(f"routine/{routine}/")
    assert "4 Sets, 6 × 75 kg" in page.words and "public template" in page.words
    assert "Add a day" not in page.words and "Progression and changes" not in page.words
    assert "Volume of each week" not in page.words and "✓" not in page.words, "what was trained is their own business"
    offered = {words for _, words in page.links}
    assert not {"Statistics", "What was trained"} & offered, "nothing is offered that would be refused"
    assert {"Structure", "Copy"} <= offered
    own = visitor("ada").see(f"templates/{routine}/")
    assert "Add a day" in own.words and "Volume of each week" in own.words


def test_nobody_sees_the_routines_of_others(visitor, person):
    routine = plan(person("ada"))
    assert visitor("grace").see(f"routine/{routine}/").status == 404
    assert visitor().see(f"routine/{routine}/").status == 403


def test_words_of_routines_are_escaped(visitor, person):
    ada = person("ada")
    routine = ada.add("routine", name="<script>", description=SCRIPT, start="2025-01-06", end="2025-01-12")["id"]
    day = ada.add("day", routine=routine, name="<script>", description=SCRIPT)["id"]
    slot = ada.add("slot", day=day, comment=SCRIPT)["id"]
    ada.add("slot-entry", slot=slot, exercise=1, comment=SCRIPT)
    text = visitor("ada").see(f"routine/{routine}/").text
    assert "<script>" not in text.replace('<script src="/static/js/site.js" defer></script>', "")
    assert text.count("&lt;script&gt;alert") >= 4


def test_a_routine_without_anything_can_be_begun(visitor, person):
    ada = visitor("ada")
    routine = person("ada").add("routine", start="2025-01-06", end="2025-01-12")["id"]
    assert "This routine has no days yet." in ada.see(f"routine/{routine}/").words
    day = person("ada").add("day", routine=routine)["id"]
    assert "No exercises yet." in ada.see(f"routine/{routine}/").words
    slot = person("ada").add("slot", day=day)["id"]
    page = ada.see(f"routine/{routine}/")
    assert "No exercise yet." in page.words and f"slot%2F{slot}%2Fadd-exercise" in page.link("Choose one")
    person("ada").add("slot-entry", slot=slot, exercise=1)
    assert "Nothing is prescribed yet." in ada.see(f"routine/{routine}/").words


def test_a_value_that_outgrew_its_digits_is_told(visitor, person):
    ada = person("ada")
    routine = plan(ada, exercises=(1,))
    entry = ada.get("slot-entry/")["results"][0]["id"]
    ada.add("rir-config", slot_entry=entry, iteration=1, value=0)
    ada.add("rir-config", slot_entry=entry, iteration=2, value="4.5", operation="-", step="abs", repeat=True)
    page = visitor("ada").see(f"routine/{routine}/?iteration=7")
    assert page.status == 200 and "Push" in page.words
    assert "The sets of this iteration cannot be told: The computed value has too many digits." in page.words


def test_the_number_of_queries_does_not_grow(visitor, person, queries):
    ada, counts = visitor("ada"), []
    for days, exercises, weeks in ((("A",), (1,), 1), (("A", "B", "C"), (1, 2, 3, 4), 5)):
        routine = plan(person("ada"), days, exercises, end="2025-03-30")
        for exercise in exercises:
            log(person("ada"), routine, weeks, exercise)
        queries.clear()
        assert ada.see(f"routine/{routine}/").status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25


# -- the parts of a routine in words -------------------------------------------------------------------
RULES = [
    (dict(iteration=1, value="80.00", operation="r", step="na", repeat=False), "80 kg"),
    (dict(iteration=3, value="82.50", operation="r", step="na", repeat=False), "82.5 kg from iteration 3 on"),
    (dict(iteration=2, value="2.50", operation="+", step="abs", repeat=True), "+2.5 kg in every iteration from 2 on"),
    (dict(iteration=4, value="10.00", operation="-", step="percent", repeat=False), "−10 % from iteration 4 on"),
    (
        dict(
            iteration=2, value="5.00", operation="+", step="abs", repeat=True, requirements={"rules": ["weight", "rir"]}
        ),
        "+5 kg in every iteration from 2 on, once weight and RiR were reached",
    ),
    (dict(iteration=1, value="100", operation="r", step="na", repeat=False, requirements={"rules": []}), "100 kg"),
]


@pytest.mark.parametrize(("rule", "words"), RULES)
def test_rules_are_said_in_words(rule, words):
    assert routine_pages.rule_in_words({"requirements": None, **rule}, "kg") == words


def test_the_present_iteration_is_shown_first(app, person):
    row = Routine.get_by_id(plan(person("ada")))
    days = schedule(plan_of(row), date(2025, 1, 1))
    shown = [
        routine_pages.iteration_asked_for(None, days, date(2025, 1, 6) + timedelta(days=n))[0]
        for n in (-9, 0, 1, 2, 13, 99)
    ]
    assert shown == [1, 1, 1, 2, 7, 7]
    weeks = routine_pages.calendar(days, {}, {date(2025, 1, 7): "key"})
    assert [len(week) for week in weeks] == [7, 7]
    assert [cell.date.day for cell in weeks[1]] == list(range(13, 20))
    assert [cell.session for cell in weeks[0]] == ["", "key"] + [""] * 5


def test_what_is_due_is_numbered_as_it_is_done(app, person):
    ada = person("ada")
    key = plan(ada, exercises=(1, 22))
    first = min(ada.get("slot-entry/")["results"], key=lambda entry: entry["id"])
    second = ada.add("slot-entry", slot=first["slot"], exercise=9)
    ada.add("slot", day=ada.get("day/")["results"][0]["id"], order=0)
    row = Routine.get_by_id(key)
    push = ada.get("day/?name=Push")["results"][0]["id"]

    def due(when: date, day=push) -> tuple:
        iteration, items = session_pages.due(plan_of(row), day, when, ENGLISH)
        return iteration, [(number, item.exercise) for number, item in items]

    assert second["order"] == 2
    assert due(date(2025, 1, 6)) == (1, [("1a", 1), ("1b", 9), ("2", 22)]), "a slot without exercises is no station"
    assert [due(date(2025, 1, day))[0] for day in (1, 7, 8, 30)] == [1, 1, 2, 7]
    assert due(date(2025, 1, 6), None) == due(date(2025, 1, 6), push + 99) == (0, [])


def test_the_span_of_an_iteration_is_told(visitor, person):
    row = Routine.get_by_id(plan(person("ada"), end="2025-01-08"))
    assert routine_pages.spans(schedule(plan_of(row), date(2025, 1, 1))) == {
        1: (date(2025, 1, 6), date(2025, 1, 7)),
        2: (date(2025, 1, 8), date(2025, 1, 8)),
    }
    words = " ".join(visitor("ada").see(f"routine/{row.id}/?iteration=1").words.split())
    assert "Iteration 1 of 2 · 6–7 Jan" in words and "2: 8 Jan" in words


def test_letters_do_not_run_out():
    found = list(routine_pages.letters({"id": key} for key in range(60)).values())
    assert found[:3] == ["A", "B", "C"] and found[26] == "A1" and len(set(found)) == 60
    assert routine_pages.progressions({"weight_unit": None, "repetition_unit": None, "rules": {}}, ENGLISH)


# -- what was trained ------------------------------------------------------------------------------------
def test_actions_of_a_routine_are_readable(visitor, person):
    ada = person("ada")
    routine = plan(ada)
    log(ada, routine, 2)
    log(ada, routine, 2)
    seen = visitor("ada")
    words = {
        path: " ".join(seen.see(f"routine/{routine}/{path}/").words.split())
        for path in (
            "stats",
            "logs",
            "structure",
            "date-sequence-display",
            "date-sequence-gym",
        )
    }
    assert "Iteration 1 2 720 86" in words["stats"] and "Bench Press 4 1,452 86" in words["stats"]
    assert "Pectoralis major 4 1,452" in words["stats"]
    assert words["logs"].index("2025-01-13") < words["logs"].index("2025-01-06"), "the latest comes first"
    assert "Bench Press 6, 6 × 61 kg" in words["logs"] and "732 kg in all" in words["logs"]
    assert "Add an exercise" in words["structure"]
    assert "2025-01-08 2 Push Bench Press: 4 Sets, 6 × 62.50 kg" in words["date-sequence-display"]
    assert words["date-sequence-gym"].count("Bench Press: 6 × 62.50 kg") == 4
    empty = ada.add("routine", start="2025-01-06", end="2025-01-07")["id"]
    for path, told in (("stats", "Nothing was logged yet."), ("date-sequence-gym", "There are no dates"), ("logs", "")):
        page = seen.see(f"routine/{empty}/{path}/")
        assert page.status == 200 and told in page.words


def test_masses_are_in_the_unit_of_the_profile(visitor, person):
    ada, seen = person("ada"), visitor("ada")
    routine = plan(ada)
    log(ada, routine, 1)
    ada.add(
        "workoutlog",
        routine=routine,
        exercise=1,
        repetitions=10,
        weight=100,
        weight_unit=2,
        date="2025-01-06T18:05",
        iteration=1,
    )
    pages = {
        f"routine/{routine}/stats/": ("Volume ({unit})", "Bench Press 2 {volume} 81", "Pectoralis major 2 {volume}"),
        f"routine/{routine}/logs/": ("{volume} {unit} in all",),
        f"routine/{routine}/": ("Bench Press {most} {unit} {most} {unit}", "in {unit}"),
        "workoutsession/": ("{volume} {unit} in all",),
        "user-statistics/": ("{volume} {unit} lifted in all",),
    }
    shown = {
        "kg": {"unit": "kg", "volume": "814", "most": "69.68"},  # 6 × 60 kg and 10 × 45.3592 kg
        "lb": {"unit": "lb", "volume": "1,794", "most": "153.62"},
    }
    for unit, values in shown.items():
        answer = ada.http.patch("/api/v2/userprofile/", json={"weight_unit": unit}, headers=ada.headers)
        assert answer.status_code == 200
        for path, told in pages.items():
            words = " ".join(seen.see(path).words.split())
            assert [text for text in told if text.format(**values) not in words] == [], (path, words)
    assert ada.get(f"routine/{routine}/stats/")["volume"]["mesocycle"]["total"] == "813.59"


def test_a_session_shows_its_sets(visitor, person, queries):
    ada, seen, counts = person("ada"), visitor("ada"), []
    routine = plan(ada)
    for _ in range(2):
        log(ada, routine, 3)
        session = WorkoutSession.select().order_by(WorkoutSession.datetime_start).first()
        for path in ("workoutsession/", f"workoutsession/{session.id}/"):
            queries.clear()
            page = seen.see(path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert page.words.count("6 × 60 kg") == 2
    form = seen.see(seen.see(page.link("Log another exercise")).link("Choose Deadlift"))
    assert f'<option value="{session.id}" selected' in form.text
    assert "_method" in seen.see(page.link("Change set 1")).controls
    assert "6, 6 × 62 kg" in seen.see("workoutsession/").words
    assert "Bench Press" not in visitor("grace").see("workoutsession/").words


SETS = [
    ([(6, 60, 1, 1), (6, 60, 1, 1), (5, 60, 1, 1)], "6, 6, 5 × 60 kg"),
    ([(6, 60, 1, 1), (6, 65, 1, 1), (8, 60, 1, 1)], "6 × 60 kg; 6 × 65 kg; 8 × 60 kg"),
    ([(30, None, 3, None)], "30 Seconds"),
    ([(None, "62.50", None, 2)], "62.5 lb"),
    ([(10, 0, 1, 1)], "10 × 0 kg"),
    ([], ""),
]


@pytest.mark.parametrize(("sets", "words"), SETS)
def test_sets_are_said_in_a_line(sets, words):
    logs = [
        WorkoutLog(
            repetitions=repetitions and Decimal(repetitions),
            weight=None if weight is None else Decimal(weight),
            repetitions_unit=repetitions_unit,
            weight_unit=weight_unit,
        )
        for repetitions, weight, repetitions_unit, weight_unit in sets
    ]
    assert session_pages.in_words(logs, ENGLISH) == words
