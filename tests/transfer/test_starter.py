"""What ships fills an empty database, and makes way for somebody's own catalogue."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL, MODELS, TABLES
from wger_flask.storage.bulk import dangling
from wger_flask.storage.database import transaction
from wger_flask.storage.model import label_of
from wger_flask.transfer.importer import ImportFailure
from wger_flask.transfer.shipped import Shipped, documents, shipped_uuids
from wger_flask.transfer.starter import is_empty, load_starter_data

from .rows import CATALOGUE, category, exercise, ingredient, language, licence, translation, user, weight

Exercise, Translation = BY_LABEL["exercises.exercise"], BY_LABEL["exercises.translation"]
Ingredient = BY_LABEL["nutrition.ingredient"]


def counted():
    return {label_of(model): model.select().count() for model in TABLES}


def test_documents_come_in_order():
    names = [one.name for one in documents()]
    assert names == sorted(names) and len(names) >= 3


def test_an_empty_database_is_filled(fresh):
    assert is_empty()
    report = load_starter_data(MODELS)
    assert not is_empty()
    assert not report.unknown and not report.ignored
    assert report.loaded == {label: number for label, number in counted().items() if label in report.loaded}
    assert report.loaded["exercises.exercise"] >= 60
    for label, uuids in shipped_uuids().items():
        assert BY_LABEL[label].select().count() == len(uuids)


def test_accounts_alone_leave_it_empty(load):
    load([user()])
    assert is_empty()


def test_loading_twice_changes_nothing(fresh):
    load_starter_data(MODELS)
    before = counted()
    load_starter_data(MODELS)
    assert counted() == before


def test_subjects_that_are_not_installed_are_left_out(fresh):
    report = load_starter_data([model for model in MODELS if not label_of(model).startswith("nutrition.")])
    assert report.unknown["nutrition.ingredient"] > 0
    assert Ingredient.select().count() == 0


def test_a_document_that_cannot_be_loaded_leaves_it_empty(fresh, monkeypatch, tmp_path):
    broken = tmp_path / "9-broken.json"
    broken.write_text('[{"model": "core.language", "pk": 99, "fields": {}}]')
    monkeypatch.setattr("wger_flask.transfer.starter.documents", lambda: [*documents(), broken])
    with pytest.raises(ImportFailure):
        load_starter_data(MODELS)
    assert is_empty()


# -- making way ----------------------------------------------------------------------------


@pytest.fixture
def stocked(fresh):
    load_starter_data(MODELS)
    return fresh


def test_a_catalogue_takes_the_place_of_the_shipped_one(stocked, load):
    load([exercise(5), translation(1000, 5), language(), licence(), category()])
    assert [one.id for one in Exercise.select()] == [5]
    assert [one.id for one in Translation.select()] == [1000]
    assert BY_LABEL["exercises.alias"].select().count() == 0
    assert Ingredient.select().count() == len(shipped_uuids()["nutrition.ingredient"])
    assert BY_LABEL["core.language"].select().count() > 18
    for model in TABLES:
        assert list(dangling(model)) == []


def test_foods_make_way_for_foods(stocked, load):
    load([ingredient(5)])
    assert [one.name for one in Ingredient.select()] == ["Oats"]
    assert Exercise.select().count() == len(shipped_uuids()["exercises.exercise"])


def test_a_dump_without_a_catalogue_leaves_it(stocked, load):
    before = counted()
    load([user(), weight()])
    after = counted()
    assert {label for label in before if before[label] != after[label]} == {
        "auth.user",
        "measurements.category",
        "measurements.measurement",
        "core.userprofile",
        "core.usercache",
    }


def test_the_whole_small_dump_arrives(stocked, load, dump):
    report = load(dump)
    for label in ("exercises.exercise", "exercises.translation", "exercises.alias", "nutrition.ingredient"):
        assert BY_LABEL[label].select().count() == report.loaded[label]


def test_what_somebody_uses_stays(stocked, load):
    """Used are the exercise, and with it what belongs to it; the others go."""
    first, second = Exercise.select().order_by(Exercise.id).limit(2)
    load([user()])
    BY_LABEL["manager.workoutlog"].create(user=1, exercise=first)
    BY_LABEL["exercises.exerciseimage"].create(exercise=second, image="exercise-images/2/mine.png")
    kept = Translation.select().where(Translation.exercise.in_([first, second])).count()
    load([language(), licence(), category(), exercise(5000), translation(6000, 5000)])
    assert {one.id for one in Exercise.select()} == {first.id, second.id, 5000}
    assert Translation.select().count() == kept + 1
    for model in TABLES:
        assert list(dangling(model)) == []


def test_a_failed_import_gives_the_catalogue_back(stocked, load):
    before = counted()
    with pytest.raises(ImportFailure):
        load([*CATALOGUE, exercise(6, category=99)])
    assert counted() == before


def test_withdrawing_tells_how_many_rows_went(stocked):
    shipped = Shipped(MODELS)
    total = sum(len(uuids) for label, uuids in shipped_uuids().items() if label.startswith("nutrition."))
    with transaction():
        assert shipped.withdraw("nutrition.ingredient") == total
        assert shipped.withdraw("nutrition.ingredient") == 0
