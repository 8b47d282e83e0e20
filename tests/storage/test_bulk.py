"""Many rows are written at once, and the ones that cannot be are told."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL
from wger_flask.storage.bulk import Upsert, insert
from wger_flask.storage.database import transaction
from wger_flask.storage.links import links_of

Unit, Language = BY_LABEL["core.weightunit"], BY_LABEL["core.language"]
NAMES = ("id", "short_name", "full_name", "full_name_en")


def languages():
    return {(one.id, one.short_name) for one in Language.select()}


def test_rows_are_written_and_replaced(held):
    upsert = Upsert(Unit, ("id", "name"))
    with transaction():
        assert upsert.write([(1, "kg"), (2, "lb"), (3, "stone")]) == []
        assert upsert.write([(2, "pound"), (4, "plate")]) == []
    assert {one.id: one.name for one in Unit.select()} == {1: "kg", 2: "pound", 3: "stone", 4: "plate"}


def test_the_order_of_names_is_free(held):
    with transaction():
        Upsert(Unit, ("name", "id")).write([("kg", 9)])
    assert Unit.get_by_id(9).name == "kg"


@pytest.mark.parametrize(
    "refused",
    [
        [(3, "en", "E", "E")],  # a code that is taken
        [(3, None, "E", "E")],
        [(1 << 70, "xx", "E", "E")],
        [(3, "en", "E", "E"), (4, "de", "E", "E")],
    ],
)
def test_refused_rows_are_told_and_the_others_stay(held, refused):
    rows = [(1, "en", "E", "E"), (2, "de", "E", "E"), *refused, *((n, f"{n}", "E", "E") for n in range(10, 40))]
    with transaction():
        found = Upsert(Language, NAMES).write(rows)
    assert [row for row, _ in found] == refused
    assert all(str(objection) for _, objection in found)
    assert languages() == {(row[0], row[1]) for row in rows if row not in refused}


def test_a_refusal_spoils_nothing_before_it(held):
    with transaction():
        Language.create(id=1, short_name="en", full_name="E", full_name_en="E")
        assert len(Upsert(Language, NAMES).write([(2, "en", "E", "E")])) == 1
        Language.create(id=3, short_name="fr", full_name="F", full_name_en="F")
    assert languages() == {(1, "en"), (3, "fr")}


def test_keys_are_generated_where_none_is_named(held):
    link = links_of(BY_LABEL["auth.user"])["groups"]
    user = BY_LABEL["auth.user"].create(username="ada", password="!")
    groups = [BY_LABEL["auth.group"].create(name=name) for name in "ab"]
    with transaction():
        upsert = Upsert(link.through, (link.source.name, link.target.name))
        assert upsert.write([(user.id, one.id) for one in groups]) == []
    assert len({one.id for one in link.through.select()}) == 2
    assert Unit.get_by_id(insert(Unit, ("name",), ("kg",))).name == "kg"


def test_generated_keys_follow_the_given_ones(held):
    with transaction():
        Upsert(Unit, ("id", "name")).write([(41, "kg")])
        held.dialect.reset_sequences(held, [Unit])
    assert Unit.create(name="lb").id == 42
