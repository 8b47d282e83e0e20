"""Rows of a dump may name others by number, by natural key, and by the names of columns."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage.links import links_of

from .rows import CATALOGUE, exercise, language, row, translation, user, weight

User = BY_LABEL["auth.user"]
Exercise = BY_LABEL["exercises.exercise"]
Profile = BY_LABEL["core.userprofile"]
Measurement = BY_LABEL["measurements.measurement"]


CONTENT_TYPE = row("contenttypes.contenttype", 30, app_label="exercises", model="exercise")
PERMISSION = row("auth.permission", 90, name="Can add", content_type=30, codename="add_exercise")


def permissions_of(model):
    made = links_of(model)["user_permissions" if model is User else "permissions"]
    return [getattr(one, made.target.name).codename for one in made.through.select()]


@pytest.mark.parametrize("backwards", [False, True])
def test_natural_keys_are_followed(load, backwards):
    rows = [
        language(),
        CONTENT_TYPE,
        row("auth.permission", None, name="Can add", content_type=["exercises", "exercise"], codename="add_exercise"),
        row("auth.group", None, name="editors", permissions=[["add_exercise", "exercises", "exercise"]]),
        row(
            "auth.user",
            None,
            username="ada",
            password="!",
            groups=[["editors"]],
            user_permissions=[["add_exercise", "exercises", "exercise"]],
        ),
        row("core.userprofile", 4, user=["ada"]),
        weight(3, ["ada"]),
    ]
    load(rows[::-1] if backwards else rows)
    ada = User.get()
    assert Measurement.get().category.user == ada and Profile.get().user == ada
    assert permissions_of(User) == ["add_exercise"]
    assert permissions_of(BY_LABEL["auth.group"]) == ["add_exercise"]
    assert links_of(User)["groups"].through.select().count() == 1


def test_a_natural_key_finds_the_user_that_is_there(load):
    load([language(), user(12, "ada")])
    load([row("auth.user", None, username="ada", password="?"), weight(3, ["ada"])])
    assert [(one.id, one.password) for one in User.select()] == [(12, "?")]
    assert Measurement.get().category.user_id == 12


def test_content_types_and_permissions_are_matched_by_name(load):
    ContentType, Permission = BY_LABEL["contenttypes.contenttype"], BY_LABEL["auth.permission"]
    other = ContentType.create(id=30, app_label="nutrition", model="meal")
    mine = ContentType.create(id=31, app_label="exercises", model="exercise")
    kept = Permission.create(id=7, name="Can add", content_type=mine, codename="add_exercise")
    load(
        [
            language(),
            user(user_permissions=[90, 91]),
            PERMISSION,
            CONTENT_TYPE,
            row("auth.permission", 91, name="Can delete", content_type=30, codename="delete_exercise"),
        ]
    )
    assert ContentType.get_by_id(30) == other
    assert {(one.id, one.content_type_id) for one in Permission.select()} == {(kept.id, 31), (91, 31)}
    assert sorted(permissions_of(User)) == ["add_exercise", "delete_exercise"]


@pytest.mark.parametrize("backwards", [False, True])
def test_permissions_and_kinds_of_rows_that_a_dump_leaves_out_are_made(load, backwards):
    """As ``dumpdata --natural-foreign -e contenttypes -e auth.permission`` writes it."""
    ContentType, Permission = BY_LABEL["contenttypes.contenttype"], BY_LABEL["auth.permission"]
    known = ContentType.create(app_label="exercises", model="exercise")
    there = Permission.create(name="Can add exercise", content_type=known, codename="add_exercise")
    rows = [
        language(),
        row(
            "auth.group",
            3,
            name="editors",
            permissions=[
                ["add_exercise", "exercises", "exercise"],
                ["delete_exercise", "exercises", "exercise"],
            ],
        ),
        user(1, groups=[["editors"]], user_permissions=[["add_meal", "nutrition", "meal"]]),
        user(
            2,
            "grace",
            user_permissions=[
                ["add_meal", "nutrition", "meal"],
                ["add_exercise", "exercises", "exercise"],
            ],
        ),
        row("core.userprofile", 4, user=["ada"]),
        weight(3, ["grace"]),
    ]
    load(rows[::-1] if backwards else rows)
    made = {(one.codename, one.name, one.content_type.app_label, one.content_type.model) for one in Permission.select()}
    assert made == {
        ("add_exercise", "Can add exercise", "exercises", "exercise"),
        ("delete_exercise", "Can delete exercise", "exercises", "exercise"),
        ("add_meal", "Can add meal", "nutrition", "meal"),
    }
    assert ContentType.select().count() == 2 and Permission.get_by_id(there.id).content_type_id == known.id
    assert sorted(permissions_of(User)) == ["add_exercise", "add_meal", "add_meal"]
    assert sorted(permissions_of(BY_LABEL["auth.group"])) == ["add_exercise", "delete_exercise"]
    load(rows)
    assert Permission.select().count() == 3


def test_a_permission_of_a_kind_of_rows_that_a_dump_leaves_out(load):
    load([row("auth.permission", "9", name="x", content_type=["a", "b"], codename="c"), CONTENT_TYPE])
    (made,) = BY_LABEL["auth.permission"].select()
    assert (made.id, made.content_type.app_label, made.content_type.model) == (9, "a", "b")


def test_references_may_be_named_as_their_columns(load):
    moved = [exercise("5"), translation("7")]
    for one in moved:
        names = one["fields"]
        one["fields"] = {
            f"{name}_id" if name in ("category", "license", "exercise", "language") else name: value
            for name, value in names.items()
        }
    entry = weight("3")
    entry["fields"]["user_id"] = str(entry["fields"].pop("user"))
    report = load([*CATALOGUE[:3], *moved, user("1"), entry])
    assert not report.ignored
    assert Exercise.get().category_id == 10 and BY_LABEL["exercises.translation"].get().exercise_id == 5
    assert Measurement.get().category.user_id == 1


def test_a_reference_by_the_name_of_its_column_may_be_natural_or_null(load):
    entry = weight(3)
    entry["fields"]["user_id"] = [entry["fields"].pop("user") and "ada"]
    load([language(), user(1), entry])
    assert Measurement.get().category.user_id == 1


def test_the_key_may_stand_among_the_fields_too(load):
    repeated, alone = user(1), user(None, "grace")
    repeated["fields"]["id"], alone["fields"]["id"] = 1, 2
    del alone["pk"]
    key = "a" * 40
    token = row("authtoken.token", key, key=key, user_id=2)
    report = load([language(), repeated, alone, token, weight(3, "2", id="3")])
    assert not report.ignored
    assert {one.id: one.username for one in User.select()} == {1: "ada", 2: "grace"}
    assert Measurement.get().category.user_id == 2
    assert BY_LABEL["authtoken.token"].get().key == key


def test_numbers_of_permissions_may_be_texts(load):
    permission = {**PERMISSION, "pk": "90", "fields": {**PERMISSION["fields"], "content_type": "30"}}
    load([language(), user(user_permissions=["90"]), permission, {**CONTENT_TYPE, "pk": "30"}])
    assert permissions_of(User) == ["add_exercise"]
