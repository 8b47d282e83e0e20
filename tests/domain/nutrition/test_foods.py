"""Foods are shown, filtered, ordered and computed as clients know it."""

from __future__ import annotations

import pytest

from wger_flask.domain.nutrition.models import Ingredient

from .conftest import unit_of


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["results"]]


def test_a_food_has_its_documented_shape(api, oats):
    names = (
        "id uuid remote_id source_name source_url code name common_name brand created last_update last_imported "
        "energy protein carbohydrates carbohydrates_sugar fat fat_saturated fiber sodium is_vegan is_vegetarian "
        "weight_units nutriscore license license_title license_object_url license_author license_author_url "
        "license_derivative_source_url language"
    ).split()
    assert list(api().get(f"ingredient/{oats.id}/").json) == names


@pytest.mark.parametrize("resource", ["ingredientinfo", "ingredient-sync"])
def test_everything_that_is_known_of_a_food(api, oats, resource):
    found = api().get(f"{resource}/{oats.id}/").json
    assert found["language"] == {
        "id": oats.language_id,
        "short_name": "en",
        "full_name": "English",
        "full_name_en": "English",
    }
    assert found["license"]["short_name"] == "CC-BY-SA 4"
    (unit,) = found["weight_units"]
    assert (unit["name"], unit["gram"], unit["ingredient"]) == ("cup", 80, oats.id)
    assert found["image"]["image"] == "http://localhost/media/ingredients/ab/cd/abcd.jpg"
    assert found["image"]["ingredient_uuid"] == found["uuid"] and found["image"]["ingredient_id"] == oats.id
    assert found["thumbnails"] == {
        "small": "http://localhost/media/ingredients/ab/cd/abcd.jpg.200x200_q85.jpg",
        "medium": "http://localhost/media/ingredients/ab/cd/abcd.jpg.400x400_q85.jpg",
    }


def test_a_food_without_a_picture_has_none(api, milk):
    found = api().get(f"ingredientinfo/{milk.id}/").json
    assert found["image"] is None and found["thumbnails"] is None
    assert found["sodium"] is None and found["energy"] == 64 and found["protein"] == "3.300"


def test_pages_cost_as_many_queries_as_single_rows(api, oats, queries):
    for resource in ("ingredient", "ingredientinfo", "ingredient-sync"):
        api().get(f"{resource}/{oats.id}/")
        queries.clear()
        api().get(f"{resource}/?limit=1&id={oats.id}&page_size=1")
        one = len(queries)
        queries.clear()
        api().get(f"{resource}/?limit=60&page_size=60")
        assert len(queries) <= one + 1  # to count


def test_pictures_and_measures_have_lists_of_their_own(api, oats):
    pictures = api().get(f"ingredient-image/?ingredient_id={oats.id}").json["results"]
    assert pictures == api().get(f"ingredient-image/?ingredient__uuid={oats.uuid}").json["results"]
    assert pictures[0]["width"] == 2 and pictures[0]["license_author"] == ""
    measures = api().get(f"ingredientweightunit/?ingredient={oats.id}&gram=80&name=cup").json["results"]
    assert [measure["id"] for measure in measures] == [unit_of(oats)]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "resource", ["ingredient", "ingredientinfo", "ingredient-sync", "ingredientweightunit", "ingredient-image"]
)
def test_nobody_writes_foods(api, oats, resource, method):
    for client in (api(), api("grace"), api("ada")):
        answer = getattr(client, method)(f"{resource}/{oats.id}/", {})
        assert answer.status_code == 405, (method, answer.json)


@pytest.mark.parametrize(
    ("grades", "query", "found"),
    [
        ("eabcd", "nutriscore__lte=b", "ab"),
        ("eabcd", "nutriscore__lt=c", "ab"),
        ("eabcd", "nutriscore__gt=c", "de"),
        ("eabcd", "nutriscore__gte=c", "cde"),
        ("eabcd", "nutriscore__in=e,a,z", "ae"),
        ("eabcd", "nutriscore=d", "d"),
        ("eabcd", "nutriscore__gt=1", "abcde"),
    ],
)
def test_grades_compare_as_letters_and_come_in_their_order(api, make_food, grades, query, found):
    keys = [make_food(name="Graded", nutriscore=grade).id for grade in grades]
    answer = api().get(f"ingredient/?name=Graded&{query}&id__gte={min(keys)}")
    assert "".join(row["nutriscore"] for row in answer.json["results"]) == found


def test_only_grades_are_grades(api):
    answer = api().get("ingredient/?nutriscore=z")
    assert answer.status_code == 400
    assert answer.json == {"nutriscore": ["Select a valid choice. z is not one of the available choices."]}


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ("de", ["de"]),
        ("de-AT", ["de"]),
        ("en,de", ["de", "en"]),
        ("de,xx", ["de"]),
        ("DE", ["en", "de"]),
        ("", ["en", "de"]),
    ],
)
def test_languages_that_nobody_knows_narrow_nothing(api, make_food, codes, found):
    rows = {code: make_food(code, name="Spoken") for code in ("en", "de")}
    answer = api().get(f"ingredient/?name=Spoken&language__code={codes}")
    assert ids(answer) == [rows[code].id for code in found]


def test_comparisons_of_indexed_columns_give_their_order(api, make_food):
    later, sooner = (make_food(name="Timed", last_imported=f"2024-0{month}-01T00:00:00Z") for month in (5, 2))
    assert ids(api().get("ingredient/?name=Timed&last_imported__gt=2024-01-01")) == [sooner.id, later.id]
    assert ids(api().get("ingredient/?name=Timed&last_imported__gt=2024-01-01&ordering=id")) == [later.id, sooner.id]
    assert ids(api().get("ingredient/?name=Timed&last_imported__lt=2024-03-01")) == [sooner.id]


def test_foods_are_ordered_by_what_has_an_index(api, make_food):
    rows = [make_food(name="Ordered", energy=energy).id for energy in (3, 1, 2)]
    assert ids(api().get("ingredient/?name=Ordered&ordering=energy")) == rows
    assert ids(api().get("ingredient/?name=Ordered&ordering=-id")) == rows[::-1]


def test_names_are_searched(api, make_food):
    for name in ("Zwieback mit Schokolade", "Zwieback", "Vollkornzwieback"):
        make_food(name=name)
    names = [row["name"] for row in api().get("ingredient/?name__search=zwibeack").json["results"]]
    assert names == ["Zwieback", "Zwieback mit Schokolade"]
    answer = api().get("ingredientinfo/?name__search=zwieback&ordering=-name").json
    assert [row["name"] for row in answer["results"]] == ["Zwieback mit Schokolade", "Zwieback", "Vollkornzwieback"]
    assert answer["count"] == 3


def test_searching_goes_with_other_filters_and_pages(api, make_food):
    rows = [make_food("de" if number % 2 else "en", name=f"Zwieback {number}").id for number in range(6)]
    answer = api().get("ingredient/?name__search=zwieback&language__code=de&limit=2")
    assert ids(answer) == [rows[1], rows[3]] and answer.json["count"] == 3
    assert ids(api().get(answer.json["next"].partition("/api/v2/")[2])) == [rows[5]]


def test_a_barcode_is_found_alone(api, oats, make_food):
    make_food(name="4000000000017 in a name")
    assert ids(api().get("ingredient/?name__search=4000000000017")) == [oats.id]
    assert len(ids(api().get("ingredient/?name__search=4000000000017 in"))) == 1


@pytest.mark.parametrize(
    "query", ["name__search=zwieback&language__code=de,en", "language__code=de,en&name__search=zwieback"]
)
def test_the_best_match_comes_first_whatever_languages_are_asked_for(api, make_food, query):
    make_food("de", name="Feiner Zwieback")
    make_food("en", name="Zwieback")
    names = [item["name"] for item in api().get(f"ingredient/?{query}").json["results"]]
    assert names[:2] == ["Zwieback", "Feiner Zwieback"]


@pytest.mark.parametrize(("text", "name"), [("peanutbutter", "Peanut butter"), ("oats", "Rolled oats")])
def test_foods_that_ship_are_found_as_people_say(api, text, name):
    names = [item["name"] for item in api().get(f"ingredient/?name__search={text}").json["results"]]
    assert name in names[:3], names


@pytest.mark.parametrize("resource", ["ingredient", "ingredientinfo"])
@pytest.mark.parametrize(
    ("query", "energy"),
    [("amount=100", 370.0), ("amount=0", 0.0), ("amount=-1", -3.7), ("amount=1,5", 55.5), ("amount=%20100%20", 370.0)],
)
def test_amounts_are_computed(api, oats, resource, query, energy):
    answer = api().get(f"{resource}/{oats.id}/get_values/?{query}")
    assert answer.status_code == 200 and answer.json["energy"] == energy and "errors" not in answer.json


def test_units_count_only_with_their_food(api, oats, milk):
    unit = unit_of(oats)
    answer = api().get(f"ingredient/{oats.id}/get_values/?amount=2&unit={unit}&ingredient={oats.id}").json
    assert answer["energy"] == 592.0
    no_choice = {"unit": ["Select a valid choice. That choice is not one of the available choices."]}
    huge = "9" * 30
    others = (
        f"unit={unit}&ingredient={milk.id}",
        "unit=x&ingredient=1",
        "unit=%20",
        f"unit={huge}&ingredient={huge}",
    )
    for query in (f"unit={unit}", *others):
        answer = api().get(f"ingredient/{oats.id}/get_values/?amount=2&{query}").json
        assert answer["errors"] == no_choice and answer["energy"] == 0


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("", "This field is required."),
        ("%20", "Enter a number."),
        ("%09", "Enter a number."),
        (",", "Enter a number."),
        ("abc", "Enter a number."),
        ("nan", "Enter a number."),
        ("Infinity", "Enter a number."),
        ("1e3", "Ensure that there are no more than 3 digits before the decimal point."),
        ("1.234", "Ensure that there are no more than 2 decimal places."),
        ("1000000", "Ensure that there are no more than 5 digits in total."),
    ],
)
def test_amounts_that_make_no_sense_are_explained(api, oats, amount, message):
    answer = api().get(f"ingredient/{oats.id}/get_values/?amount={amount}&unit=")
    assert answer.status_code == 200
    assert answer.json["errors"] == {"amount": [message]}
    assert [value for name, value in answer.json.items() if name != "errors"] == [0] * 8


def test_values_of_no_food_are_not_found(api):
    answer = api().get("ingredient/999999/get_values/?amount=1")
    assert answer.status_code == 404 and answer.json == {"detail": "No Ingredient matches the given query."}


def test_deleting_a_food_deletes_what_hangs_on_it(app, api, grace, oats):
    from wger_flask.api import delete, transaction

    item = grace.item(grace.meal(grace.plan()), oats, 100)
    with transaction():
        delete(Ingredient, [oats.id])
    assert api("grace").get(f"mealitem/{item['id']}/").status_code == 404
    assert ids(api().get("ingredient-image/")) == []
