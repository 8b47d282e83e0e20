from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.strength import LoggedLift, bests, estimate, totals

START = datetime(2024, 3, 1, 10, tzinfo=UTC)


def lift(weight, repetitions, moment=START, exercise=11, **units):
    number = [None if value is None else Decimal(str(value)) for value in (repetitions, weight)]
    return LoggedLift(moment, exercise, *number, **units)


def after(**time):
    return START + timedelta(**time)


def day_of(moment):
    return moment.date()


@pytest.mark.parametrize(
    ("weight", "repetitions", "unit", "found"),
    [
        (110, 3, 1, "116.48"),
        (120, 1, 1, "120.00"),
        (120, 5, 1, "135.01"),
        (100, "2.5", 1, "104.35"),
        (60, 5, 1, "67.51"),
        (200, 5, 1, "225.02"),
        ("60.5", 4, 1, "66.00"),
        (220, 5, 2, "112.28"),
    ],
)
def test_recorded_estimates(weight, repetitions, unit, found):
    assert estimate(lift(weight, repetitions, weight_unit=unit)) == Decimal(found)


def test_what_does_not_count():
    assert estimate(lift(200, 6)) is None
    assert estimate(lift(200, 6), most=6) is not None
    for weight, repetitions in ((100, "0.99"), (100, 0), (0, 5), (-5, 5), (None, 5), (100, None)):
        assert estimate(lift(weight, repetitions)) is None
    assert estimate(lift(100, 5, weight_unit=3)) is None
    assert estimate(lift(100, 5, weight_unit=None)) is None
    assert estimate(lift(100, 5, repetitions_unit=3)) is None
    assert estimate(lift(100, 40), most=50) is None


def test_of_equal_sets_of_a_day_the_later_is_the_best():
    later = START + timedelta(hours=2)
    found = bests([lift(100, 5, later), lift(100, 5), lift(90, 5, later + timedelta(hours=1))], day_of)
    assert found[11][date(2024, 3, 1)].moment == later


def test_the_day_is_where_the_caller_says():
    moment = START.replace(hour=23, minute=30)
    assert list(bests([lift(100, 5, moment)], lambda found: (found + timedelta(hours=1)).date())[11]) == [
        date(2024, 3, 2)
    ]


def test_a_total_needs_all_lifts_within_the_window():
    found = bests([lift(100, 1), lift(60, 1, after(days=6), 12), lift(60, 1, after(days=7), 12)], day_of)
    assert {day.day: str(best.kilograms) for day, best in totals(found, (11, 12), 7).items()} == {7: "160.00"}
    assert {day.day for day in totals(found, (11, 12), 8)} == {7, 8}
    assert not totals(found, (11, 12, 13), 30)


def test_a_total_lies_at_the_latest_best_of_its_day():
    later = START + timedelta(hours=3)
    found = bests([lift(100, 1), lift(80, 1, later, 12), lift(70, 1, later + timedelta(hours=1), 12)], day_of)
    assert totals(found, (11, 12))[date(2024, 3, 1)].moment == later


def test_the_first_days_of_the_calendar_have_no_days_before_them():
    found = bests([lift(100, 1, datetime(1, 1, 2, tzinfo=UTC)), lift(50, 1, datetime(1, 1, 2, tzinfo=UTC), 12)], day_of)
    assert [best.kilograms for best in totals(found, (11, 12)).values()] == [150]


LIFTS = st.lists(
    st.builds(
        lambda weight, repetitions, hours, exercise: lift(weight, repetitions, after(hours=hours), exercise),
        st.decimals(1, 300, places=2),
        st.integers(1, 8),
        st.integers(0, 24 * 40),
        st.sampled_from([11, 12]),
    ),
    max_size=40,
)


@given(LIFTS)
def test_the_order_of_the_sets_does_not_matter(lifts):
    assert bests(lifts, day_of) == bests(lifts[::-1], day_of)


@given(LIFTS, st.integers(7, 30))
def test_a_total_is_the_sum_of_what_was_best_lately(lifts, window):
    found = bests(lifts, day_of)
    for day, total in totals(found, (11, 12), window).items():
        expected = 0
        for exercise in (11, 12):
            expected += max(
                best.kilograms for other, best in found[exercise].items() if 0 <= (day - other).days < window
            )
        assert total.kilograms == expected
        assert day_of(total.moment) == day


@given(LIFTS)
def test_a_longer_window_never_lessens_a_total(lifts):
    found = bests(lifts, day_of)
    short, long = totals(found, (11, 12), 7), totals(found, (11, 12), 30)
    assert all(long[day].kilograms >= best.kilograms for day, best in short.items())


@given(st.decimals(1, 300, places=2), st.integers(1, 5))
def test_another_context_of_decimals_changes_nothing(weight, repetitions):
    expected = estimate(lift(weight, repetitions))
    with localcontext(prec=3):
        assert estimate(lift(weight, repetitions)) == expected
