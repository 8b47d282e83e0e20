"""What pages of single subjects show besides tables."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from tests.browser.samples import Person
from tests.conftest import key_of
from wger_flask.domain.routines import reading
from wger_flask.domain.routines.models import Routine
from wger_flask.domain.routines.prescribed import plan_of
from wger_flask.engine.nutrition import Nutrients
from wger_flask.engine.schedule import schedule
from wger_flask.engine.wording import ENGLISH

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def person(app):
    """Somebody who enters things through the API: ``person("grace")``."""
    return lambda name: Person(app, key_of(name))


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
            person.add("weight-config", slot_entry=entry, iteration=2, value="2.5", operation="+", step="abs",
                       repeat=True)  # fmt: skip
    return routine


def log(person, routine: int, days: int, exercise: int = 1) -> None:
    """Log a set on each of some Mondays."""
    for week in range(days):
        moment = date(2025, 1, 6) + timedelta(weeks=week)
        person.add(
            "workoutlog", routine=routine, exercise=exercise, repetitions=6, weight=60 + week, date=f"{moment}T18:00",
            iteration=week + 1,
        )  # fmt: skip


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
        "Add a day": "routine", "Change day": "_method", "Add a slot": "day", "Change slot": "_method",
        "Add to a superset": "slot", "Change exercise": "_method", "max RiR": "slot_entry", "60 kg": "_method",
        "+2.5 kg in every iteration from 2 on": "_method", "Note a session": "day",
    }  # fmt: skip
    for words, control in wanted.items():
        form = ada.see(page.link(words))
        assert form.status == 200 and control in form.controls, words
        assert form.controls["_next"][0]["value"].startswith(f"/api/v2/{path}"), words
    logged = ada.see(next(url for url, words in page.links if words == "Log a set of Bench Press"))
    assert {name: logged.controls[name][0]["value"] for name in ("weight", "repetitions", "exercise", "iteration")} == {
        "weight": "75", "repetitions": "6", "exercise": "1", "iteration": "7",
    }  # fmt: skip


def test_the_calendar_shows_every_date(visitor, person):
    page = visitor("ada").see(f"routine/{plan(person('ada'))}/")
    assert page.text.count("<td ") - page.text.count('class="outside"') >= 14
    assert ("?iteration=2#day-1", "APush, iteration 2") in page.links
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
    assert "Nothing to do yet." in ada.see(f"routine/{routine}/").words
    slot = person("ada").add("slot", day=day)["id"]
    page = ada.see(f"routine/{routine}/")
    assert "No exercise yet." in page.words and f"slot={slot}&" in page.link("Choose one")
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
    assert "The sets cannot be told: The computed value has too many digits." in page.words


def test_the_number_of_queries_does_not_grow(visitor, person, queries):
    ada, counts = visitor("ada"), []
    for days, exercises, trained in ((("A",), (1,), 1), (("A", "B", "C"), (1, 2, 3, 4), 5)):
        routine = plan(person("ada"), days, exercises, end="2025-03-30")
        for exercise in exercises:
            log(person("ada"), routine, trained, exercise)
        queries.clear()
        assert ada.see(f"routine/{routine}/").status == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# -- the parts of a routine in words -------------------------------------------------------------------
RULES = [
    (dict(iteration=1, value="80.00", operation="r", step="na", repeat=False), "80 kg"),
    (dict(iteration=3, value="82.50", operation="r", step="na", repeat=False), "82.5 kg from iteration 3 on"),
    (dict(iteration=2, value="2.50", operation="+", step="abs", repeat=True), "+2.5 kg in every iteration from 2 on"),
    (dict(iteration=4, value="10.00", operation="-", step="percent", repeat=False), "−10 % from iteration 4 on"),
    (dict(iteration=2, value="5.00", operation="+", step="abs", repeat=True, requirements={"rules": ["weight", "rir"]}),
     "+5 kg in every iteration from 2 on, once weight and RiR was reached"),
    (dict(iteration=1, value="100", operation="r", step="na", repeat=False, requirements={"rules": []}), "100 kg"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "words"), RULES)
def test_rules_are_said_in_words(rule, words):
    assert reading.rule_in_words({"requirements": None, **rule}, "kg") == words


def test_the_present_iteration_is_shown_first(app, person):
    row = Routine.get_by_id(plan(person("ada")))
    days = schedule(plan_of(row), date(2025, 1, 1))
    shown = [
        reading.iteration_asked_for(None, days, date(2025, 1, 6) + timedelta(days=n))[0] for n in (-9, 0, 1, 2, 13, 99)
    ]
    assert shown == [1, 1, 1, 2, 7, 7]
    weeks = reading.calendar(days, {}, {date(2025, 1, 7)})
    assert [len(week) for week in weeks] == [7, 7]
    assert [cell.date.day for cell in weeks[1]] == list(range(13, 20))
    assert [cell.was_trained for cell in weeks[0]] == [False, True] + [False] * 5


def test_letters_do_not_run_out():
    found = list(reading.letters({"id": key} for key in range(60)).values())
    assert found[:3] == ["A", "B", "C"] and found[26] == "A1" and len(set(found)) == 60
    assert reading.progressions({"weight_unit": None, "repetition_unit": None} | dict.fromkeys(KEYS, ()), ENGLISH)


KEYS = [key for _, key, _ in reading._QUANTITIES]


# -- food ---------------------------------------------------------------------------------------------
def eat(person, **goals) -> str:
    """Plan a breakfast of 80 g of oats and a banana, and eat 100 g of oats on two days; returns the plan's key."""
    plan = person.add("nutritionplan", description="Lean", **goals)["id"]
    meal = person.add("meal", plan=plan, name="Breakfast", time="07:30")["id"]
    person.add("mealitem", meal=meal, ingredient=1, amount=80)
    unit = person.get("ingredientweightunit/?ingredient=17")["results"][0]["id"]
    person.add("mealitem", meal=meal, ingredient=17, weight_unit=unit, amount=1)
    for day in (3, 5):
        moment = f"2025-03-0{day}T08:00"
        person.add("nutritiondiary", plan=plan, meal=meal, ingredient=1, amount=day * 20, datetime=moment)
    return plan


def test_a_plan_is_a_days_table_with_goals(visitor, person):
    plan = eat(person("ada"), goal_energy=812, goal_protein=20)
    for name in ("nutritionplan", "nutritionplaninfo"):
        page = visitor("ada").see(f"{name}/{plan}/")
        words = " ".join(page.words.split())
        assert page.title.startswith("Lean")
        assert "Breakfast 07:30" in words and "Rolled oats 80 g" in words and "1 × piece (120 g)" in words
        assert "406 of 812 kcal (50 %)" in words
        assert 'class="arc carbohydrates"' in page.text
        assert "The dashed line is the goal of 812 kcal." in words


def test_totals_are_those_of_the_api(visitor, person):
    ada = person("ada")
    plan = eat(ada)
    found = Nutrients(**{k: v for k, v in ada.get(f"nutritionplan/{plan}/nutritional_values/").items()})
    text = visitor("ada").see(f"nutritionplan/{plan}/").text
    total = text.split("<tfoot>")[1].split("</tfoot>")[0]
    assert f">{found.energy:.0f}<" in total
    for value in (found.protein, found.carbohydrates, found.carbohydrates_sugar, found.fat, found.fiber):
        assert f">{value:.1f}<" in total


def test_a_plan_leads_to_the_forms_of_its_parts(visitor, person):
    ada = visitor("ada")
    page = ada.see(f"nutritionplan/{eat(person('ada'))}/")
    for words in ("Add a meal", "Add food to Breakfast", "Change Breakfast", "Change Banana", "Note what you ate"):
        assert "_next" in ada.see(page.link(words)).controls, words
    form = ada.see(page.link("Log Banana"))
    assert form.controls["ingredient"][0]["value"] == "17" and form.controls["amount"][0]["value"] == "1.00"


def test_the_diary_is_shown_by_day(visitor, person):
    plan = eat(person("ada"), goal_energy=740)
    ada = visitor("ada")
    latest = ada.see("nutritiondiary/")
    assert "Wednesday, 5 March 2025" in latest.words and "370 of 740 kcal" in latest.words
    earlier = ada.see(latest.response.request.path + latest.link("← Earlier").partition("#")[0])
    assert "Monday, 3 March 2025" in earlier.words and "222 of 740 kcal" in earlier.words
    assert "← Earlier" not in [words for _, words in earlier.links]
    assert "222 of 740" in ada.see(f"nutritionplan/{plan}/?day=2025-03-03").words
    assert "Nothing was noted on this day." in ada.see("nutritiondiary/?day=2024-01-01").words
    assert ada.see("nutritiondiary/?day=yesterday").status == 200
    assert "Tuesday" not in ada.see("nutritiondiary/?datetime__gt=2025-03-04&day=").words


def test_food_of_others_is_not_shown(visitor, person):
    plan = eat(person("ada"))
    grace = visitor("grace")
    assert grace.see(f"nutritionplan/{plan}/").status == 404
    assert "Rolled oats" not in grace.see("nutritiondiary/").words


def test_a_food_is_readable(visitor):
    for name in ("ingredient", "ingredientinfo"):
        page = visitor().see(f"{name}/17/")
        words = " ".join(page.words.split())
        assert page.title.startswith("Banana")
        assert "1 piece (120 g)" in words and "92 kcal 385 kJ" in words and "110 kcal" in words
    listed = visitor().see("ingredient/?name__search=banana")
    assert ("/api/v2/ingredient/17/", "Banana") in listed.links


def test_plans_and_diaries_ask_a_constant_number_of_queries(visitor, person, queries):
    ada, counts = visitor("ada"), []
    plan = eat(person("ada"))
    for more in (0, 6):
        meals = [person("ada").add("meal", plan=plan, name=f"m{number}")["id"] for number in range(more)]
        for meal in meals:
            person("ada").add("mealitem", meal=meal, ingredient=5, amount=10)
            person("ada").add("nutritiondiary", plan=plan, ingredient=6, amount=10, datetime="2025-03-07T10:00")
        for path in (f"nutritionplan/{plan}/", "nutritiondiary/"):
            queries.clear()
            assert ada.see(path).status == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


# -- the body -------------------------------------------------------------------------------------------
def test_each_category_is_a_line(visitor, person, queries):
    ada, seen, counts = person("ada"), visitor("ada"), []
    for name in ("Waist", SCRIPT):
        category = ada.add("measurement-category", name=name, unit="cm")["id"]
        for day in range(1, 4):
            ada.add("measurement", category=category, value=80 - day, date=f"2025-03-0{day}T07:00", notes=SCRIPT)
        for path in ("measurement/", "measurement-category/"):
            queries.clear()
            page = seen.see(path)
            counts.append(len(queries))
            assert "between 77 and 79, latest 77" in page.words
            assert f"/api/v2/measurement/?category={category}" in page.text
        detail = seen.see(f"measurement-category/{category}/")
        assert detail.text.count("<circle") == 6 and "77.00 cm" in detail.words
    assert counts[:2] == counts[2:]
    assert page.text.count("<circle") == 12
    assert SCRIPT not in page.text + detail.text
    assert "Waist" not in visitor("grace").see("measurement-category/").words


def test_photos_are_shown(visitor, person):
    ada = person("ada")
    for day in (1, 2, 3):
        stream = io.BytesIO()
        Image.new("RGB", (30, 40)).save(stream, "PNG")
        stream.seek(0)
        ada.send("gallery", date=f"2025-03-0{day}", description=f"day <{day}>", image=(stream, "photo.png"))
    page = visitor("ada").see("gallery/")
    assert page.text.count('width="30" height="40"') == 3 and 'alt="day &lt;1&gt;"' in page.text
    middle = next(url for url, words in page.links if "2025-03-02" in words)
    shown = visitor("ada").see(middle)
    assert {shown.link("← Earlier"), shown.link("Later →")} == {
        url for url, words in page.links if "2025-03-01" in words or "2025-03-03" in words if "/gallery/" in url
    }
    assert "<img src=\"http" not in visitor("grace").see("gallery/").text


# -- trophies --------------------------------------------------------------------------------------------
def test_trophies_show_how_far_somebody_is(visitor, person):
    log(person("ada"), None, 2)
    page = visitor("ada").see("trophy/")
    words = " ".join(page.words.split())
    assert f"earned on {date.today().year}" in words
    assert "2 / 10 workouts" in words
    assert 'aria-label="20 %"' in page.text and '<rect class="fill" width="20.0"' in page.text
    assert "2 / 10 workouts" in visitor("ada").see("trophy/progress/").words
    stranger = visitor().see("trophy/")
    assert "workouts" not in stranger.words.replace("Work out", "") and "to see how far you are" in stranger.words


def test_awards_tell_what_they_were_given_for(visitor, person):
    log(person("ada"), None, 2)
    words = " ".join(visitor("ada").see("user-trophy/").words.split())
    assert "Bench Press: 6 × 61" in words
    assert "Bench Press" not in visitor("grace").see("user-trophy/").words


def test_figures_are_tiles(visitor, person):
    log(person("ada"), None, 2)
    words = " ".join(visitor("ada").see("user-statistics/").words.split())
    assert "User statistics" in words and "726 kg lifted in all" in words and "2 workouts" in words
