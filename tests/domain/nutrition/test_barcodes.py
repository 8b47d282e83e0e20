"""Unknown barcodes are looked up at a local stand-in for Open Food Facts."""

from __future__ import annotations

import dataclasses
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from wger_flask.domain.nutrition import barcodes, open_food_facts
from wger_flask.domain.nutrition.models import Ingredient, IngredientWeightUnit

CODE = "4012345678901"
PRODUCT = {
    "product_name": "  Crunchy   Müsli ",
    "generic_name": "Cereal",
    "brands": "Acme,Other",
    "lang": "de",
    "creator": "somebody",
    "nutrition_grades": "b",
    "serving_size": "40 g",
    "serving_quantity": "40",
    "ingredients_analysis_tags": ["en:palm-oil-free", "en:non-vegan", "en:vegetarian"],
    "nutriments": {
        "energy-kcal_100g": 401.6,
        "proteins_100g": "9.1234",
        "carbohydrates_100g": 60,
        "sugars_100g": 20.5,
        "fat_100g": 11,
        "saturated-fat_100g": 2,
        "fiber_100g": 7,
        "sodium_100g": 0.12,
    },
}


class Kitchen(BaseHTTPRequestHandler):
    """Answers as the server's ``answer`` says: a product, a status, or nothing at all."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.was_asked.set()
        answer = self.server.answer
        if answer == "silence":
            self.server.silence.wait(600)
            return
        found = isinstance(answer, dict)
        body = {"status": int(found), "product": answer} if found else answer
        self.send_response(404 if answer is None else 500 if answer == "broken" else 200)
        self.end_headers()
        self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

    def log_message(self, *arguments):
        """Keep quiet."""


@pytest.fixture
def kitchen(app, monkeypatch):
    """A server that knows one product; its address is the setting."""
    from openfoodfacts.utils import http_session  # before anybody asks within a time: what imports first takes long

    server = ThreadingHTTPServer(("127.0.0.1", 0), Kitchen)
    server.asked, server.answer, server.silence, server.was_asked = [], PRODUCT, threading.Event(), threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    services = app.extensions["wger_flask"]
    address = f"http://127.0.0.1:{server.server_port}/"
    settings = dataclasses.replace(services.settings, WGER_OPEN_FOOD_FACTS=address, WGER_OPEN_FOOD_FACTS_TIMEOUT=600)
    monkeypatch.setattr(services, "settings", settings)
    monkeypatch.setattr(barcodes, "_resting_until", 0.0)
    monkeypatch.setattr(barcodes, "_unknown", {})
    yield server
    server.silence.set()
    server.shutdown()
    server.server_close()
    http_session.close()


def look(api, code=CODE, resource="ingredientinfo"):
    answer = api().get(f"{resource}/?code={code}")
    assert answer.status_code == 200, answer.json
    return answer.json["results"]


def test_an_unknown_food_is_fetched_and_kept(api, kitchen):
    (found,) = look(api)
    expected = {
        "name": "Crunchy Müsli",
        "common_name": "Cereal",
        "brand": "Acme",
        "code": CODE,
        "remote_id": CODE,
        "source_name": "Open Food Facts",
        "source_url": f"https://world.openfoodfacts.org/product/{CODE}",
        "energy": 402,
        "protein": "9.123",
        "carbohydrates": "60.000",
        "carbohydrates_sugar": "20.500",
        "fat": "11.000",
        "fat_saturated": "2.000",
        "fiber": "7.000",
        "sodium": "0.120",
        "nutriscore": "b",
        "is_vegan": False,
        "is_vegetarian": True,
        "license_author": "somebody",
    }
    assert {name: found[name] for name in expected} == expected
    assert found["language"]["short_name"] == "de" and found["license"]["short_name"] == "ODbL"
    assert [(unit["name"], unit["gram"]) for unit in found["weight_units"]] == [("Serving (40 g)", 40)]
    assert look(api, resource="ingredient")[0]["id"] == found["id"]
    assert len(kitchen.asked) == 1 and kitchen.asked[0].startswith(f"/api/v2/product/{CODE}?fields=product_name,")
    assert api().get("ingredient/?name__search=musli").json["results"][0]["id"] == found["id"]


def test_only_barcodes_are_asked_for(api, kitchen):
    for code in ("abc", "1234567", "1" * 15, "４０１２３４５６７８９０１", "4012345678901%00", "../secret"):
        api().get(f"ingredient/?code={code}")
    assert kitchen.asked == []


@pytest.mark.parametrize("answer", [None, {}, {"product_name": "No values"}, {**PRODUCT, "product_name": ""}])
def test_what_is_not_known_well_enough_is_asked_for_once(api, kitchen, answer):
    kitchen.answer = answer
    assert look(api) == look(api) == []
    assert len(kitchen.asked) == 1
    assert not Ingredient.select().where(Ingredient.code == CODE).exists()


@pytest.mark.parametrize("answer", ["broken", "no json"])
def test_a_server_that_fails_is_left_in_peace(api, kitchen, answer):
    kitchen.answer = answer
    assert look(api) == look(api, "4012345678902") == []
    assert len(kitchen.asked) == 1


def test_a_server_that_is_silent_does_not_hold_us_up(api, app, kitchen, monkeypatch):
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, WGER_OPEN_FOOD_FACTS_TIMEOUT=1))
    kitchen.answer = "silence"
    assert look(api) == look(api) == []
    assert kitchen.was_asked.wait(600) and len(kitchen.asked) == 1  # it may hear of it when we have given up


def test_nobody_is_asked_when_it_is_off(api, app, kitchen, monkeypatch):
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, WGER_OPEN_FOOD_FACTS="off"))
    assert look(api) == [] and kitchen.asked == []


def test_a_food_that_is_there_is_not_asked_for(api, kitchen, oats):
    assert look(api, oats.code)[0]["id"] == oats.id
    assert kitchen.asked == []


def test_two_who_ask_at_once_keep_one_food(app, kitchen, make_food, monkeypatch):
    ask = barcodes._ask

    def slowly(code):
        make_food(name="Mine", code=code)  # the other one is done while we are still told
        return ask(code)

    monkeypatch.setattr(barcodes, "_ask", slowly)
    with app.test_request_context():
        assert barcodes.look_up(CODE)
    assert [row.name for row in Ingredient.select().where(Ingredient.code == CODE)] == ["Mine"]


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"lang": "xx"}, "language", "en"),
        ({"lang": None}, "language", "en"),
        ({"brands": None}, "brand", None),
        ({"brands": 5}, "brand", "5"),
        ({"nutrition_grades": "unknown"}, "nutriscore", None),
        ({"nutrition_grades": ["a"]}, "nutriscore", None),
        ({"ingredients_analysis_tags": 3}, "is_vegan", None),
        ({"generic_name": {"a": 1}}, "common_name", None),
        ({"creator": None}, "license_author", "Open Food Facts"),
        ({"product_name": "x" * 300}, "name", "x" * 200),
        ({"product_name": "a\x00b"}, "name", "ab"),
    ],
)
def test_odd_products_make_sound_foods(api, kitchen, changes, field, value):
    kitchen.answer = PRODUCT | changes
    found = look(api)[0][field]
    assert (found["short_name"] if field == "language" else found) == value


@pytest.mark.parametrize(
    ("nutriments", "energy"),
    [
        ({"energy-kcal_100g": None, "energy_100g": 1674}, 400),
        ({"energy-kcal_100g": -1, "energy_100g": 1674}, 400),
        ({"energy-kcal_100g": "", "energy-kj_100g": 1674}, 400),
        ({"energy-kcal_100g": -1, "energy_100g": 4184}, None),
        ({"energy-kcal_100g": "lots"}, None),
        ({"fat_100g": 100.1}, None),
        ({"fat_100g": True}, None),
        ({"proteins_100g": "NaN"}, None),
        ({"carbohydrates_100g": None}, None),
        ({"sugars_100g": 1e9}, 402),
    ],
)
def test_numbers_must_be_possible(nutriments, energy):
    product = PRODUCT | {"nutriments": PRODUCT["nutriments"] | nutriments}
    if energy is None:
        with pytest.raises(open_food_facts.NotTaken):
            open_food_facts.read(CODE, product)
    else:
        assert open_food_facts.read(CODE, product).values["energy"] == energy


@pytest.mark.parametrize(
    "nutriments",
    [
        {"fat_100g": 3.5, "saturated-fat_100g": 24, "energy-kcal_100g": 320},
        {"sugars_100g": 61},
        {"sugars_100g": 120},
        {"fat_100g": 60, "proteins_100g": 60, "energy-kcal_100g": 900},
        {"energy-kcal_100g": 0},
    ],
)
def test_products_that_contradict_themselves_are_not_taken(api, kitchen, nutriments, caplog):
    kitchen.answer = PRODUCT | {"nutriments": PRODUCT["nutriments"] | nutriments}
    with caplog.at_level("INFO", "wger_flask"):
        assert look(api) == look(api) == []
    assert len(kitchen.asked) == 1 and f"{CODE} of Open Food Facts is not taken: 'Crunchy Müsli': " in caplog.text
    assert not Ingredient.select().where(Ingredient.code == CODE).exists()


def test_kilojoules_in_the_field_for_kilocalories_are_recognised(api, kitchen):
    kitchen.answer = PRODUCT | {"nutriments": PRODUCT["nutriments"] | {"energy-kcal_100g": 1680, "energy_100g": 7029}}
    assert look(api)[0]["energy"] == 402


@pytest.mark.parametrize(
    "nutriments, categories",
    [
        ({"energy-kcal_100g": 231, "alcohol_100g": 40}, None),
        ({"energy-kcal_100g": 231}, ["en:alcoholic-beverages"]),
        ({"energy-kcal_100g": 0, "carbohydrates_100g": 100, "polyols_100g": 100}, "none"),
        ({"energy-kcal_100g": 0, "carbohydrates_100g": 100, "erythritol_100g": 100}, []),
    ],
)
def test_what_gives_odd_energy_is_known(api, kitchen, nutriments, categories):
    empty = {"proteins_100g": 0, "carbohydrates_100g": 0, "fat_100g": 0}
    kitchen.answer = PRODUCT | {"nutriments": empty | nutriments, "categories_tags": categories}
    assert look(api)[0]["energy"] == nutriments["energy-kcal_100g"]


@pytest.mark.parametrize(
    ("names", "lang", "name", "language"),
    [
        ({"product_name": "", "product_name_de": "Müsli", "product_name_en": "Muesli"}, "de", "Müsli", "de"),
        ({"product_name": " ", "product_name_de": "Müsli", "product_name_en": "Muesli"}, "fr", "Muesli", "en"),
        ({"product_name": None, "product_name_de": "Müsli", "product_name_en": ""}, "en", "Müsli", "de"),
        ({"product_name": "Müesli", "product_name_de": "Müsli"}, "fr", "Müesli", "fr"),
    ],
)
def test_a_name_in_another_language_does_for_an_empty_one(api, kitchen, names, lang, name, language):
    generic = {key.replace("product", "generic"): value for key, value in names.items()}
    kitchen.answer = PRODUCT | names | generic | {"lang": lang}
    (found,) = look(api)
    assert (found["name"], found["common_name"], found["language"]["short_name"]) == (name, name, language)


def test_names_are_stored_without_entities(api, kitchen):
    encoded = {
        "product_name": "Ben &amp; Jerry&#39;s &quot;M&uuml;sli&quot;",
        "generic_name": "a &amp;lt; b",
        "brands": "H&#x26;M&#44;Co,Other",
        "creator": "a&nbsp;b",
        "serving_size": "&frac12; cup",
    }
    kitchen.answer = PRODUCT | encoded
    (found,) = look(api)
    assert (found["name"], found["common_name"]) == ('Ben & Jerry\'s "Müsli"', "a < b")
    assert (found["brand"], found["license_author"]) == ("H&M", "a b")
    assert [unit["name"] for unit in found["weight_units"]] == ["Serving (½ cup)"]


@pytest.mark.parametrize("quantity", [None, "", 0, 0.2, -5, "much", 1e9])
def test_servings_without_weight_are_left_out(api, kitchen, quantity):
    kitchen.answer = PRODUCT | {"serving_quantity": quantity}
    assert look(api)[0]["weight_units"] == []
    assert not IngredientWeightUnit.select().join(Ingredient).where(Ingredient.code == CODE).exists()
