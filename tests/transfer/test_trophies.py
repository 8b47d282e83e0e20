"""Trophies of imported databases: those of the dump, or those that ship."""

from __future__ import annotations

import pytest

from tests.reference import BY_LABEL, MODELS, needs_reference
from wger_flask.transfer.starter import load_starter_data
from wger_flask.transfer.trophies import LABEL, add_missing_trophies

from .rows import row, user, weight

Trophy, UserTrophy = BY_LABEL["trophies.trophy"], BY_LABEL["trophies.usertrophy"]
BEGINNER = "9f1c7c7e-3b2a-4b6f-9b5f-1c3e2d4f5a60"
RULES = tuple(
    (
        "id uuid name trophy_type checker_class checker_params is_hidden is_progressive is_active is_repeatable order"
    ).split()
)


def trophy(pk=1, uuid=BEGINNER, **fields) -> dict:
    given = {"uuid": uuid, "name": "Mine", "description": "Of my own", "checker_class": "volume", **fields}
    return row("trophies.trophy", pk, checker_params={"kg": 1}, **given)


def listed(*names):
    return list(Trophy.select(*(getattr(Trophy, name) for name in names)).order_by(Trophy.id).tuples())


def test_a_dump_without_trophies_gets_them(load):
    load([user()])
    assert listed("id") == [(number,) for number in range(1, 22)]
    assert Trophy.create(name="One more", checker_class="volume").id == 22


@needs_reference
def test_they_are_what_a_wger_makes_for_itself(reference):
    wanted = listed(*RULES, "description")
    Trophy.delete().execute()

    assert add_missing_trophies({LABEL: Trophy}) == 21
    assert listed(*RULES, "description") == wanted


@needs_reference
def test_what_ships_differs_in_words_only(reference):
    wanted = listed(*RULES)
    load_starter_data(MODELS)
    assert listed(*RULES) == wanted


def test_a_dump_of_no_people_brings_no_trophies(load):
    load([row("core.repetitionunit", 1, name="Repetitions")])
    assert not Trophy.select().exists()


def test_trophies_in_the_dump_are_the_only_ones(load):
    load([user(), trophy()])
    assert listed("id", "name") == [(1, "Mine")]


def test_trophies_that_are_there_stay(load):
    load_starter_data(MODELS)
    before = listed("id", "description")
    load([user(), weight()])
    assert listed("id", "description") == before


@pytest.mark.parametrize("pk", [1, 99])
def test_trophies_in_a_dump_take_the_place_of_those_that_ship(load, pk):
    load_starter_data(MODELS)
    load([user(), trophy(pk), row("trophies.usertrophy", 1, user=1, trophy=pk)])
    assert listed("id", "name") == [(pk, "Mine")]
    assert UserTrophy.get().trophy_id == pk
