from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.units import kilograms, pounds


def test_pounds_are_converted_and_nothing_else_is():
    assert kilograms(Decimal("999.00"), 2) == Decimal("453.1388")
    assert [kilograms(Decimal("100.00"), unit) for unit in (1, 3, 4, None)] == [Decimal("100.00")] * 4


@given(st.decimals(0, 3000, places=2))
def test_there_and_back(weight):
    assert abs(kilograms(pounds(weight), 2) - weight) <= Decimal("0.0001")
