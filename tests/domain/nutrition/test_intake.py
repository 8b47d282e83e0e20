"""What is planned and eaten adds up, in as many queries for many meals as for one."""

from __future__ import annotations

import pytest

from .conftest import unit_of

NOTHING = [0.0, 0.0, 0.0, None, 0.0, None, None, None]
OATS_150 = [555.0, 20.25, 88.05, 1.05, 10.5, 1.95, 15.0, 0.003]
MILK_400 = [256.0, 13.2, 19.2, None, 14.0, None, None, None]
BOTH = [811.0, 33.45, 107.25, 1.05, 24.5, 1.95, 15.0, 0.003]


@pytest.fixture
def breakfast(grace, oats, milk):
    """A plan with a meal of 150 g of oats and 400 g of milk, and an empty one."""
    plan = grace.plan()
    meal = grace.meal(plan, name="Breakfast", time="07:00")
    items = [grace.item(meal, oats, "150"), grace.item(meal, milk, 400)]
    return plan, meal, items, grace.meal(plan, name="Nothing")


def test_items_meals_and_plans_add_up(grace, breakfast):
    plan, meal, items, empty = breakfast
    assert [grace.values("mealitem", item) for item in items] == [OATS_150, MILK_400]
    assert grace.values("meal", meal) == BOTH
    assert grace.values("meal", empty) == NOTHING
    assert grace.values("nutritionplan", plan) == grace.values("nutritionplaninfo", plan) == BOTH


def test_units_weigh_what_they_weigh(grace, oats):
    plan = grace.plan()
    entry = grace.add("nutritiondiary", plan=plan["id"], ingredient=oats.id, weight_unit=unit_of(oats), amount="2.5")
    assert grace.values("nutritiondiary", entry)[:3] == [740.0, 27.0, 117.4]
    assert grace.values("nutritionplan", plan) == NOTHING  # eaten is not planned


def test_nothing_is_remembered(grace, api, breakfast):
    plan, meal, items, _ = breakfast
    grace.values("nutritionplan", plan)
    api("grace").patch(f"mealitem/{items[1]['id']}/", {"amount": "200"})
    assert grace.values("nutritionplan", plan)[0] == 683.0
    api("grace").delete(f"mealitem/{items[1]['id']}/")
    assert grace.values("nutritionplan", plan) == OATS_150
    api("grace").delete(f"meal/{meal['id']}/")
    assert grace.values("nutritionplan", plan) == NOTHING


def test_changes_of_foods_count_at_once(grace, oats, breakfast):
    oats.energy = 0
    oats.save()
    assert grace.values("nutritionplan", breakfast[0])[0] == 256.0


@pytest.mark.parametrize("resource", ["nutritionplan", "nutritionplaninfo", "meal", "mealitem"])
def test_values_are_private(api, breakfast, resource):
    plan, meal, items, _ = breakfast
    row = {"meal": meal, "mealitem": items[0]}.get(resource, plan)
    path = f"{resource}/{row['id']}/nutritional_values/"
    assert api("linus").get(path).status_code == 404
    assert api().get(path).status_code == 403
    assert api("grace").post(path, {}).status_code == 405


def test_a_plan_shows_its_meals_and_their_foods(api, breakfast, oats, milk):
    plan, meal, items, empty = breakfast
    found = api("grace").get(f"nutritionplaninfo/{plan['id']}/").json
    by_name = {shown["name"]: shown for shown in found["meals"]}
    assert list(by_name["Nothing"]["nutritional_values"].values()) == NOTHING
    shown = by_name["Breakfast"]
    assert list(shown["nutritional_values"].values()) == BOTH
    assert [item["id"] for item in shown["meal_items"]] == [item["id"] for item in items]
    first, second = shown["meal_items"]
    assert first["ingredient_obj"] == api().get(f"ingredientinfo/{oats.id}/").json
    assert first["image"] == first["ingredient_obj"]["image"] and second["image"] is None
    assert first["weight_unit_obj"] is None and first["amount"] == "150.00"


def test_units_are_shown_with_their_items(api, grace, oats):
    meal = grace.meal(grace.plan())
    grace.item(meal, oats, 2, weight_unit=unit_of(oats))
    item = api("grace").get("nutritionplaninfo/").json["results"][0]["meals"][0]["meal_items"][0]
    assert item["weight_unit_obj"]["gram"] == 80 and item["weight_unit"] == unit_of(oats)


def test_more_meals_cost_no_more_queries(api, grace, oats, milk, queries):
    def cost(path):
        api("grace").get(path)
        queries.clear()
        assert api("grace").get(path).status_code == 200
        return len(queries)

    plan = grace.plan()
    grace.item(grace.meal(plan), oats, 1, weight_unit=unit_of(oats))
    paths = [f"nutritionplaninfo/{plan['id']}/", f"nutritionplan/{plan['id']}/nutritional_values/"]
    before = [cost(path) for path in paths]
    for _ in range(4):
        meal = grace.meal(plan)
        for food in (oats, milk):
            grace.item(meal, food, 5)
    assert [cost(path) for path in paths] == before
