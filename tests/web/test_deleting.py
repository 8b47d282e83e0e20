"""What goes along is said before anything is deleted, and what a deletion can be told is asked."""

from __future__ import annotations

import pytest

from tests.weights import weigh
from wger_flask.domain.exercises.models import Exercise, Translation
from wger_flask.domain.nutrition.models import LogItem, Meal, MealItem, NutritionPlan
from wger_flask.domain.routines.models import SlotEntry, WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.fixture
def plan(people):
    """A plan of ada's with two meals, three parts and an entry in the diary."""
    with transaction():
        plan = make(NutritionPlan, people["ada"], ("user",), description="Bulk")
        meals = [make(Meal, people["ada"], plan=plan) for _ in range(2)]
        for meal in (*meals, meals[0]):
            make(MealItem, people["ada"], meal=meal)
        make(LogItem, people["ada"], plan=plan, meal=meals[0])
    return plan, meals[0]


def test_the_page_says_what_goes(visitor, plan):
    ada, (plan, _) = visitor("ada"), plan
    asks = ada.see(ada.see(f"nutritionplan/{plan.id}/").link("Delete…"))
    assert asks.title.startswith("Delete: Bulk")
    for words in ("1 nutrition plan", "2 meals", "3 meal items", "1 log item"):
        assert f"<li>{words}</li>" in asks.text, words
    assert "This stays" not in asks.words
    assert NutritionPlan.get_or_none(NutritionPlan.id == plan.id), "nothing was deleted yet"
    [form] = [form for form in asks.forms if form.hidden.get("_method") == "DELETE"]
    assert form.action == f"/api/v2/nutritionplan/{plan.id}/"
    assert ada.send(form.action, "DELETE").location.endswith("/api/v2/nutritionplan/")
    assert NutritionPlan.get_or_none(NutritionPlan.id == plan.id) is None


def test_the_page_says_what_stays(visitor, plan, api):
    meal = plan[1]
    asks = visitor("ada").see(f"meal/{meal.id}/deletion/")
    goes, stays = asks.text.split("This stays")
    assert "<li>2 meal items</li>" in goes and "<li>1 log item</li>" in stays
    told = api("ada").get(f"meal/{meal.id}/deletion/").json
    assert told == {"goes": {"meal": 1, "mealitem": 2}, "stays": {"nutritiondiary": 1}}


def test_what_stands_alone_is_deleted_on_its_own_page(visitor, people):
    row = weigh(people["ada"], 80)
    page = visitor("ada").see(f"weightentry/{row.id}/")
    assert "Delete…" not in [words for _, words in page.links]
    assert {found["value"] for found in page.controls["_method"]} == {"PATCH", "DELETE"}
    assert visitor("ada").see(f"weightentry/{row.id}/deletion/").status == 404


def test_whoever_may_not_delete_is_not_asked(visitor, api, plan):
    plan, _ = plan
    assert visitor("linus").see(f"nutritionplan/{plan.id}/deletion/").status == 404
    assert api().get(f"nutritionplan/{plan.id}/deletion/").status_code == 403
    assert visitor("linus").see("exercise/1/deletion/").status == 403
    assert "Delete…" not in [words for _, words in visitor("linus").see("exercise/1/").links]


# -- what a deletion can be told -------------------------------------------------------------------
@pytest.fixture
def planned(people):
    """An exercise that grace plans to do."""
    with transaction():
        return make(SlotEntry, people["grace"], ("slot", "day", "routine", "user"), exercise=Exercise.get_by_id(1))


def test_a_replacement_is_chosen_from_a_list(visitor, planned):
    ada = visitor("ada")
    asks = ada.see(ada.see("exercise/1/").link("Delete…"))
    assert "<li>1 slot entry</li>" in asks.text
    choice = ada.choose(asks, "Choose… Replaced by")
    name = Translation.get((Translation.exercise == 2) & (Translation.language == 2)).name
    back = ada.see(choice.link(f"Choose {name}"))
    held = back.held()
    assert held["replaced_by"] == ["2"] and name in back.words
    assert ada.send("exercise/1/", "DELETE", replaced_by="2", transfer_media="1").status_code == 303
    assert SlotEntry.get_by_id(planned.id).exercise_id == 2
    assert Exercise.get_or_none(Exercise.id == 1) is None


def test_a_form_without_a_replacement_has_none(visitor, planned):
    ada = visitor("ada")
    held = ada.see("exercise/1/deletion/").held()
    assert held["replaced_by"] == [""]
    assert held["transfer_media"] == [], "what counts by being there must not be sent unless it is ticked"
    assert ada.send("exercise/1/", "DELETE", replaced_by="").status_code == 303
    assert SlotEntry.get_or_none(SlotEntry.id == planned.id) is None


@pytest.mark.parametrize("wrong", ["1", "999999", "nonsense", "9" * 30])
def test_a_replacement_that_is_none_is_asked_for_again(visitor, planned, wrong):
    answer = visitor("ada").send("exercise/1/", "DELETE", replaced_by=wrong, transfer_media="1")
    page = type(visitor("ada").see("exercise/1/"))(answer)
    assert page.status == 400 and page.title.startswith("Error: Delete exercise")
    assert page.controls["replaced_by"][0]["value"] == wrong and "checked" in page.controls["transfer_media"][0]
    assert "/exercise/1/deletion/?" in page.button("Choose another… Replaced by")["formaction"]
    assert SlotEntry.get_by_id(planned.id).exercise_id == 1


# -- history -----------------------------------------------------------------------------------------
@pytest.fixture
def trained(people):
    """A routine of ada's that was trained once."""
    with transaction():
        entry = make(SlotEntry, people["ada"], ("slot", "day", "routine", "user"))
        day = entry.slot.day
        session = make(WorkoutSession, people["ada"], routine=day.routine, day=day)
        make(WorkoutLog, people["ada"], session=session, routine=day.routine, slot_entry=entry)
    return day.routine


@pytest.mark.parametrize("setting", ["keep-history", "cascade"])
def test_a_tick_takes_the_history_along(visitor, trained, request, setting):
    if setting == "cascade":
        request.getfixturevalue("cascading")
    ada, path = visitor("ada"), f"routine/{trained.id}/"
    asks = ada.see(ada.see(path).link("Delete…"))
    goes, stays = asks.text.split("This stays")
    assert "<li>1 routine</li>" in goes and "workout" not in goes.partition("<main")[2]
    assert "<li>1 workout session</li>" in stays and "<li>1 workout log</li>" in stays
    assert "With the history" not in stays, "that is the same, and said once"
    held = asks.held()["with_history"]
    assert held == (["False"] if setting == "keep-history" else ["True", "False"])
    assert ada.send(path, "DELETE", with_history=held[0]).status_code == 303
    assert WorkoutLog.select().count() == WorkoutSession.select().count() == (setting == "keep-history")


def test_a_tick_may_take_more_than_what_stays(visitor, trained, people):
    with transaction():
        make(WorkoutLog, people["ada"], next_log=WorkoutLog.get())
    stays, with_it = visitor("ada").see(f"routine/{trained.id}/deletion/").text.split("With the history")
    assert "<li>1 workout log</li>" in stays and "<li>2 workout logs</li>" in with_it


def test_a_tick_of_another_spelling_deletes_nothing(visitor, trained):
    answer = visitor("ada").send(f"routine/{trained.id}/", "DELETE", with_history="perhaps")
    assert answer.status_code == 400 and "Must be True or False." in answer.text
    assert WorkoutLog.select().count() == 1


def test_pages_of_what_stayed(visitor, trained):
    ada = visitor("ada")
    session, log = WorkoutSession.get(), WorkoutLog.get()
    assert ada.send(f"routine/{trained.id}/", "DELETE").status_code == 303
    for path in (
        "workoutsession/",
        f"workoutsession/{session.id}/",
        f"workoutsession/{session.id}/?_next=/",
        "workoutlog/",
        f"workoutlog/{log.id}/",
        f"workoutlog/{log.id}/deletion/",
        f"workoutsession/{session.id}/deletion/",
        "/",
        "user-statistics/",
        "user-trophy/",
        "routine/",
        "exerciseinfo/1/",
    ):
        assert ada.see(path).status == 200, path
    assert str(session.id) in ada.see("workoutsession/").text
