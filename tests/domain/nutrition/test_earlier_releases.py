"""The search for foods as earlier releases answered it."""

from __future__ import annotations

import pytest

from wger_flask.domain.nutrition.models import Ingredient
from wger_flask.storage.database import transaction


@pytest.fixture
def foods(app):
    """Make three foods, two of them in English."""
    common = {"energy": 100, "protein": 1, "carbohydrates": 2, "fat": 3, "license": 1}
    with transaction():
        return [
            Ingredient.create(name=name, language=language, code=code, **common).id
            for name, language, code in (
                ("Quince Marmalade", 2, "4006381333931"),
                ("Marmalade", 2, None),
                ("Quittenmarmelade", 1, None),
            )
        ]


def suggested(api, query):
    answer = api().get(f"ingredient/search/?{query}")
    assert answer.status_code == 200, answer.json
    return [item["data"]["id"] for item in answer.json["suggestions"]]


def test_a_suggestion_has_its_old_shape(api, foods):
    answer = api().get("ingredient/search/?term=quince&language=en")
    assert answer.json == {
        "suggestions": [
            {
                "value": "Quince Marmalade",
                "data": {
                    "id": foods[0],
                    "name": "Quince Marmalade",
                    "category": None,
                    "image": None,
                    "image_thumbnail": None,
                },
            }
        ]
    }
    assert answer.headers["Link"] == '</api/v2/ingredient/>; rel="successor-version"'


def test_the_nearest_name_comes_first(api, foods):
    assert suggested(api, "term=marmalade&language=english")[:2] == [foods[1], foods[0]]


def test_a_barcode_finds_its_food(api, foods):
    assert suggested(api, "term=4006381333931") == [foods[0]]


@pytest.mark.parametrize("language", ["de", "1", "german"])
def test_a_language_has_several_names(api, foods, language):
    assert suggested(api, f"term=quitten&language={language}") == [foods[2]]
    assert suggested(api, f"term=quince&language={language}") == []
