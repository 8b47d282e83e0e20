"""The arithmetic of charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.web.charts.line import calendar_marks, nice_steps, plot, thinned

VALUES = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
START = datetime(2024, 2, 28, 7, 30, tzinfo=UTC)


@given(VALUES, VALUES, st.integers(2, 8))
def test_steps_enclose_the_range_and_are_few(one, two, count):
    low, high = sorted((one, two))
    steps = nice_steps(low, high, count)
    assert steps[0] <= low and steps[-1] >= high
    assert 2 <= len(steps) <= 2 * count + 3
    assert steps == sorted(set(steps))


@pytest.mark.parametrize(
    ("low", "high", "count", "steps"),
    [(78, 84, 5, [78, 80, 82, 84]), (0, 1, 4, [0, 0.25, 0.5, 0.75, 1]), (70, 70, 2, [69, 70, 71])],
)
def test_steps_are_round(low, high, count, steps):
    assert nice_steps(low, high, count) == steps


@given(st.lists(st.tuples(st.integers(0, 4000), VALUES), min_size=1, max_size=60))
def test_every_point_is_inside_the_drawing(found):
    points = [(START + timedelta(days=day), value) for day, value in sorted(found)]
    half = points[: len(points) // 2 + 1]
    drawn = plot({"all": points, "half": half}, 720, 260)
    assert [len(line.dots) for line in drawn.lines] == [len(points), len(half)]
    for line in drawn.lines:
        for dot in line.dots:
            assert drawn.left <= dot.x <= 720
            assert 0 <= dot.y <= drawn.bottom
        assert abs(sum(dot.width for dot in line.dots) - (720 - 16 - drawn.left)) < 0.1 * len(points) + 1


@pytest.mark.parametrize("change", [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
@pytest.mark.parametrize("quarters", [range(-9, 2), range(1, 9), range(-1, 3)])
def test_time_goes_on_evenly_where_clocks_are_changed(change, quarters):
    berlin = ZoneInfo("Europe/Berlin")
    points = [((change + quarter * timedelta(minutes=15)).astimezone(berlin), 1) for quarter in quarters]
    drawn = plot({"all": points, "one": points[1:2]}, 720, 260)
    apart = (720 - 16 - drawn.left) / (len(points) - 1)
    dots = drawn.lines[0].dots
    assert (dots[0].x, dots[-1].x) == (drawn.left, 720 - 16)
    assert [after.x - before.x for before, after in pairwise(dots)] == pytest.approx(
        [apart] * (len(points) - 1), abs=0.2
    )


def test_strips_meet_half_way_between_points():
    points = [(START, 1), (START + timedelta(days=1), 2), (START + timedelta(days=4), 3)]
    (drawn,) = plot({"": points}, 348, 200).lines
    assert [dot.text for dot in drawn.dots] == ["2024-02-28: 1", "2024-02-29: 2", "2024-03-03: 3"]
    first, second, third = drawn.dots
    assert first.left + first.width == pytest.approx((first.x + second.x) / 2)
    assert second.left + second.width == pytest.approx((second.x + third.x) / 2)


def test_lines_share_their_axes():
    later = START + timedelta(days=10)
    one, two = plot({"upper": [(START, 120), (later, 110)], "lower": [(START, 80), (later, 120)]}, 348, 200).lines
    assert (one.dots[0].x, one.dots[1].x) == (two.dots[0].x, two.dots[1].x)
    assert one.dots[0].y == two.dots[1].y < two.dots[0].y
    assert two.dots[0].text == "lower 2024-02-28: 80"


@pytest.mark.parametrize(
    ("days", "texts"),
    [
        (0, ["2024-02-28"]),
        (3, ["29 Feb", "1 Mar", "2 Mar"]),
        (100, ["Mar", "Apr", "May", "Jun"]),
        (400, ["Apr", "Jul", "Oct", "2025", "Apr"]),
        (4000, ["2026", "2028", "2030", "2032", "2034"]),
    ],
)
def test_marks_of_the_calendar(days, texts):
    found = [text for _, text in calendar_marks(START, START + timedelta(days=days), 6)]
    assert found == texts


@given(st.integers(0, 5000), st.integers(2, 500))
def test_thinning_keeps_first_and_last(size, most):
    kept = thinned(range(size), most)
    assert len(kept) == min(size, most)
    assert kept == sorted(set(kept))
    assert not size or (kept[0], kept[-1]) == (0, size - 1)
