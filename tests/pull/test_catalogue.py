"""Copying the catalogue: what is new, what has changed, what was deleted, and what is nonsense."""

from __future__ import annotations

import json

import pytest

from tests.media import samples
from tests.pull.made import exercise, food, key, picture, translation, vocabulary
from tests.pull.sources import Source, serving
from wger_flask.domain.exercises.models import Alias, DeletionLog, Exercise, ExerciseImage, Translation
from wger_flask.domain.nutrition.models import Ingredient, IngredientWeightUnit
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.pull.client import PullFailure


@pytest.fixture
def source():
    with serving(Source()) as source:
        vocabulary(source)
        yield source


def asked(source, path):
    """Return the addresses below a path that were asked for."""
    return [one for one, _ in source.asked if path in one]


# -- exercises -------------------------------------------------------------------------------------------
def test_an_exercise_comes_with_its_pictures_and_authors(source, run, api):
    there = exercise(1)
    there["images"] = [picture(source, 1, samples.picture())]
    there["translations"][0] |= {
        "aliases": [{"id": 1, "uuid": key("alias"), "alias": "Curl of mine"}],
        "notes": [{"id": 1, "uuid": key("note"), "translation": 102, "comment": "Keep your elbows where they are."}],
    }
    source.lists["exerciseinfo"] = [there]
    assert run(source, ["exercises"]).left_out == []
    [here] = api().get(f"exerciseinfo/?uuid={there['uuid']}").json["results"]
    [text], [image] = here["translations"], here["images"]
    assert text["aliases"][0]["uuid"] == key("alias") and text["notes"][0]["uuid"] == key("note")
    assert sorted(text["author_history"]) == ["anna", "bert"] and here["author_history"] == ["anna"]
    assert (image["uuid"], image["is_main"], image["style"]) == (key("picture", 1), True, "1")
    for address in (image["image"], *image["thumbnails"].values()):
        with api().get(address.removeprefix("http://localhost")) as answer:
            assert answer.status_code == 200


def test_a_picture_that_is_none_is_told_and_tried_again(source, run):
    there = exercise(1)
    there["images"] = [picture(source, 1, b"<svg/>")]
    source.lists["exerciseinfo"] = [there]
    [told] = run(source, ["exercises"]).left_out
    assert "Made up exercise 1" in told and "Upload a valid image" in told or "not supported" in told
    assert Exercise.get(Exercise.uuid == there["uuid"]) and not ExerciseImage.select().exists()
    picture(source, 1, samples.picture())
    assert run(source, ["exercises"]).left_out == []
    assert ExerciseImage.select().count() == 1


def test_what_has_changed_alone_is_written_and_fetched(source, run):
    there = exercise(1)
    there["images"] = [picture(source, 1, samples.picture())]
    source.lists["exerciseinfo"] = [there, exercise(2)]
    run(source, ["exercises"])
    before = ExerciseImage.get().image
    there["translations"][0]["name"] = "Another name"
    there["images"][0]["image"] += "?signed=now"
    report = run(source, ["exercises"])
    assert report.counts["exercises"] == {"changed": 1, "unchanged": 1}
    assert Translation.get(Translation.uuid == there["translations"][0]["uuid"]).name == "Another name"
    assert len(asked(source, "/media/")) == 1 and ExerciseImage.get().image == before
    there["images"] = [picture(source, 1, samples.picture(color="blue"), "b.png")]
    run(source, ["exercises"])
    assert len(asked(source, "/media/")) == 2 and ExerciseImage.get().image != before


def test_other_names_that_are_gone_there_go_and_ones_own_stay(source, run):
    there = exercise(1)
    text = there["translations"][0]
    text["aliases"] = [{"id": n, "uuid": key("alias", n), "alias": f"Name {n}"} for n in (1, 2)]
    source.lists["exerciseinfo"] = [there]
    run(source, ["exercises"])
    row = Translation.get(Translation.uuid == text["uuid"])
    Alias.create(translation=row, alias="Mine")
    del text["aliases"][0]
    run(source, ["exercises"])
    assert {alias.alias for alias in Alias.select().where(Alias.translation == row)} == {"Name 2", "Mine"}


def test_the_exercise_of_the_same_name_is_taken_with_all_that_refers_to_it(source, run, people):
    shipped = Translation.select().where(Translation.language == 2).order_by(Translation.id).first()
    before = Exercise.select().count()
    WorkoutLog.create(user=people["grace"], exercise=shipped.exercise_id, repetitions=5, weight=50)
    source.lists["exerciseinfo"] = [exercise(1, shipped.name.upper())]
    run(source, ["exercises"])
    assert Exercise.select().count() == before
    assert str(Exercise.get_by_id(shipped.exercise_id).uuid) == key("exercise", 1)
    assert WorkoutLog.get().exercise_id == shipped.exercise_id


def test_what_was_copied_from_another_source_stays_as_it_is(source, run):
    source.lists["exerciseinfo"] = [exercise(1, "Shared name")]
    run(source, ["exercises"])
    with serving(Source()) as other:
        vocabulary(other)
        other.lists["exerciseinfo"] = [exercise(7, "Shared name", license_author="somebody")]
        assert run(other, ["exercises"]).counts["exercises"] == {"kept": 1}
    assert Exercise.get(Exercise.uuid == key("exercise", 1)).license_author == "anna"
    assert not Exercise.select().where(Exercise.uuid == key("exercise", 7)).exists()


def test_a_text_moves_with_its_uuid(source, run):
    moved = translation(1, "Gehoben", 1)
    source.lists["exerciseinfo"] = [exercise(1), exercise(2)]
    source.lists["exerciseinfo"][0]["translations"].append(moved)
    run(source, ["exercises"])
    source.lists["exerciseinfo"][0]["translations"].remove(moved)
    source.lists["exerciseinfo"][1]["translations"].append(moved)
    run(source, ["exercises"])
    assert str(Translation.get(Translation.uuid == moved["uuid"]).exercise.uuid) == key("exercise", 2)


def test_pages_that_are_as_they_were_are_passed_over(source, run):
    source.has_etags = True
    source.lists["exerciseinfo"] = [exercise(number) for number in range(1, 121)]
    run(source, ["exercises"])
    source.asked.clear()
    source.lists["exerciseinfo"][70]["license_author"] = "carla"
    assert run(source, ["exercises"]).counts["exercises"] == {"changed": 1, "unchanged": 49}
    assert len(asked(source, "exerciseinfo")) == 3
    assert run(source, ["exercises"], anew=True).counts["exercises"] == {"changed": 120}


def test_a_run_that_was_cut_off_goes_on_behind_its_last_page(source, run):
    source.lists["exerciseinfo"] = [exercise(number) for number in range(1, 121)]
    source.hook = lambda source, path, headers: (400, {}, b"{}") if "offset=100" in path else None
    with pytest.raises(PullFailure):
        run(source, ["exercises"])
    source.hook = lambda source, path, headers: None
    source.asked.clear()
    assert run(source, ["exercises"]).counts["exercises"] == {"new": 20}
    assert len(asked(source, "exerciseinfo")) == 1


# -- deletions -------------------------------------------------------------------------------------------
def deleted(number, replaced_by=None, kind="base", uuid=None):
    return {
        "model_type": kind,
        "uuid": uuid or key("exercise", number),
        "timestamp": "2025-06-01T10:00:00Z",
        "replaced_by": replaced_by and key("exercise", replaced_by),
        "comment": f"Exercise base of {number}",
    }


@pytest.fixture
def trained(source, run, people):
    """Five exercises, which grace has trained all."""
    source.lists["exerciseinfo"] = [exercise(number) for number in range(1, 6)]
    run(source, ["exercises"])
    for row in Exercise.select().where(Exercise.uuid.in_([key("exercise", number) for number in range(1, 5)])):
        WorkoutLog.create(user=people["grace"], exercise=row, repetitions=5, weight=50)
    source.lists["exerciseinfo"] = source.lists["exerciseinfo"][2:3]


def is_here(number):
    return Exercise.select().where(Exercise.uuid == key("exercise", number)).exists()


def test_routines_and_logs_are_led_over_to_what_took_the_place(source, run, trained):
    source.lists["deletion-log"] = [deleted(1, 2), deleted(2, 3)]
    run(source, ["exercises"])
    assert not is_here(1) and not is_here(2)
    kept = Exercise.get(Exercise.uuid == key("exercise", 3))
    assert WorkoutLog.select().where(WorkoutLog.exercise == kept).count() == 3
    assert {str(row.uuid) for row in DeletionLog.select().where(DeletionLog.model_type == "base")} == {
        key("exercise", 1),
        key("exercise", 2),
    }


def test_nobody_loses_training(source, run, trained):
    source.lists["deletion-log"] = [deleted(4), deleted(5)]
    [told] = run(source, ["exercises"]).left_out
    assert "routines or logs here need it" in told
    assert is_here(4) and not is_here(5) and WorkoutLog.select().count() == 4


def test_texts_and_pictures_go(source, run):
    there = exercise(1)
    there["images"] = [picture(source, 1, samples.picture())]
    there["translations"].append(translation(1, "Gehoben", 1))
    source.lists["exerciseinfo"] = [there]
    run(source, ["exercises"])
    text, image = there["translations"].pop(), there["images"].pop()
    source.lists["deletion-log"] = [
        deleted(1, kind="translation", uuid=text["uuid"]),
        deleted(1, kind="image", uuid=image["uuid"]),
        deleted(1, kind="nonsense"),
        {"model_type": None, "uuid": 7},
    ]
    report = run(source, ["exercises"])
    assert report.counts["translations"] == report.counts["images"] == {"deleted": 1}
    assert not ExerciseImage.select().exists() and is_here(1)


def test_of_pictures_that_are_left_one_is_the_main_one(source, run):
    there = exercise(1)
    first = picture(source, 1, samples.picture())
    second = picture(source, 2, samples.picture(color="blue"), "b.png", is_main=False)
    there["images"] = [first, second]
    source.lists["exerciseinfo"] = [there]
    run(source, ["exercises"])
    source.lists["deletion-log"] = [deleted(1, kind="image", uuid=first["uuid"])]
    assert run(source, ["exercises"]).counts["images"] == {"deleted": 1}
    [left] = ExerciseImage.select()
    assert str(left.uuid) == second["uuid"] and left.is_main


def test_what_was_deleted_here_does_not_come_back(source, run, api):
    source.lists["exerciseinfo"] = [exercise(1)]
    run(source, ["exercises"])
    key_here = Exercise.get(Exercise.uuid == key("exercise", 1)).id
    assert api("ada").delete(f"exercise/{key_here}/").status_code == 204
    source.lists["exerciseinfo"] = [exercise(1, "Another name")]
    assert run(source, ["exercises"]).counts["exercises"] == {"deleted here": 1}
    assert not is_here(1)


# -- foods -----------------------------------------------------------------------------------------------
def test_foods_that_have_changed_alone_are_asked_for(source, run):
    source.lists["ingredient-sync"] = [food(number) for number in range(1, 4)]
    assert run(source, ["foods"]).counts["foods"] == {"new": 3}
    source.lists["ingredient-sync"][1] |= {"last_update": "2999-01-01T00:00:00Z", "energy": 120}
    source.asked.clear()
    assert run(source, ["foods"]).counts["foods"] == {"changed": 1}
    assert all("last_update__gt" in path for path in asked(source, "ingredient"))
    assert Ingredient.get(Ingredient.uuid == key("food", 2)).energy == 120


def test_foods_of_some_languages(source, run):
    german = {"id": 1, "short_name": "de"}
    source.lists["ingredient-sync"] = [food(1), food(2, language=german)]
    assert run(source, ["foods"], languages=("de",)).counts["foods"] == {"new": 1}
    assert run(source, ["foods"]).counts["foods"] == {"new": 1, "unchanged": 1}


def test_foods_go_on_where_they_were(source, run):
    source.lists["ingredient-sync"] = [food(number) for number in range(1, 1202)]
    source.hook = lambda source, path, headers: (400, {}, b"{}") if "p%3D" in path or len(source.asked) > 11 else None
    with pytest.raises(PullFailure):
        run(source, ["foods"])
    held = Ingredient.select().where(Ingredient.source_name == "Made up").count()
    assert held in (500, 1000)
    source.hook = lambda source, path, headers: None
    source.asked.clear()
    report = run(source, ["foods"])
    assert report.counts["foods"] == {"new": 1201 - held} and "cursor" in asked(source, "ingredient-sync")[0]


def test_foods_are_matched_and_those_of_other_sources_stay(source, run):
    source.lists["ingredient-sync"] = [
        food(1, source_name="Open Food Facts", remote_id="123", code="4000000000023", name="First"),
        food(2, weight_units=[{"id": 1, "uuid": key("unit"), "name": "cup", "gram": 80}]),
    ]
    run(source, ["foods"])
    with serving(Source()) as other:
        vocabulary(other)
        other.lists["ingredient-sync"] = [
            food(11, source_name="Open Food Facts", remote_id="123", code="4000000000023", name="Second"),
            food(12, source_name="Elsewhere", code="4000000000023", name="Third"),
            food(2, weight_units=[{"id": 1, "name": "cup", "gram": 90}]),
        ]
        assert run(other, ["foods"]).counts["foods"] == {"changed": 1, "kept": 1, "unchanged": 1}
    [row] = Ingredient.select().where(Ingredient.code == "4000000000023")
    assert row.name == "Second" and str(row.uuid) == key("food", 1)
    [unit] = IngredientWeightUnit.select().join(Ingredient).where(Ingredient.uuid == key("food", 2))
    assert unit.gram == 90 and str(unit.uuid) == key("unit")


# -- nonsense --------------------------------------------------------------------------------------------
WORST = (None, [], {}, "x" * 9000, "a\x00b", 10**30)
ODD = (None, [], {}, "", "x", "x" * 9000, "a\x00b", -1, 10**30, 1.5, True, [None, 1, "x", {}], {"id": []})


def spoiled(make, values=ODD):
    """Return rows of which one value each is nonsense."""
    rows, number = [], 100
    for name in make(1):
        for odd in values:
            number += 1
            rows.append(make(number) | {name: odd})
    return rows


def nested(number):
    return exercise(number)["translations"][0] | {
        "aliases": [{"id": number, "uuid": key("alias", number), "alias": "b"}]
    }


def test_exercises_that_are_nonsense_are_left_out(source, run):
    texts = spoiled(nested, WORST)
    with_texts = [exercise(9000 + at, translations=[text]) for at, text in enumerate(texts)]
    source.lists["exerciseinfo"] = [*spoiled(exercise, WORST), *with_texts, exercise(1)]
    report = run(source, ["exercises"])
    assert report.left_out and is_here(1)
    json.dumps(report.left_out)
    assert set(run(source, ["exercises"]).counts["exercises"]) <= {"changed", "unchanged", "kept"}


def test_foods_that_are_nonsense_are_left_out(source, run):
    source.lists["ingredient-sync"] = [row for row in spoiled(food) if type(row["id"]) is int] + [food(1)]
    source.lists["ingredient-sync"].sort(key=lambda row: row["id"])
    for row in source.lists["ingredient-sync"]:
        row["last_update"] = "2025-05-01T10:00:00Z"
    report = run(source, ["foods"])
    assert report.left_out and Ingredient.select().where(Ingredient.uuid == key("food", 1)).exists()


@pytest.mark.parametrize("answer", [b"[]", b'{"results": 5}', b'{"results": [1]}', b"null", b"{", b"<html>"])
def test_lists_that_are_none_end_the_run(source, run, answer):
    source.hook = lambda source, path, headers: (200, {}, answer) if "exerciseinfo" in path else None
    with pytest.raises(PullFailure):
        run(source, ["exercises"])


@pytest.mark.parametrize("version", ["2.4", "1.9.0"])
def test_releases_before_are_named(source, run, version):
    source.version = version
    with pytest.raises(PullFailure, match="from 2.5 on"):
        run(source, ["exercises"])
