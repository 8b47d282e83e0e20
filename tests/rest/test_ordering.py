"""What a list may be ordered by, and what becomes of terms that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from wger_flask.domain.exercises.models import Exercise, Translation
from wger_flask.domain.weight.models import WeightEntry
from wger_flask.rest.filtering.ordering import Ordering, expand


def asked(ordering: Ordering, *values: str) -> tuple[str, ...]:
    return ordering.requested(MultiDict([("ordering", value) for value in values]))


@pytest.mark.parametrize(
    ("values", "terms"),
    [
        (["date"], ("date",)),
        (["-date"], ("-date",)),
        (["date,-weight"], ("date", "-weight")),
        ([" date , -weight "], ("date", "-weight")),
        (["nonsense,date"], ("date",)),
        (["date,date,-date"], ("date", "-date")),
        (["-weight", "date"], ("date",)),
        (["--date"], ()),
        (["- date"], ()),
        (["+date"], ()),
        (["pk"], ()),
        ([""], ()),
        ([",,,"], ()),
        (["Date"], ()),
        (["date;drop table"], ()),
        (["date\x00"], ()),
        ([], ()),
    ],
)
def test_terms(values, terms):
    assert asked(Ordering(WeightEntry, ("date",)), *values) == terms


def test_only_what_is_allowed():
    ordering = Ordering(WeightEntry, ("date",), ("weight",))
    assert asked(ordering, "date,-weight") == ("-weight",)
    assert ordering.describe() == ("weight",)


def test_every_column_unless_told_otherwise():
    assert set(Ordering(WeightEntry).describe()) == set(WeightEntry._meta.fields)


def test_a_reference_orders_by_what_it_names():
    assert expand(Exercise, "category") == ["category.name", "category.id"] or expand(Exercise, "category") == [
        "category.name"
    ]
    ordering = Ordering(Exercise)
    assert asked(ordering, "-category") == tuple(f"-{term}" for term in expand(Exercise, "category"))


def test_paths_are_written_with_two_underscores():
    ordering = Ordering(Translation, ("exercise__id",), ("exercise__id",))
    assert ordering.default == ("exercise.id",)
    assert asked(ordering, "-exercise__id") == ("-exercise.id",)


@pytest.mark.parametrize("name", ["nonsense", "user__nonsense", "weight__x", ""])
def test_what_does_not_exist_is_refused_at_once(name):
    with pytest.raises(ValueError, match="to order by"):
        Ordering(WeightEntry, (name,))
    with pytest.raises(ValueError, match="to order by"):
        Ordering(WeightEntry, (), (name,))


@given(
    st.lists(st.text(max_size=12) | st.sampled_from(["date", "-date", "weight", "id", "-id"]), max_size=8).map(",".join)
)
def test_any_text_gives_known_terms(text):
    ordering = Ordering(WeightEntry)
    terms = asked(ordering, text)
    assert {term.removeprefix("-").split(".")[0] for term in terms} <= set(WeightEntry._meta.fields)
    assert len(set(terms)) == len(terms)
