import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.engine.routine import Day, Label, Routine
from wger_flask.engine.schedule import schedule

from .builders import PAST, date


def routine(start, length, names="ABC", needs="", sessions=(), fit=False, labels=()):
    """Build a routine of days named by letters; ``needs`` are those that need logs."""
    days = []
    for number, name in enumerate(names):
        dates = frozenset(date(when) for who, when in sessions if who == name)
        days.append(Day(number, order=number, name=name, need_logs_to_advance=name in needs, session_dates=dates))
    first = date(start)
    return Routine(first, first + datetime.timedelta(days=length - 1), tuple(days), fit, tuple(labels))


def shorthand(routine, today=PAST):
    """Write a schedule as "A/1 B/1 -/1", and check that it has every date once."""
    items = schedule(routine, today)
    dates = [routine.start + datetime.timedelta(days=n) for n in range((routine.end - routine.start).days + 1)]
    assert [item.date for item in items] == (dates if routine.days else [])
    return " ".join(f"{item.day.name if item.day else '-'}/{item.iteration}" for item in items)


def times(count, text):
    return " ".join([text] * count)


# The worked table of the sequencing rules, row by row.
TABLE = {
    "three days fitted": (
        routine("2024-01-03", 13, fit=True),
        f"A/1 B/1 C/1 {times(2, '-/1')} A/2 B/2 C/2 {times(4, '-/2')} A/3",
    ),
    "a round that ends on sunday skips a week": (
        routine("2024-01-04", 19, "ABCD", fit=True),
        f"A/1 B/1 C/1 D/1 {times(7, '-/1')} A/2 B/2 C/2 D/2 {times(3, '-/2')} A/3",
    ),
    "one day fitted": (routine("2024-01-01", 14, "A", fit=True), f"A/1 {times(6, '-/1')} A/2 {times(6, '-/2')}"),
    "seven days are not fitted": (
        routine("2024-01-03", 9, "ABCDEFG", fit=True),
        "A/1 B/1 C/1 D/1 E/1 F/1 G/1 A/2 B/2",
    ),
    "fourteen days are not fitted": (
        routine("2024-01-03", 15, "ABCDEFGHIJKLMN", fit=True),
        " ".join(f"{name}/1" for name in "ABCDEFGHIJKLMN") + " A/2",
    ),
    "eight days fitted": (
        routine("2024-01-03", 26, "ABCDEFGH", fit=True),
        " ".join(f"{n}/1" for n in "ABCDEFGH")
        + f" {times(4, '-/1')} "
        + " ".join(f"{n}/2" for n in "ABCDEFGH")
        + f" {times(6, '-/2')}",
    ),
    "a session lets the day go on the next date": (
        routine("2024-01-01", 9, needs="B", sessions=[("B", "2024-01-04")]),
        "A/1 B/1 B/1 B/1 C/1 A/2 B/2 B/2 B/2",
    ),
    "needing logs and fitted": (
        routine("2024-01-03", 8, "AB", needs="A", sessions=[("A", "2024-01-04")], fit=True),
        "A/1 A/1 B/1 -/1 -/1 A/2 A/2 A/2",
    ),
    "in the future progress is assumed": (
        routine("2099-01-03", 9, "AB", needs="A", fit=True),  # a Saturday
        f"A/1 B/1 {times(7, '-/1')}",
    ),
    "a session before the start does not help": (
        routine("2024-01-05", 4, needs="A", sessions=[("A", "2024-01-04")]),
        "A/1 A/1 A/1 A/1",
    ),
    "a session on another day's date does not help": (
        routine("2024-01-01", 5, "AB", needs="B", sessions=[("B", "2024-01-01")]),
        "A/1 B/1 B/1 B/1 B/1",
    ),
    "waiting for logs fills up no week": (
        routine("2024-01-05", 6, "AB", needs="B", fit=True),  # a Friday
        "A/1 B/1 B/1 B/1 B/1 B/1",
    ),
    "one day, fitted and waiting": (
        routine("2024-01-05", 9, "A", needs="A", sessions=[("A", "2024-01-06"), ("A", "2024-01-08")], fit=True),
        f"A/1 A/1 -/1 A/2 {times(5, '-/2')}",
    ),
    "a session on the last date of a week skips the next": (
        routine("2024-01-05", 12, "A", needs="A", sessions=[("A", "2024-01-07")], fit=True),
        f"A/1 A/1 A/1 {times(7, '-/1')} A/2 A/2",
    ),
    "a single day counts every date": (routine("2024-01-01", 3, "A"), "A/1 A/2 A/3"),
    "more days than dates": (routine("2024-01-01", 2, "ABCDE"), "A/1 B/1"),
    "no days": (routine("2024-01-01", 2, ""), ""),
    "padding stops at the end": (routine("2024-01-01", 5, fit=True), "A/1 B/1 C/1 -/1 -/1"),
    "leap day": (routine("2024-02-28", 3, "AB"), "A/1 B/1 A/2"),
}


@pytest.mark.parametrize("name", TABLE)
def test_table(name):
    case, expected = TABLE[name]
    assert shorthand(case) == expected


def test_the_past_stalls_and_tomorrow_goes_on():
    case = routine("2024-05-28", 8, "AB", needs="A")
    assert shorthand(case, date("2024-05-31")) == "A/1 A/1 A/1 A/1 B/1 A/2 B/2 A/3"


def test_the_label_that_starts_last_wins():
    labels = [Label(2, 3, "peak"), Label(0, 2, "base"), Label(5, 9, "off")]
    items = schedule(routine("2024-01-01", 7, labels=labels), PAST)
    assert [item.label for item in items] == ["base", "base", "peak", "peak", None, "off", "off"]


def test_filled_up_dates_have_labels_too():
    items = schedule(routine("2024-01-05", 3, "A", fit=True, labels=[Label(1, 1, "deload")]), PAST)
    assert [(item.day is None, item.label) for item in items] == [(False, None), (True, "deload"), (True, None)]


routines = st.builds(
    lambda start, length, names, needs, fit, dates: routine(
        start.isoformat(), length, names, needs, [(name, when.isoformat()) for name, when in dates], fit
    ),
    st.dates(datetime.date(2023, 1, 1), datetime.date(2027, 1, 1)),
    st.integers(1, 121),
    st.sampled_from(["A", "AB", "ABC", "ABCD", "ABCDEFG", "ABCDEFGHI"]),
    st.sampled_from(["", "A", "B", "AB", "ABC"]),
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.dates(datetime.date(2023, 1, 1), datetime.date(2027, 6, 1))), max_size=9
    ),
)


@given(routines, st.integers(0, 120))
def test_a_longer_routine_begins_with_the_shorter_ones_sequence(case, cut):
    whole = schedule(case, PAST)
    end = max(case.start, case.end - datetime.timedelta(days=cut))
    shorter = schedule(Routine(case.start, end, case.days, case.fit_in_week), PAST)
    assert shorter == whole[: len(shorter)]


@given(routines)
def test_days_keep_their_order_and_iterations_their_count(case):
    shorthand(case)
    items = [item for item in schedule(case, PAST) if item.day]
    assert items[0].iteration == 1
    for before, item in pairwise(items):
        moved = item.day is not before.day or item.iteration != before.iteration
        assert item.day.order == ((before.day.order + 1) % len(case.days) if moved else before.day.order)
        if moved:
            assert item.iteration == before.iteration + (item.day.order == 0)
        else:
            assert item.day.need_logs_to_advance


@given(routines, st.dates(datetime.date(2023, 1, 1), datetime.date(2027, 6, 1)))
def test_each_date_follows_from_the_one_before(case, today):
    days, pads = case.days, case.fit_in_week and len(case.days) % 7
    for before, item in pairwise(schedule(case, today)):
        assert item.date - before.date == datetime.timedelta(days=1)
        if before.day is None:
            expected = (days[0], before.iteration + 1) if item.date.weekday() == 0 else (None, before.iteration)
        elif before.day.need_logs_to_advance and item.date <= today and before.date not in before.day.session_dates:
            expected = before.day, before.iteration
        elif before.day is not days[-1]:
            expected = days[before.day.order + 1], before.iteration
        else:
            expected = (None, before.iteration) if pads else (days[0], before.iteration + 1)
        assert (item.day, item.iteration) == expected


@given(routines)
def test_fitted_rounds_start_on_monday(case):
    items = schedule(case, PAST)
    for before, item in pairwise(items):
        if before.day is None and item.day is not None:
            assert item.date.weekday() == 0 and item.day is case.days[0]


def test_the_calendar_may_end():
    last = datetime.date.max
    routine = Routine(last - datetime.timedelta(days=2), last, (Day(1),))
    assert [item.date for item in schedule(routine, last)][-1] == last
    fitted = Routine(last - datetime.timedelta(days=2), last, (Day(1),), fit_in_week=True)
    assert [item.date for item in schedule(fitted, last)][-1] == last
