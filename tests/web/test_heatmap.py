"""The arithmetic of the calendar whose days are coloured by their values."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wger_flask.web.charts.heatmap import LEVELS, calendar

LAST = date(2026, 11, 27)  # a Friday
VALUES = st.dictionaries(st.integers(0, 400).map(lambda days: LAST - timedelta(days=days)), st.floats(-1e6, 1e6))


@given(VALUES, st.integers(1, 60))
def test_every_day_has_a_square_of_its_own_inside(values, weeks):
    drawn = calendar(values, LAST, 1100, weeks, "kg")
    assert len(drawn.squares) == 7 * (weeks - 1) + 5 == len({(square.x, square.y) for square in drawn.squares})
    for square in drawn.squares:
        assert 0 <= square.x and square.x + drawn.size <= drawn.width
        assert 0 <= square.y and square.y + drawn.size <= drawn.height


@given(VALUES)
def test_higher_days_are_not_paler_and_days_without_a_value_have_no_colour(values):
    drawn = calendar(values, LAST, 1100, 53)
    levels = {square.text.partition(":")[0]: square.level for square in drawn.squares}
    shown = sorted((value, levels[str(day)]) for day, value in values.items() if str(day) in levels)
    assert [level for _, level in shown] == sorted(level for _, level in shown)
    assert all(1 <= level <= LEVELS for _, level in shown)
    assert sum(1 for level in levels.values() if level) == len(shown)


def test_weeks_are_columns_that_begin_on_monday():
    drawn = calendar({LAST: 12_500}, LAST, 1100, 2, "steps")
    first, last = drawn.squares[0], drawn.squares[-1]
    assert (first.text, last.text) == ("2026-11-16", "2026-11-27: 12,500 steps")
    assert first.x < last.x and first.y < last.y
    assert [square.x for square in drawn.squares[:7]] == [first.x] * 7
