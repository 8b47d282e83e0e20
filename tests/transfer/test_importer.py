"""A dump is loaded whole, in whatever order it is, or not at all."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest

from tests.reference import BY_LABEL, MODELS, SERVER, empty_database, needs_reference
from wger_flask.auth.second_factors import authenticators
from wger_flask.storage import cascade
from wger_flask.storage.database import database, transaction
from wger_flask.storage.links import links_of
from wger_flask.storage.migrations import migrate
from wger_flask.storage.model import label_of
from wger_flask.transfer.importer import ImportFailure, ImportReport, import_dump

from .contents import everything
from .rows import CATALOGUE, exercise, language, row, user, weight

User = BY_LABEL["auth.user"]
Exercise = BY_LABEL["exercises.exercise"]
Profile = BY_LABEL["core.userprofile"]
Measurement = BY_LABEL["measurements.measurement"]


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
    one, other = ImportReport(Counter({"a.b": 1}), Counter({"c.d": 2})), ImportReport(Counter({"a.b": 2}))
    other.ignored["e.f.g"] += 1
    assert one + other == ImportReport(Counter({"a.b": 3}), Counter({"c.d": 2}), Counter({"e.f.g": 1}))


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
    report = load(
        [
            row("mfa.authenticator", 7, user=1, type="totp", data=secret, created_at="2026-10-01T08:00:00Z"),
            row("mfa.authenticator", 8, user=1, type="recovery_codes", data={"seed": "ab", "used_mask": 1}),
            language(),
            user(1),
            user(2, "grace"),
        ]
    )
    assert report.loaded["mfa.authenticator"] == 2 and not report.unknown
    assert authenticators.needed(1) == ["recovery_codes", "totp"] and authenticators.needed(2) == []
    assert authenticators.find(1, "totp").data == secret
    with transaction():
        cascade.delete(User, [1])
    assert not authenticators.of(1)


@pytest.mark.parametrize(
    "wrong",
    [{"user": 99}, {"user": 1, "created_at": "x"}, {"user": 1, "data": None}, {"user": None}],
    ids=["nobody's", "no moment", "no data", "without a user"],
)
def test_no_secret_is_told_of_a_row_that_is_refused(load, caplog, wrong):
    kept = row("mfa.authenticator", 7, **{"type": "totp", "data": {"secret": "KEPT"}, **wrong})
    with pytest.raises(ImportFailure) as told:
        load([language(), user(1), kept])
    assert "KEPT" not in str(told.value) + caplog.text


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
    load(
        [
            language(),
            user(1, odd),
            user(2, "admin"),
            user(3, "a\nb"),
            user(4, "\uff47race"),
            user(5, "grace"),
            user(6, "linus@example.org"),
            user(7, "linus", email="linus@example.org"),
            weight(3, [odd]),
        ]
    )
    names = {one.id: one.username for one in User.select()}
    assert names == {
        1: "jos\u00e9",
        2: "admin",
        3: "a\nb",
        4: "\uff47race",
        5: "grace",
        6: "linus@example.org",
        7: "linus",
    }
    assert Measurement.get().category.user_id == 1 and "'\\uff47race' (id 4)" in caplog.text
    load([weight(4, [odd], date="2024-05-06T12:00:00Z")])
    assert Measurement.select().count() == 2
