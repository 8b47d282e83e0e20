"""Foods and plans that the tests of nutrition share."""

from __future__ import annotations

import pytest

from wger_flask.domain.core.models import Language
from wger_flask.domain.nutrition.models import Image, Ingredient, IngredientWeightUnit
from wger_flask.storage.database import transaction

OATS = {
    "name": "Test oats",
    "energy": 370,
    "protein": "13.5",
    "carbohydrates": "58.7",
    "carbohydrates_sugar": "0.7",
    "fat": 7,
    "fat_saturated": "1.3",
    "fiber": 10,
    "sodium": "0.002",
}
MILK = {"name": "Test milk", "energy": 64, "protein": "3.3", "carbohydrates": "4.8", "fat": "3.5"}


@pytest.fixture
def make_food(app):
    """Return a function that stores a food, in English unless a language's code is given."""

    def make(language="en", **values):
        with transaction():
            spoken = Language.get(Language.short_name == language)
            return Ingredient.create(**{**MILK, **values}, language=spoken)

    return make


@pytest.fixture
def oats(make_food):
    """Oats with all values, a barcode, a cup of 80 g, and a picture."""
    row = make_food(**OATS, code="4000000000017", nutriscore="a", is_vegan=True)
    with transaction():
        IngredientWeightUnit.create(ingredient=row, name="cup", gram=80)
        Image.create(ingredient=row, image="ingredients/ab/cd/abcd.jpg", size=10, width=2, height=1)
    return row


@pytest.fixture
def milk(make_food):
    """Milk of which the main values alone are known."""
    return make_food(**MILK)


class Diner:
    """One of the people and what they plan to eat."""

    def __init__(self, client):
        self.client = client

    def add(self, resource: str, **body) -> dict:
        answer = self.client.post(f"{resource}/", body)
        assert answer.status_code == 201, answer.json
        return answer.json

    def plan(self, **body) -> dict:
        return self.add("nutritionplan", **body)

    def meal(self, plan: dict, **body) -> dict:
        return self.add("meal", plan=plan["id"], **body)

    def item(self, meal: dict, food, amount, **body) -> dict:
        return self.add("mealitem", meal=meal["id"], ingredient=food.id, amount=amount, **body)

    def values(self, resource: str, row: dict) -> list:
        answer = self.client.get(f"{resource}/{row['id']}/nutritional_values/")
        assert answer.status_code == 200, answer.json
        return list(answer.json.values())


@pytest.fixture
def grace(api):
    """What grace plans."""
    return Diner(api("grace"))


def unit_of(food) -> int:
    """Return the key of a food's only household measure."""
    return IngredientWeightUnit.get(IngredientWeightUnit.ingredient == food).id
