"""What has an order is moved by one place, whatever places its rows had."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.domain.routines.models import Slot
from wger_flask.domain.routines.moving import places
from wger_flask.domain.routines.schemas import LARGEST


def days(grace, routine: dict) -> list[tuple[str, int]]:
    """Return the days of a routine by name and place, as its document shows them."""
    return [(day["name"], day["order"]) for day in grace.get(f"routine/{routine['id']}/structure/")["days"]]


def test_days_change_places(grace, api):
    routine, other = grace.routine(), grace.routine()
    made = [grace.day(routine, name=name, order=order) for name, order in (("A", 1), ("B", 4), ("C", 9))]
    grace.day(other, name="X", order=2)
    answer = api("grace").post(f"day/{made[2]['id']}/move/", {"direction": "earlier"})
    assert answer.status_code == 200 and (answer.json["name"], answer.json["order"]) == ("C", 4)
    assert days(grace, routine) == [("A", 1), ("C", 4), ("B", 9)], "gaps stay"
    api("grace").post(f"day/{made[0]['id']}/move/", {"direction": "later"})
    assert days(grace, routine) == [("C", 1), ("A", 4), ("B", 9)]
    for key, direction in ((2, "earlier"), (1, "later")):
        assert api("grace").post(f"day/{made[key]['id']}/move/", {"direction": direction}).status_code == 200
    assert days(grace, routine) == [("C", 1), ("A", 4), ("B", 9)], "at its end a day stays"
    assert days(grace, other) == [("X", 2)]


def test_rows_of_one_place_are_parted(grace, api):
    day = grace.day(grace.routine())
    slots = [grace.slot(day, order=order)["id"] for order in (3, 1, 1, 1, 2)]
    assert api("grace").post(f"slot/{slots[3]}/move/", {"direction": "earlier"}).json["order"] == 2
    found = [row.id for row in Slot.select().where(Slot.day == day["id"]).order_by(Slot.order, Slot.id)]
    assert found == [slots[1], slots[3], slots[2], slots[4], slots[0]]
    assert len({row.order for row in Slot.select().where(Slot.day == day["id"])}) == 5


def test_entries_of_a_superset_change_places(grace, api):
    slot = grace.slot(grace.day(grace.routine()))
    first, second = grace.entry(slot), grace.entry(slot)
    api("grace").post(f"slot-entry/{second['id']}/move/", {"direction": "earlier"})
    assert [grace.get(f"slot-entry/{row['id']}/")["order"] for row in (first, second)] == [2, 1]


@pytest.mark.parametrize("body", [{}, {"direction": "up"}, {"direction": None}, {"direction": ["later"]}])
def test_a_direction_is_one_of_two(grace, api, body):
    day = grace.day(grace.routine())
    answer = api("grace").post(f"day/{day['id']}/move/", body)
    assert answer.status_code == 400 and set(answer.json) == {"direction"}


def test_only_ones_own_is_moved(grace, api):
    routine = grace.routine(is_template=True, is_public=True)
    first, _ = grace.day(routine, name="A", order=1), grace.day(routine, name="B", order=2)
    assert api("linus").post(f"day/{first['id']}/move/", {"direction": "later"}).status_code == 404
    assert api().post(f"day/{first['id']}/move/", {"direction": "later"}).status_code in (401, 403)
    assert api("grace").get(f"day/{first['id']}/move/").status_code == 405
    assert days(grace, routine) == [("A", 1), ("B", 2)]


@given(st.lists(st.integers(0, LARGEST), max_size=6).map(sorted))
def test_places_grow_and_fit(present):
    found = places(present)
    assert len(found) == len(present) and found == sorted(set(found))
    assert all(0 <= place <= LARGEST for place in found)
    if len(set(present)) == len(present):
        assert found == present
