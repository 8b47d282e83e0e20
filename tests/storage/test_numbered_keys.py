"""Keys of wger 2.5 become UUIDs that sort as they did and can be told apart."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.storage.numbered_keys import number_of, uuid_of

NUMBERS = st.integers(0, (1 << 48) - 1)


@given(NUMBERS)
def test_a_number_comes_back(number):
    made = uuid_of("nutrition.meal", number)
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert number_of("nutrition.meal", made) == number
    assert number_of("nutrition.mealitem", made) is None
    assert uuid_of("nutrition.mealitem", number) != made


@given(NUMBERS, NUMBERS)
def test_order_is_kept(one, other):
    assert (uuid_of("manager.workoutlog", one) < uuid_of("manager.workoutlog", other)) == (one < other)


@given(st.uuids())
def test_other_uuids_have_no_number(some):
    assert number_of("nutrition.meal", some) is None


@pytest.mark.parametrize("number", [-1, 1 << 48])
def test_what_is_no_key_is_refused(number):
    with pytest.raises(ValueError, match="no key"):
        uuid_of("nutrition.meal", number)


def test_keys_that_are_no_uuids_have_no_number():
    assert number_of("nutrition.meal", 5) is None
