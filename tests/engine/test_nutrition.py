from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.nutrition import Nutrients, energy_shares, nutrients_of
from wger_flask.engine.units import kilojoules


def nutrients(energy, protein, carbohydrates, sugar, fat, saturated, fiber, sodium):
    rest = (protein, carbohydrates, sugar, fat, saturated, fiber, sodium)
    return Nutrients(energy, *(None if value is None else Decimal(str(value)) for value in rest))


OATS = nutrients(370, "13.500", "58.700", "0.700", "7.000", "1.300", "10.000", "0.002")
MILK = nutrients(64, "3.300", "4.800", None, "3.500", None, None, None)


def test_the_worked_examples():
    assert nutrients_of(OATS, Decimal("150.00")).as_json() == {
        "energy": 555.0,
        "protein": 20.25,
        "carbohydrates": 88.05,
        "carbohydrates_sugar": 1.05,
        "fat": 10.5,
        "fat_saturated": 1.95,
        "fiber": 15.0,
        "sodium": 0.003,
    }
    assert list(nutrients_of(MILK, Decimal(2), 200).as_json().values()) == [
        256.0,
        13.2,
        19.2,
        None,
        14.0,
        None,
        None,
        None,
    ]


def test_zero_counts_as_unknown_only_where_values_are_optional():
    water = nutrients(0, "0.000", "0.000", "0.000", "0.000", "0.000", "0.000", "0.001")
    assert list(nutrients_of(water, Decimal(100)).as_json().values()) == [0.0, 0.0, 0.0, None, 0.0, None, None, 0.001]


def test_nothing_eaten_is_zero_and_unknown():
    assert list(Nutrients.total([]).as_json().values()) == [0.0, 0.0, 0.0, None, 0.0, None, None, None]


def test_a_sum_knows_what_one_part_knows():
    total = Nutrients.total([nutrients_of(MILK, Decimal(100)), nutrients_of(OATS, Decimal(100))])
    assert total.carbohydrates_sugar == Decimal("0.7") and total.energy == 434
    with pytest.raises(TypeError):
        total + 1


def test_units_and_energy():
    assert kilojoules(Decimal(100)) == Decimal("418.400")
    assert OATS.energy_kilojoule == Decimal("1548.080")
    assert energy_shares(OATS) == {
        "protein": Decimal("14.59"),
        "carbohydrates": Decimal("63.46"),
        "fat": Decimal("17.03"),
    }
    assert energy_shares(Nutrients()) == {"protein": None, "carbohydrates": None, "fat": None}


grams = st.decimals(0, 100, places=3)
optional = st.none() | grams
foods = st.builds(Nutrients, st.integers(0, 900), grams, grams, optional, grams, optional, optional, optional)
amounts = st.decimals(1, 1000, places=2)


@given(foods, amounts, amounts)
def test_eating_twice_adds_up(food, one, other):
    assert nutrients_of(food, one) + nutrients_of(food, other) == nutrients_of(food, one + other)


@given(st.lists(foods, max_size=6), st.randoms())
def test_the_order_of_a_meal_does_not_matter(parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert Nutrients.total(parts) == Nutrients.total(shuffled)
