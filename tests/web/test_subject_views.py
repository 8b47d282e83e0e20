"""What pages of food, the body and trophies show besides tables."""

from __future__ import annotations

import io
from datetime import datetime, time, timedelta

import pytest
from PIL import Image

from tests.web.test_routine_views import log
from wger_flask.domain.nutrition.models import LogItem
from wger_flask.engine.nutrition import Nutrients
from wger_flask.rest.timezone import today

SCRIPT = "<script>alert(1)</script>"


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
    for words in ("Add a meal", "Change Breakfast", "Change Banana"):
        assert "_next" in ada.see(page.link(words)).controls, words
    for words in ("Add food to Breakfast", "Note what you ate"):
        chosen = ada.see(ada.see(page.link(words)).link("Choose Apple"))
        assert chosen.controls["ingredient"][0]["value"] == "16" and "_next" in chosen.controls, words
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


def test_what_an_owner_notes_of_an_entry_is_on_the_diarys_page(visitor, person):
    eat(person("ada"))
    LogItem.update(comment=f"Mum's stew {SCRIPT}").execute()
    latest = visitor("ada").see("nutritiondiary/")
    assert "Mum's stew" in latest.words and SCRIPT not in latest.text


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


def test_words_of_food_are_escaped(visitor, person):
    ada = person("ada")
    plan = ada.add("nutritionplan", description=SCRIPT)["id"]
    meal = ada.add("meal", plan=plan, name="<script>")["id"]
    ada.add("mealitem", meal=meal, ingredient=1, amount=80)
    ada.add("nutritiondiary", plan=plan, meal=meal, ingredient=1, amount=80)
    for path in (f"nutritionplan/{plan}/", f"meal/{meal}/", "meal/", "nutritiondiary/"):
        text = visitor("ada").see(path).text
        assert "<script>" not in text.replace('<script src="/static/js/site.js" defer></script>', ""), path


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
    assert "between 77 and 79" not in visitor("grace").see("measurement-category/").words


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        ("bar", "Steps, sum of each day: at most 9,000 steps"),
        ("delta", "Steps, change from one value to the next: at most 1,000 steps"),
        ("heatmap", "Steps on 3 days up to"),
        ("distribution", "How often which value: Steps (steps): at most 1 times"),
        ("line", "Steps (steps) from"),
    ],
)
def test_a_category_is_drawn_as_its_chart_type_says(visitor, person, chart, words):
    ada, seen, now = person("ada"), visitor("ada"), today()
    body = {"name": "Steps", "unit": "steps", "metric_type": "steps", "chart_type": chart}
    category = ada.add("measurement-category", **body)["id"]
    for day in range(3):
        moment = datetime.combine(now - timedelta(days=day), time(7))
        ada.add("measurement", category=category, value=9000 - 1000 * day, date=moment.isoformat())
    for path in (f"measurement-category/{category}/", "measurement-category/"):
        assert words in seen.see(path).words


def test_a_group_is_one_chart_with_its_components(visitor, person):
    ada, seen = person("ada"), visitor("ada")
    body = {"name": "Pressure", "unit": "mmHg", "metric_type": "blood_pressure"}
    group = ada.add("measurement-category", **body)["id"]
    parts = {row["name"]: row["id"] for row in ada.get(f"measurement-category/?parent={group}")["results"]}
    for day in (1, 2):
        for name, value in (("Systolic", 120 + day), ("Diastolic", 80 - day)):
            ada.add("measurement", category=parts[name], value=value, date=f"2025-03-0{day}T07:00")
    for path in (f"measurement-category/{group}/", "measurement-category/"):
        page = seen.see(path)
        assert "Systolic between 121 and 122, latest 122; Diastolic between 78 and 79, latest 78" in page.words
        assert f"category={parts['Systolic']}" in page.text and f"category={group}&" not in page.text


def test_what_is_calculated_takes_no_value(visitor, person):
    ada, seen = person("ada"), visitor("ada")
    category = ada.add("measurement-category", name="Index", dynamic_type="BMI")["id"]
    assert "calculated by the server" in seen.see(f"measurement-category/{category}/").words
    assert "Add a value" not in seen.see(f"measurement-category/{category}/").words


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
    assert '<img src="http' not in visitor("grace").see("gallery/").text


# -- trophies --------------------------------------------------------------------------------------------
def test_trophies_show_how_far_somebody_is(visitor, person):
    log(person("ada"), None, 2)
    page = visitor("ada").see("trophy/")
    words = " ".join(page.words.split())
    assert f"earned on {today().year}" in words
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


def test_a_record_by_mistake_is_hidden_and_shown_again(visitor, person):
    ada, seen = person("ada"), visitor("ada")
    log(ada, None, 1)
    wrong = ada.add("workoutlog", exercise=1, repetitions=5, weight=625)["id"]
    assert "Bench Press: 5 × 625" in " ".join(seen.see("user-trophy/").words.split())
    assert ada.http.delete(f"/api/v2/workoutlog/{wrong}/", headers=ada.headers).status_code == 204
    page = seen.see("user-trophy/")
    assert "What earned it is gone, or was corrected since." in page.words
    [form] = [
        form for form in page.forms if any(words == "Hide Personal Record of Bench Press" for _, words in form.buttons)
    ][:1]
    answer = seen.send(form.action, **form.hidden)
    assert (answer.status_code, answer.location) == (303, "/api/v2/user-trophy/")
    page = seen.see("user-trophy/")
    assert "625" not in page.words and "Bench Press: 6 × 60" in " ".join(page.words.split())
    hidden = seen.see(page.link("Trophies that you have hidden"))
    assert "Bench Press: 5 × 625" in " ".join(hidden.words.split())
    [form] = [form for form in hidden.forms if any("Show again" in words for _, words in form.buttons)]
    assert seen.send(form.action, **form.hidden).status_code == 303
    assert "625" in seen.see("user-trophy/").words
    assert "hidden" not in [words for _, words in visitor("grace").see("user-trophy/").links]


def test_figures_are_tiles(visitor, person):
    log(person("ada"), None, 2)
    words = " ".join(visitor("ada").see("user-statistics/").words.split())
    assert "Your figures" in words and "726 kg lifted in all" in words and "2 workouts" in words
