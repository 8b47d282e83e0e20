from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.body import body_mass_index, body_weight, centimetres, is_length, waist_to_height

WEIGHTS = st.decimals(20, 350, places=2)
HEIGHTS = st.integers(50, 250)


@pytest.mark.parametrize(
    ("weight", "unit", "height", "index"),
    [
        ("170.5", "lb", 172, "26.14"),
        ("180", "lb", 172, "27.60"),
        ("90", "kg", 172, "30.42"),
        ("90", "kg", 160, "35.16"),
        ("90", "kg", 175, "29.39"),
        ("70", "kg", 175, "22.86"),
        ("71", "kg", 175, "23.18"),
    ],
)
def test_recorded_indices(weight, unit, height, index):
    assert body_mass_index(body_weight(Decimal(weight), unit), height) == Decimal(index)


@pytest.mark.parametrize(
    ("waist", "unit", "height", "ratio"),
    [
        ("34.5", "in", 175, "0.50"),
        ("905", "mm", 175, "0.52"),
        ("0.91", "m", 175, "0.52"),
        ("35", "Inches.", 180, "0.49"),
        ("905", "mm", 180, "0.50"),
        ("90", "mm", 180, "0.05"),
        ("0.95", "m", 180, "0.53"),
    ],
)
def test_recorded_ratios(waist, unit, height, ratio):
    assert waist_to_height(centimetres(Decimal(waist), unit), height) == Decimal(ratio)


def test_units_of_length():
    for spelled in ("cm", " Centimeters ", "CENTIMETRE", "mm.", "m", "metres", "in..", '"', "″", "Inch"):
        assert is_length(spelled), spelled
    for other in ("", "kg", "min", "bananas", "c m", "inn", "%"):
        assert not is_length(other), other
        assert centimetres(Decimal(1), other) is None


def test_without_a_height_nothing_follows():
    for height in (None, 0, -1):
        assert body_mass_index(Decimal(80), height) is None
        assert waist_to_height(Decimal(80), height) is None


def test_a_weight_is_rounded_before_it_is_divided():
    assert body_mass_index(Decimal("80.0050"), 100) == Decimal("80.00")
    assert body_mass_index(Decimal("80.0051"), 100) == Decimal("80.01")


def test_units_that_are_none_of_a_body_weight_count_as_kilograms():
    assert body_weight(Decimal("80.00"), "stones") == body_weight(Decimal("80.00"), "kg") == Decimal("80.00")


@given(WEIGHTS, WEIGHTS, HEIGHTS)
def test_who_weighs_more_has_no_smaller_index(one, other, height):
    indices = [body_mass_index(weight, height) for weight in sorted((one, other))]
    assert indices == sorted(indices)


@given(WEIGHTS, HEIGHTS)
def test_the_index_is_mass_over_squared_height(weight, height):
    assert abs(body_mass_index(weight, height) - weight * 10000 / height**2) <= Decimal("0.01")


@given(st.decimals(1, 500, places=2))
def test_a_length_is_the_same_in_every_unit(value):
    assert centimetres(value, "cm") == value
    assert centimetres(value, "m") == 100 * value == 1000 * centimetres(value, "mm")
    assert waist_to_height(centimetres(value, "in"), 254) == waist_to_height(value, 100)
