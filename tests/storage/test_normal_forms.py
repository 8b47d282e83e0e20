"""Names that are one text in two encodings are one name; those that were stored apart stay so."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tests.reference import BY_LABEL, MODELS, empty_database, without_copy
from wger_flask.storage.migrations import Migration, migrate
from wger_flask.storage.unicode_names import normalize, normalized, spellings

User = BY_LABEL["auth.user"]
COMPOSED, APART = "jos\u00e9", "jose\u0301"


def stored() -> dict[int, str]:
    return dict(User.select(User.id, User.username).tuples())


def test_stored_names_are_normalised(held):
    for name in ("anna", APART, "\uff47race", "zo\u00eb"):
        User.create(username=name, password="!")
    assert normalize() == 2
    assert stored() == {1: "anna", 2: COMPOSED, 3: "grace", 4: "zo\u00eb"}
    assert normalize() == 0


def test_names_that_would_collide_stay_and_are_logged(held, caplog):
    for name in (APART, "grace", "\uff47race", "\uff47rac\uff45", COMPOSED, "\uff4cinus"):
        User.create(username=name, password="!")
    before = stored()
    assert normalize() == 1
    assert stored() == before | {6: "linus"}
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    for name, key in ((APART, 1), ("grace", 2), ("\uff47race", 3), ("\uff47rac\uff45", 4), (COMPOSED, 5)):
        assert any(f"{name!a} (id {key})" in line for line in told)


def test_a_name_that_would_be_too_long_stays(held, caplog):
    name = "\ufdfa" * 20  # one letter that stands for eighteen
    User.create(username=name, password="!")
    assert normalize() == 0 and stored() == {1: name} and "too long" in caplog.text


def test_the_migration_runs_once_wherever_the_tables_are_from(tmp_path):
    with empty_database(tmp_path):
        migrate(MODELS)
        Migration.delete().where(Migration.name == "m0004_user_names").execute()  # as if another program had made them
        User.create(username=APART, password="!")
        assert without_copy(migrate(MODELS)) == ["applied m0004_user_names"]
        assert stored() == {1: COMPOSED} and migrate(MODELS) == []


def test_the_migration_needs_no_users(tmp_path):
    with empty_database(tmp_path):
        BY_LABEL["core.language"].create_table()
        assert "applied m0004_user_names" in migrate([BY_LABEL["core.language"]])


@given(st.text(max_size=20))
def test_spellings(name):
    assert spellings(name)[0] == name and spellings(name)[-1] == normalized(name)
    assert normalized(normalized(name)) == normalized(name) == unicodedata.normalize("NFKC", name)
