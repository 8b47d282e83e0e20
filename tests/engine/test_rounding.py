from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.errors import TooManyDigits
from wger_flask.engine.rounding import exact, integer, plain, quantised, round_to, shown

BASES = [
    ("61.25", "2.5", "60"),
    ("63.75", "2.5", "65"),
    ("5", "2", "4"),
    ("7", "2", "8"),
    ("9", "2", "8"),
    ("1.25", "2.5", "0"),
    ("61.25", "-1", "61"),
    ("62.25", "2.5", "62.5"),
    ("61.25", "0", "61.25"),
    ("3.75", "2.50", "5"),
    ("8.9", "2", "8"),
    ("62.4", "0.25", "62.5"),
    ("7.3", "99.99", "0"),
]


@pytest.mark.parametrize(("value", "base", "expected"), BASES)
def test_ties_go_to_the_even_multiple(value, base, expected):
    assert round_to(Decimal(value), Decimal(base)) == Decimal(expected)


def test_without_a_base_nothing_is_rounded():
    assert round_to(Decimal("61.255"), None) == Decimal("61.255")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("60.00", "60"),
        ("0.00", "0"),
        ("-5.00", "-5"),
        ("62.5", "62.50"),
        ("51.25", "51.25"),
        ("51.2500", "51.25"),
        ("9999.99", "9999.99"),
        ("0.005", "0"),
        ("0.015", "0.02"),
        ("-0.001", "0"),
        ("2.995", "3"),
    ],
)
def test_whole_numbers_are_shown_without_a_point(value, text):
    assert str(shown(Decimal(value), "weight")) == text


@pytest.mark.parametrize("value", ["10000", "9999.995", "-10000", "1e40"])
def test_more_than_six_digits_are_refused(value):
    with pytest.raises(TooManyDigits) as caught:
        shown(Decimal(value), "weight")
    assert caught.value.field == "weight"


@pytest.mark.parametrize(("value", "fits"), [("9.5", True), ("-9.5", True), ("9.96", False), ("-10", False)])
def test_rir_has_two_digits(value, fits):
    if fits:
        assert shown(Decimal(value), "rir", 1, 2) == Decimal(value)
    else:
        with pytest.raises(TooManyDigits):
            shown(Decimal(value), "rir", 1, 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("51.2500"), "51.2500"), (75.0, "75.0"), (4.5, "4.5"), (3, "3"), (Decimal("1E+2"), "100")],
)
def test_plain_numbers_keep_what_they_carry(value, text):
    assert plain(value) == text


def test_integers_are_cut_towards_zero():
    assert [integer(value, "sets") for value in (4.5, -1.5, Decimal("6.75"), 3)] == [4, -1, 6, 3]
    with pytest.raises(TooManyDigits):
        integer(1e20, "sets")


def test_floats_are_read_as_they_were_entered():
    assert exact(49.99, 2) == Decimal("49.99")
    assert str(exact(50, 2)) == "50.00"


@given(
    st.decimals(-5000, 5000, places=4),
    st.decimals("-99.99", "99.99", places=2).filter(bool),
)
def test_rounding_finds_a_nearest_multiple(value, base):
    rounded = round_to(value, base)
    assert rounded % base == 0
    assert abs(rounded - value) * 2 <= abs(base)
    assert round_to(rounded, base) == rounded


@given(st.decimals(-9999, 9999, places=5))
def test_shown_is_the_quantised_number(value):
    assert shown(value, "weight") == quantised(value, "weight")
    assert "E" not in str(shown(value, "weight"))
