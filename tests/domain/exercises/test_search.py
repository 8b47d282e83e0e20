"""Finding exercises by their words."""

from __future__ import annotations

import dataclasses

import pytest

from wger_flask.domain.exercises.models import Alias, Translation
from wger_flask.storage.database import transaction
from wger_flask.storage.name_search import search


@pytest.fixture
def found(api):
    """Return a function that gives the English names that a query finds, in order."""

    def names(query):
        answer = api().get(f"exerciseinfo/?{query}")
        assert answer.status_code == 200, answer.json
        found = [
            next((words["name"] for words in item["translations"] if words["language"] == 2), None)
            for item in answer.json["results"]
        ]
        assert len(found) == answer.json["count"]
        return found

    return names


@pytest.mark.parametrize("text", ["carousel", "CAROUSEL", "Zottman C", " carousel "])
def test_part_of_a_name_is_enough(found, make_exercise, text):
    make_exercise(en="Zottman Carousel")
    assert found(f"name__search={text}") == ["Zottman Carousel"]
    assert found(f"name__exact={text}") == ["Zottman Carousel"]


def test_an_alias_is_as_good_as_a_name(found, make_exercise):
    exercise = make_exercise(en="Zottman Carousel")
    with transaction():
        Alias.create(translation=Translation.get(Translation.exercise == exercise), alias="Spinner")
    assert found("name__search=spinn") == ["Zottman Carousel"]


@pytest.mark.parametrize("text", ["%25", "_", "%5C", "100%25"])
def test_signs_mean_themselves(found, make_exercise, text):
    make_exercise(en="Zottman Carousel")
    assert found(f"name__search={text}") == []


def test_signs_are_found(found, make_exercise):
    make_exercise(en="100% Press_Up")
    assert found("name__search=100%25") == ["100% Press_Up"]
    assert "100% Press_Up" in found("name__search=press_up")


def test_the_best_match_comes_first(found, make_exercise):
    for name in ("Wide Carousel", "Carousel Walk", "Carousel"):
        make_exercise(en=name)
    with transaction():
        row = make_exercise(en="Turkish Wheel")
        Alias.create(translation=Translation.get(Translation.exercise == row), alias="Carousel")
    names = found("name__search=carousel")
    assert names == ["Carousel", "Turkish Wheel", "Carousel Walk", "Wide Carousel"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pushup", "Push-Up"),
        ("push-ups", "Push-Up"),
        ("pull-ups", "Pull-Up"),
        ("pullups", "Pull-Up"),
        ("benchpress", "Bench Press"),
        ("situp", "Sit-Up"),
        ("sit ups", "Sit-Up"),
        ("step ups", "Step-Up"),
        ("bankdrücken", "Bench Press"),
        ("Bankdrücken mit Kurzhanteln", "Dumbbell Bench Press"),
        ("kniebeugen", "Back Squat"),
        ("klimmzüge", "Pull-Up"),
        ("liegestütze", "Push-Up"),
        ("lunges", "Walking Lunge"),
        ("ohp", "Overhead Press"),
        ("rdl", "Romanian Deadlift"),
        ("bp", "Bench Press"),
        ("DL", "Deadlift"),
        ("bss", "Bulgarian Split Squat"),
        ("cgbp", "Close-Grip Bench Press"),
    ],
)
def test_exercises_that_ship_are_found_as_people_say(found, text, name):
    names = found(f"name__search={text}")
    assert names and names[0] == name


def test_the_nearest_of_names_and_aliases_counts_alone(found, make_exercise):
    with transaction():
        for name, aliases in (("Carousel with Dumbbells", ["Carousel Dumbbell", "Carousels"]), ("Carousel", [])):
            words = Translation.get(Translation.exercise == make_exercise(en=name))
            for alias in aliases:
                Alias.create(translation=words, alias=alias)
    assert found("name__search=carousel") == ["Carousel", "Carousel with Dumbbells"]


def test_an_order_that_is_asked_for_wins(found, make_exercise):
    for name in ("Wide Carousel", "Carousel"):
        make_exercise(en=name)
    assert found("name__search=carousel&ordering=id") == ["Wide Carousel", "Carousel"]


@pytest.fixture
def plain(app, monkeypatch):
    """Search by substring."""
    services = app.extensions["wger_flask"]
    monkeypatch.setattr(services, "settings", dataclasses.replace(services.settings, WGER_SEARCH="substring"))
    search.use("substring")
    yield
    search.use("best")


def test_substring_search_keeps_the_default_order(plain, found, make_exercise):
    for name in ("Wide Carousel", "Carousel"):
        make_exercise(en=name)
    assert found("name__search=carousel") == ["Wide Carousel", "Carousel"]


def test_substring_search_walks_through_languages(plain, api, make_exercise):
    """As the recorded kind of server does: language by language, in each the oldest translation that has the text."""
    first, second, third = (
        make_exercise(en="First Carousel"),
        make_exercise(de="Karussell zwei", en="Second Carousel"),
        make_exercise(en="Third Swing", de="Karussell drei"),
    )
    with transaction():
        late = Translation.get(Translation.exercise == first)
        Translation.create(exercise=first, language=1, name="Karussell eins", description="", description_source="")
        Alias.create(translation=late, alias="Karussell")

    def keys(query):
        return [item["id"] for item in api().get(f"exerciseinfo/?{query}").json["results"]]

    assert keys("name__search=karuss&language__code=en,de") == [second.id, third.id, first.id]
    assert keys("language__code=de,en&name__search=car") == [first.id, second.id]
    assert keys("name__search=karuss&language__code=de") == [second.id, third.id, first.id]
    assert keys("name__search=karuss&language__code=en") == [first.id]
    assert keys("name__search=karuss") == [first.id, second.id, third.id]
    assert keys("name__search=karuss&language__code=en,de&ordering=-id") == [third.id, second.id, first.id]
    assert keys("name__exact=karuss&language__code=en,de") == [first.id, second.id, third.id]
    assert keys("name__search=karuss&language__code=en,de&limit=1&offset=1") == [third.id]


def test_languages_narrow(found, make_exercise):
    make_exercise(en="Zottman Carousel", de="Karussell")
    make_exercise(fr="Manège")
    assert found("name__search=karussell&language__code=de") == ["Zottman Carousel"]
    assert found("name__search=karussell&language__code=en") == []
    assert found("name__search=karussell&language__code=en,de-AT") == ["Zottman Carousel"]
    assert found("language__code=fr") == [None]


@pytest.mark.parametrize("code", ["xx", "DE", "1"])
def test_unknown_languages_mean_english(found, make_exercise, code):
    make_exercise(fr="Manège")
    assert None not in found(f"language__code={code}&limit=999")
    assert found(f"language__code={code}&limit=999") == found("language__code=en&limit=999")


def test_empty_texts_narrow_nothing(api):
    everything = api().get("exerciseinfo/").json["count"]
    assert api().get("exerciseinfo/?name__search=&name__exact=&language__code=,").json["count"] == everything


@pytest.mark.parametrize("param", ["name__search", "name__exact", "language__code"])
def test_null_characters(api, param):
    answer = api().get(f"exerciseinfo/?{param}=a%00b")
    assert (answer.status_code, answer.json) == (400, {param: ["Null characters are not allowed."]})


@pytest.mark.parametrize("param", ["muscles__in", "muscles_secondary__in", "equipment__in"])
def test_parameters_that_never_worked(api, param):
    answer = api().get(f"exerciseinfo/?{param}=1")
    assert (answer.status_code, answer.json) == (400, {param: ["Enter a list of values."]})
    assert api().get(f"exerciseinfo/?{param}=").json["count"] == 0
    assert api().get(f"exercise/?{param}=1").status_code == 200


def test_comments_by_language(api):
    client = api()
    everything = client.get("exercisecomment/?limit=999").json
    counts = [client.get(f"exercisecomment/?language={key}").json["count"] for key in (1, 2)]
    assert sum(counts) == everything["count"] and all(counts)
    assert client.get("exercisecomment/?language=999").json["count"] == 0
    for text in ("x", "-1", "1.5", "9" * 30):
        answer = client.get(f"exercisecomment/?language={text}")
        assert (answer.status_code, answer.json) == (400, {"language": ["Enter a number."]})
