"""The arithmetic of bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.web.charts.bars import Amount, bar_plot, number

VALUES = st.lists(st.floats(0, 1e7, allow_nan=False), min_size=1, max_size=60)


@given(VALUES, st.one_of(st.none(), st.floats(1, 1e7)))
def test_bars_stay_inside_and_are_as_high_as_their_values(values, aim):
    plot = bar_plot([Amount(f"{i} Jan", value) for i, value in enumerate(values)], 600, 240, "kg", aim)
    assert len(plot.bars) == len(values)
    most = max(*values, aim or 0, 0)
    for bar, value in zip(plot.bars, values, strict=True):
        assert plot.left <= bar.x and bar.x + bar.width <= 600
        assert 28 <= bar.y <= plot.bottom and bar.y + bar.height == pytest.approx(plot.bottom, abs=0.2)
        assert value or bar.height == 0
        assert not most or bar.height <= value / most * (plot.bottom - 28) + 0.2
    for one, two in zip(plot.bars, plot.bars[1:], strict=False):
        assert one.x + one.width < two.x
    if aim:
        assert 28 <= plot.aim <= plot.bottom


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=2, max_size=60))
def test_bars_below_zero_hang_from_the_line_of_zero(values):
    plot = bar_plot([Amount(str(i), value) for i, value in enumerate(values)], 600, 240)
    (zero,) = {mark.at for mark in plot.up if mark.text == "0"}
    for bar, value in zip(plot.bars, values, strict=True):
        assert 28 <= bar.y and bar.y + bar.height <= plot.bottom + 0.2
        edge = bar.y + bar.height if value >= 0 else bar.y
        assert edge == pytest.approx(zero, abs=0.2)


@given(VALUES)
def test_marks_do_not_touch(values):
    plot = bar_plot([Amount("12 Nov", value) for value in values], 330, 230)
    for one, two in zip(plot.across, plot.across[1:], strict=False):
        assert two.at - one.at >= 6 * 7
    assert plot.across[-1].at == pytest.approx(plot.bars[-1].x + plot.bars[-1].width / 2, abs=0.1), "the last is named"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2.5, "2.5"), (7, "7"), (999.6, "1,000"), (16095.4, "16,095"), (1234567, "1,234,567")]
)
def test_numbers_are_written_for_people(value, text):
    assert number(value) == text
