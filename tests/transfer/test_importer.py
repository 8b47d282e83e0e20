"""A dump is loaded whole, in whatever order it is, or not at all."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference import BY_LABEL, MODELS, SERVER, TABLES, empty_database, needs_reference
from wger_flask.auth.second_factors import authenticators
from wger_flask.storage import cascade
from wger_flask.storage.bulk import dangling
from wger_flask.storage.database import database, transaction
from wger_flask.storage.links import links_of
from wger_flask.storage.migrations import migrate
from wger_flask.storage.model import label_of
from wger_flask.storage.numbered_keys import uuid_of
from wger_flask.transfer import importer
from wger_flask.transfer.importer import ImportFailure, ImportReport, import_dump

from .rows import CATALOGUE, category, exercise, ingredient, language, licence, row, translation, user, weight

User = BY_LABEL["auth.user"]
Exercise = BY_LABEL["exercises.exercise"]
Profile = BY_LABEL["core.userprofile"]
Measurement = BY_LABEL["measurements.measurement"]


def everything():
    """Return all rows of all tables, links without their own numbers."""
    found = {}
    for model in TABLES:
        through = "_" in label_of(model).partition(".")[2]
        columns = [one for one in model._meta.sorted_fields if not (through and one.name == "id")]
        rows = [repr(row) for row in model.select(*columns).tuples()]
        found[label_of(model)] = sorted(rows)
    return found


# -- whole dumps ---------------------------------------------------------------------------


@needs_reference
def test_a_dump_becomes_what_wger_made_of_it(reference, dump, tmp_path):
    """The reference database is this very dump, as a genuine wger stored it."""
    made_by_wger = everything()
    (tmp_path / "ours").mkdir()
    with empty_database(tmp_path / "ours"):
        migrate(MODELS)
        report = import_dump(io.BytesIO(json.dumps(dump).encode()), MODELS)
        ours = everything()
    assert sum(report.loaded.values()) == len(dump)
    assert not report.unknown and not report.ignored
    for label in [*report.loaded, *(label_of(link.through) for link in links_of(Exercise).values())]:
        assert ours[label] == made_by_wger[label]


@needs_reference
@pytest.mark.skipif(bool(SERVER), reason="compares how SQLite holds values")
def test_values_are_spelled_as_wger_spells_them(reference, dump, tmp_path):
    def raw(held):
        found = {}
        for label in {one["model"] for one in dump}:
            meta = BY_LABEL[label]._meta
            columns = ", ".join(f'"{one.column_name}", typeof("{one.column_name}")' for one in meta.sorted_fields)
            order = meta.primary_key.column_name
            found[label] = held.execute_sql(f'SELECT {columns} FROM "{meta.table_name}" ORDER BY "{order}"').fetchall()
        return found

    expected = raw(reference)
    (tmp_path / "ours").mkdir()
    with empty_database(tmp_path / "ours") as held:
        migrate(MODELS)
        import_dump(io.BytesIO(json.dumps(dump).encode()), MODELS)
        assert raw(held) == expected


def test_order_does_not_matter(load, dump):
    load(dump)
    expected = everything()
    for number in range(2):
        shuffled = list(dump)
        random.Random(number).shuffle(shuffled)
        load(shuffled)
        assert everything() == expected


@needs_reference
def test_a_dump_can_be_loaded_over_wgers_own_database(reference, dump):
    before = everything()
    import_dump(io.BytesIO(json.dumps(dump).encode()), MODELS)
    after = everything()
    changed = {label for label in before if before[label] != after[label]}
    assert changed == {"core.usercache"}  # which wger had not made


def test_a_path_will_do(fresh, tmp_path):
    path = tmp_path / "dump.json"
    path.write_text(json.dumps([language()]))
    assert import_dump(path, MODELS).loaded == {"core.language": 1}
    assert import_dump(str(path), MODELS).loaded == {"core.language": 1}


# -- rows ----------------------------------------------------------------------------------


def test_what_is_not_known_is_counted(load):
    report = load(
        [
            language(),
            row("actstream.action", 1, verb="created"),
            row("actstream.action", 2, verb="created"),
            row("core.Language", 3, short_name="bg", full_name="B", full_name_en="B", flag="x", anthem=None),
        ]
    )
    assert report.loaded == {"core.language": 2}
    assert report.unknown == {"actstream.action": 2}
    assert report.ignored == {"core.language.flag": 1, "core.language.anthem": 1}


def test_reports_add_up():
    one = ImportReport({"a.b": 1}, {"c.d": 2}, {})
    assert one + ImportReport({"a.b": 2}, {}, {"e.f.g": 1}) == ImportReport({"a.b": 3}, {"c.d": 2}, {"e.f.g": 1})


def test_a_row_with_the_same_key_is_replaced(load):
    load([*CATALOGUE, user(), weight(3)])
    changed = weight(3, date="2024-05-05T00:00:00Z")
    load([*CATALOGUE[:3], exercise(license_author="ada"), user(first_name="Ada"), changed])
    assert Exercise.get().license_author == "ada"
    assert User.get().first_name == "Ada"
    assert Measurement.get().date.month == 5
    assert BY_LABEL["exercises.translation"].select().count() == 1


def test_what_a_replacement_does_not_say_takes_its_default(load):
    load([*CATALOGUE[:3], exercise(license_author="ada")])
    load([exercise()])
    assert Exercise.get().license_author == ""


def test_links_are_replaced(load):
    muscles = [row("exercises.muscle", number, name=f"M{number}") for number in (1, 2, 3)]
    load([*CATALOGUE[:3], exercise(muscles=[1, 2, 2], equipment=[]), *muscles])
    found = links_of(Exercise)["muscles"].through
    assert {one.muscle_id for one in found.select()} == {1, 2}
    load([exercise(muscles=[3])])
    assert [one.muscle_id for one in found.select()] == [3]
    load([exercise()])  # says nothing about its muscles
    assert [one.muscle_id for one in found.select()] == [3]


def test_stored_moments_are_kept(load):
    load([*CATALOGUE[:3], exercise(created="2020-01-01T00:00:00Z", last_update="2021-01-01T01:00:00+01:00")])
    found = Exercise.get()
    assert (found.created.isoformat(), found.last_update.isoformat()) == (
        "2020-01-01T00:00:00+00:00",
        "2021-01-01T00:00:00+00:00",
    )


def test_the_next_row_gets_a_key_of_its_own(load):
    load([*CATALOGUE, user(41), row("core.userprofile", 77, user=41)])
    assert BY_LABEL["core.usercache"].get().id == 1 and Profile.get().id == 77
    Profile.delete().execute()
    assert Profile.create(user=41).id == 78
    assert BY_LABEL["core.language"].create(short_name="xx", full_name="X", full_name_en="X").id > 2


def test_a_row_without_a_key_gets_one(load):
    load([language(), row("core.language", None, short_name="xx", full_name="X", full_name_en="X")])
    assert {one.short_name for one in BY_LABEL["core.language"].select()} == {"en", "xx"}


def test_rows_may_be_in_one_anothers_way_for_a_while(load):
    load([user(1, "ada"), user(2, "grace"), language()])
    load([user(1, "grace"), user(2, "linus")])
    assert {one.id: one.username for one in User.select()} == {1: "grace", 2: "linus"}


# -- users ---------------------------------------------------------------------------------


def test_users_without_a_profile_get_one(load):
    load([language(), user(1), user(2, "grace"), row("core.userprofile", 9, user=1, age=30)])
    assert {one.user_id: one.age for one in Profile.select()} == {1: 30, 2: None}
    assert {one.user_id for one in BY_LABEL["core.usercache"].select()} == {1, 2}


def test_a_profile_speaks_a_language_that_is_there(load):
    load([user(1)])
    assert Profile.select().count() == 0
    load([language(7, "pt"), language(8, "el")])
    assert Profile.get().notification_language_id == 7


def test_the_profile_and_the_token_of_a_user_are_replaced(load):
    load([language(), user(1), row("authtoken.token", "a" * 40, user=1)])
    assert Profile.get().id == 1
    load([user(1), row("core.userprofile", 5, user=1), row("authtoken.token", "b" * 40, user=1)])
    assert [one.id for one in Profile.select()] == [5]
    assert [one.key for one in BY_LABEL["authtoken.token"].select()] == ["b" * 40]


def test_second_factors_come_with_their_users(load):
    secret = {"secret": "X7VW2SZU6JBCPH5SI3GYKWBCBUTOSHWQ"}
    report = load([
        row("mfa.authenticator", 7, user=1, type="totp", data=secret, created_at="2026-10-01T08:00:00Z"),
        row("mfa.authenticator", 8, user=1, type="recovery_codes", data={"seed": "ab", "used_mask": 1}),
        language(), user(1), user(2, "grace"),
    ])  # fmt: skip
    assert report.loaded["mfa.authenticator"] == 2 and not report.unknown
    assert authenticators.needed(1) == ["recovery_codes", "totp"] and authenticators.needed(2) == []
    assert authenticators.find(1, "totp").data == secret
    with transaction():
        cascade.delete(User, [1])
    assert not authenticators.of(1)


def test_no_secret_is_told_of_a_row_that_is_refused(load, caplog):
    for wrong in ({"user": 99}, {"user": 1, "created_at": "x"}, {"user": 1, "data": None}, {"user": None}):
        with pytest.raises(ImportFailure) as told:
            load(
                [
                    language(),
                    user(1),
                    row("mfa.authenticator", 7, **{"type": "totp", "data": {"secret": "KEPT"}, **wrong}),
                ]
            )
        assert "KEPT" not in str(told.value) + caplog.text


# -- natural keys --------------------------------------------------------------------------

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
        row("auth.user", None, username="ada", password="!", groups=[["editors"]],
            user_permissions=[["add_exercise", "exercises", "exercise"]]),
        row("core.userprofile", 4, user=["ada"]),
        weight(3, ["ada"]),
    ]  # fmt: skip
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
    load([language(), user(user_permissions=[90, 91]), PERMISSION, CONTENT_TYPE,
          row("auth.permission", 91, name="Can delete", content_type=30, codename="delete_exercise")])  # fmt: skip
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
        row("auth.group", 3, name="editors", permissions=[
            ["add_exercise", "exercises", "exercise"], ["delete_exercise", "exercises", "exercise"],
        ]),
        user(1, groups=[["editors"]], user_permissions=[["add_meal", "nutrition", "meal"]]),
        user(2, "grace", user_permissions=[
            ["add_meal", "nutrition", "meal"], ["add_exercise", "exercises", "exercise"],
        ]),
        row("core.userprofile", 4, user=["ada"]),
        weight(3, ["grace"]),
    ]  # fmt: skip
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


# -- spellings -----------------------------------------------------------------------------


def test_references_may_be_named_as_their_columns(load):
    moved = [exercise("5"), translation("7")]
    for one in moved:
        names = one["fields"]
        one["fields"] = {f"{name}_id" if name in ("category", "license", "exercise", "language") else name: value
                         for name, value in names.items()}  # fmt: skip
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


# -- wger 2.5 ------------------------------------------------------------------------------

RENUMBERED = (
    "nutrition.nutritionplan", "nutrition.meal", "nutrition.mealitem", "nutrition.logitem", "manager.workoutsession",
    "manager.workoutlog", "measurements.category", "measurements.measurement",
)  # fmt: skip


def as_of_2_5(rows):
    """Return the dump as wger 2.5 would have written it, but for its sessions."""
    rows = list(_with_weights(rows))
    numbers = {}
    for label in RENUMBERED:
        for number, one in enumerate((one for one in rows if one["model"] == label), 1):
            numbers[one["pk"]] = number
    made = []
    for one in rows:
        fields = {name: numbers.get(str(value), value) for name, value in one["fields"].items()}
        if "license_author" in fields:
            fields["license_author"] = fields["license_author"] or None
        if one["model"] == "core.userprofile":
            fields.update(ro_access=False, show_comments=True, show_english_ingredients=True)
        made.append({"model": one["model"], "pk": numbers.get(one["pk"], one["pk"]), "fields": fields})
    return made


def _with_weights(rows):
    """Yield the rows of a dump, body weights in the table that they had, categories and measurements as they were."""
    owners = {one["pk"]: one["fields"]["user"] for one in rows if one["fields"].get("is_official")}
    for number, one in enumerate(rows, 1):
        fields = one["fields"]
        if one["model"] == "measurements.category" and one["pk"] not in owners:
            yield {**one, "fields": {name: fields[name] for name in ("user", "name", "unit")}}
        elif one["model"] == "measurements.measurement" and fields["category"] in owners:
            user = owners[fields["category"]]
            yield row("weight.weightentry", number, user=user, date=fields["date"], weight=fields["value"])
        elif one["model"] == "measurements.measurement":
            yield {**one, "fields": {name: fields[name] for name in ("category", "date", "value", "notes")}}
        elif one["pk"] not in owners:
            yield one


def test_dumps_of_2_5_are_understood(load, dump):
    def counts():
        return {label: BY_LABEL[label].select().count() for label in report.loaded if label in BY_LABEL}

    old = as_of_2_5(dump)
    report = load(old)
    users = sum(one["model"] == "auth.user" for one in dump)
    gone = ("ro_access", "show_comments", "show_english_ingredients")
    assert report.ignored == {f"core.userprofile.{name}": users for name in gone}
    counted = counts()
    weights, accounts = report.loaded["weight.weightentry"], report.loaded["core.userprofile"]
    became = Counter({"measurements.measurement": weights, "measurements.category": accounts})
    assert Counter(counted) == Counter(report.loaded) + became - Counter({"weight.weightentry": weights})
    for model in TABLES:
        assert list(dangling(model)) == []
    Item, Ingredient = BY_LABEL["nutrition.mealitem"], BY_LABEL["nutrition.ingredient"]
    given = next(one for one in old if one["model"] == "nutrition.mealitem")
    item = Item.get_by_id(uuid_of("nutrition.mealitem", given["pk"]))
    assert item.meal_id == uuid_of("nutrition.meal", given["fields"]["meal"])
    assert Ingredient.select().where(Ingredient.license_author == "").exists()
    weights = Measurement.select().join(Category).where(Category.is_official)
    assert weights.count() == report.loaded["weight.weightentry"]

    again = load(old)
    assert again.loaded == report.loaded
    assert counts() == counted


def test_logs_of_2_5_keep_their_order(load, dump):
    Log = BY_LABEL["manager.workoutlog"]
    load(as_of_2_5(dump))
    inserted = [one["fields"]["date"] for one in dump if one["model"] == "manager.workoutlog"]
    assert [one.date.strftime("%Y-%m-%dT%H:%M:%SZ") for one in Log.select().order_by(Log.id)] == inserted


def test_a_missing_row_of_2_5_is_named_by_its_number(load):
    with pytest.raises(ImportFailure, match=r"nutrition.mealitem 4: there is no nutrition.meal 9"):
        load([*CATALOGUE, ingredient(1), row("nutrition.mealitem", 4, meal=9, ingredient=1, amount="1.00", order=1)])


# -- what is refused -----------------------------------------------------------------------

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
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# -- measurements ----------------------------------------------------------------------------
OFFICIAL = "9e8da1e0-a27d-45e5-8736-9fd5b963a82d"
Category = BY_LABEL["measurements.category"]


def official(pk=OFFICIAL, owner=1, **fields):
    given = {"name": "Body weight", "unit": "kg", "metric_type": "body_weight", "is_official": True, **fields}
    return row("measurements.category", pk, user=owner, **given)


def entry(pk, category=OFFICIAL, value="80.00", **fields):
    return row("measurements.measurement", pk, category=category, date="2024-05-01T00:00:00Z", value=value, **fields)


def test_whoever_comes_has_an_official_category(load):
    load([language(), user(), user(2, "grace"), row("core.userprofile", 5, user=2, weight_unit="lb")])
    found = {one.user_id: (one.name, one.unit, one.is_official) for one in Category.select()}
    assert found == {1: ("Body weight", "kg", True), 2: ("Body weight", "lb", True)}


def test_weights_of_earlier_releases_become_measurements(load):
    key = "018f3a52-2701-7f0a-9d3b-0a51c7f4e901"
    profile = row("core.userprofile", 5, user=1, weight_unit="lb")
    report = load([language(), user(), profile, weight(3, uuid=key), weight(4), weight(5, date="2024-06-01T00:00:00Z")])
    assert report.loaded["weight.weightentry"] == 3 and not report.unknown
    assert "weight_weightentry" not in database.obj.get_tables()
    made = Measurement.get_by_id(UUID(key))
    assert (made.value, made.extra_data, made.source, made.notes) == (Decimal("80.50"), {"unit": "lb"}, "user", "")
    assert Measurement.select().count() == 3


def test_the_official_category_of_a_dump_takes_the_place_of_that_of_an_account(load):
    load([language(), user(), weight(3)])
    (before,) = Category.select()
    key, other = str(UUID(int=7)), str(UUID(int=8))
    Measurement.create(category=before, value=70, source="google", external_id=UUID(key))
    load([user(), official(), entry(other, source="google", external_id=key)])
    (after,) = Category.select()
    assert str(after.id) == OFFICIAL != str(before.id)
    assert {str(one.category_id) for one in Measurement.select()} == {OFFICIAL}
    assert sorted(one.value for one in Measurement.select()) == [Decimal("80.00"), Decimal("80.50")]


# -- names -----------------------------------------------------------------------------------


def test_names_of_users_are_normalised_and_nobody_is_refused(load, caplog):
    odd = "jose\u0301"
    load([
        language(), user(1, odd), user(2, "admin"), user(3, "a\nb"), user(4, "\uff47race"), user(5, "grace"),
        user(6, "linus@example.org"), user(7, "linus", email="linus@example.org"), weight(3, [odd]),
    ])  # fmt: skip
    names = {one.id: one.username for one in User.select()}
    assert names == {
        1: "jos\u00e9", 2: "admin", 3: "a\nb", 4: "\uff47race", 5: "grace", 6: "linus@example.org", 7: "linus",
    }  # fmt: skip
    assert Measurement.get().category.user_id == 1 and "'\\uff47race' (id 4)" in caplog.text
    load([weight(4, [odd], date="2024-05-06T12:00:00Z")])
    assert Measurement.select().count() == 2
