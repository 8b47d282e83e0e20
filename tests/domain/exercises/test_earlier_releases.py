"""Exercises at the addresses and in the shapes of earlier releases."""

from __future__ import annotations

import pytest

from wger_flask.domain.exercises.models import Alias, Exercise, Translation
from wger_flask.storage.database import transaction


@pytest.fixture
def suggested(api):
    """Return a function that gives the names that a search suggests, in order."""

    def names(query):
        answer = api().get(f"exercise/search/?{query}")
        assert answer.status_code == 200, answer.json
        assert list(answer.json) == ["suggestions"]
        return [item["value"] for item in answer.json["suggestions"]]

    return names


def test_a_suggestion_has_the_keys_of_both_kinds_of_rows(api, make_exercise):
    exercise = make_exercise(en="Zottman Carousel")
    words = Translation.get(Translation.exercise == exercise)
    [item] = api().get("exercise/search/?term=zottman&language=en").json["suggestions"]
    category = api().get(f"exerciseinfo/{words.exercise_id}/").json["category"]["name"]
    assert item == {
        "value": "Zottman Carousel",
        "data": {
            "id": words.id,
            "base_id": words.exercise_id,
            "name": "Zottman Carousel",
            "category": category,
            "image": None,
            "image_thumbnail": None,
        },
    }


@pytest.mark.parametrize("language", ["de", "DE", "1", "german", "German,French", "de-AT"])
def test_a_language_has_several_names(suggested, make_exercise, language):
    make_exercise(en="Zottman Carousel", de="Zottmans Karussell")
    assert suggested(f"term=zottman&language={language}")[0] == "Zottmans Karussell"


def test_without_a_language_it_is_english(suggested, make_exercise):
    make_exercise(en="Zottman Carousel", de="Zottmans Karussell")
    assert suggested("term=zottman") == suggested("term=zottman&language=none") == ["Zottman Carousel"]
    assert suggested("term=zottman&language=en,de") == ["Zottman Carousel", "Zottmans Karussell"]


def test_an_alias_suggests_its_exercise(suggested, make_exercise):
    exercise = make_exercise(en="Zottman Carousel")
    with transaction():
        Alias.create(translation=Translation.get(Translation.exercise == exercise), alias="Spinner")
    assert suggested("term=spinn") == ["Zottman Carousel"]


@pytest.mark.parametrize("query", ["", "term=", "language=en", "term=nothing-is-called-so"])
def test_nothing_asked_for_suggests_nothing(suggested, query):
    assert suggested(query) == []


@pytest.mark.parametrize("address", ["exercise-base", "exercisebaseinfo"])
def test_a_base_is_an_exercise(api, make_exercise, address):
    exercise = make_exercise(en="Zottman Carousel")
    answer = api().get(f"{address}/{exercise}/")
    today = api().get(f"exerciseinfo/{exercise}/").json
    assert answer.json["uuid"] == today["uuid"] and answer.json["variations"] == today["variation_group"]
    assert "variation_group" not in answer.json
    successor = "exercise" if address == "exercise-base" else "exerciseinfo"
    assert answer.headers["Link"] == f'</api/v2/{successor}/>; rel="successor-version"'
    assert answer.headers["Deprecation"].startswith("@")
    assert address not in api().get("").json


def test_the_words_of_a_base_say_what_they_belong_to(api, make_exercise):
    exercise = make_exercise(en="Zottman Carousel")
    [words] = api().get(f"exercisebaseinfo/{exercise}/").json["exercises"]
    assert (words["name"], words["exercise_base"]) == ("Zottman Carousel", exercise.id)
    assert "exercise" not in words


@pytest.mark.parametrize("address", ["exercise-translation", "exerciseimage", "video", "workoutlog"])
def test_lists_are_narrowed_by_the_former_name_of_an_exercise(api, make_exercise, address):
    exercise = make_exercise(en="Zottman Carousel")
    client = api("grace")
    narrowed = client.get(f"{address}/?exercise_base={exercise}").json
    assert narrowed == client.get(f"{address}/?exercise={exercise}").json | {"next": None, "previous": None}
    for _ in range(2):  # the second answer may be a kept one
        told = client.get(f"{address}/?exercise_base={exercise}").headers
        assert told["Deprecation"] == "@1717200000"
        assert told["Link"] == f'</api/v2/{address}/>; rel="successor-version"'
    assert "Deprecation" not in client.get(f"{address}/?exercise={exercise}").headers
    wrong = client.get(f"{address}/?exercise_base=x")
    assert wrong.status_code == 400 and list(wrong.json) == ["exercise_base"]


def test_a_base_cannot_be_written(api):
    assert Exercise.select().exists()
    assert api("ada").post("exercise-base/", {"category": 1}).status_code == 405
