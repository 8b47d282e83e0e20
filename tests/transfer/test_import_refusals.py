"""A dump that is broken changes nothing, and is told where."""

from __future__ import annotations

import io
import json
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference import BY_LABEL, MODELS, SERVER, TABLES
from wger_flask.storage.bulk import dangling
from wger_flask.transfer import importer
from wger_flask.transfer.importer import ImportFailure, import_dump

from .contents import everything
from .rows import CATALOGUE, category, exercise, language, licence, row, translation, user, weight
from .test_import_keys import PERMISSION

Exercise = BY_LABEL["exercises.exercise"]

BROKEN = [
    ([{"model": "core.language"}], "object 1: no row"),
    ([{"pk": 1, "fields": {}}], "object 1: no row"),
    ([language(), {"model": "core.language", "pk": 1, "fields": []}], "object 2: no row"),
    ([language("two")], "object 1 .core.language two.: primary key: 'two' is not an integer"),
    ([language({})], "primary key"),
    ([language(short_name=[])], r"object 1 .core.language 2.: short_name: \[\] is not a text"),
    ([row("core.language", 1, short_name="en")], "full_name: a value is needed"),
    ([*CATALOGUE[:3], exercise(muscles=3)], "muscles: 3 is not a list"),
    ([*CATALOGUE[:3], exercise(muscles=["x"])], "muscles: 'x' is not an integer"),
    ([*CATALOGUE[:3], exercise(category=["Abs"])], "category: .* is not an integer"),
    ([*CATALOGUE[:3], exercise(muscles=[99])], "exercises.exercise 5: there is no exercises.muscle 99"),
    ([licence(), exercise()], "exercises.exercise 5: there is no exercises.exercisecategory 10"),
    ([language(), weight(3, 1)], "weight.weightentry 3: there is no auth.user 1"),
    ([language(), *(weight(n, 8, f"2024-01-0{n}T00:00:00Z") for n in range(1, 5))], r"there is no.*\(and 1 more\)"),
    ([language(), weight(3, ["ada"])], r"object 2 \(weight.weightentry 3\): no auth.user has the key \['ada'\]"),
    ([language(), user(1, groups=[["x"]])], "no auth.group"),
    ([language(), user(1, user_permissions=[5])], "there is no auth.permission 5"),
    ([PERMISSION], "auth.permission 90: there is no contenttypes.contenttype 30"),
    ([language(), user(1, user_permissions=[["add"]])], "is no key of auth.permission"),
    ([language(), user(1, user_permissions=[["add", "a", 5]])], "is no key of auth.permission"),
    ([language(), user(1, user_permissions=[["add", "", "b"]])], "is no key of contenttypes.contenttype"),
    ([language(), user(1, user_permissions=[["x" * 101, "a", "b"]])], "is no key of auth.permission"),
    ([user(1, "ada"), user(2, "ada")], "auth.user 2: .*username"),
    ([*CATALOGUE, translation(8)], "exercises.translation 8: "),
    ([language(1 << 70)], "core.language 1180591620717411303424: "),
]


@pytest.mark.parametrize(("rows", "reason"), BROKEN, ids=[reason for _, reason in BROKEN])
def test_a_broken_document_changes_nothing_and_is_told_where(load, rows, reason):
    load([language(1, "de"), user(50, "linus")])
    before = everything()
    with pytest.raises(ImportFailure, match=reason):
        load(rows)
    assert everything() == before


def test_a_document_that_ends_early_changes_nothing(fresh):
    before = everything()
    text = json.dumps([language(), user()])[:-20].encode()
    with pytest.raises(ImportFailure):
        import_dump(io.BytesIO(text), MODELS)
    assert everything() == before


def test_too_many_rows_in_the_way_end_it_early(load, monkeypatch):
    monkeypatch.setattr(importer, "MOST_REFUSED", 3)
    with pytest.raises(ImportFailure, match=r"\(and \d+ more\)"):
        load([language(), *(user(number, "ada") for number in range(1, 9))])


@pytest.mark.skipif(bool(SERVER), reason="enough of it on SQLite")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_whatever_a_row_holds_it_is_loaded_or_refused(load, data):
    """A value of any kind in any column ends in a report or an ImportFailure, with the references whole."""
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    values = st.none() | st.booleans() | numbers | st.text(max_size=5) | st.lists(st.integers(0, 9), max_size=2)
    kind = data.draw(st.sampled_from(sorted(BY_LABEL)))
    names = sorted(BY_LABEL[kind]._meta.fields)
    fields = data.draw(st.dictionaries(st.sampled_from(names), values))
    try:
        load([*CATALOGUE, user(), {"model": kind, "pk": data.draw(values), "fields": fields}])
    except ImportFailure:
        pass
    for model in TABLES:
        assert list(dangling(model)) == []


@pytest.mark.parametrize("number", [2**63, float(2**63), str(2**63), -(2**63) - 1, 10**40])
@pytest.mark.parametrize("place", ["pk", "category", "muscles"])
def test_a_number_that_no_database_has_room_for_is_refused(load, number, place):
    row = exercise()
    if place == "pk":
        row["pk"] = number
    else:
        row["fields"][place] = [number] if place == "muscles" else number
    with pytest.raises(ImportFailure):
        load([*CATALOGUE[:3], row])


def test_a_clash_with_a_number_that_is_too_large_is_refused(load):
    kind = "token_blacklist.blacklistedtoken"
    fields = {"blacklisted_at": None, "id": 0, "token": float(2**63)}
    with pytest.raises(ImportFailure):
        load([*CATALOGUE, user(), {"model": kind, "pk": None, "fields": fields}])


def test_uuids_may_be_written_either_way(load):
    dashed, bare = "6e103b23-81ba-4a34-b748-d1324ca41a19", "6E103B2381BA4A34B748D1324CA41A19"
    load([*CATALOGUE[:3], exercise(uuid=dashed, variation_group=bare)])
    assert Exercise.get().uuid == Exercise.get().variation_group == UUID(dashed)


def test_a_number_of_a_category_that_the_dump_brings_later(load):
    load([exercise(), licence(), category()])
    assert Exercise.get().category.name == "Abs"
