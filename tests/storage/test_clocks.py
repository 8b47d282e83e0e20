"""Events in the small file: what counts, also when the clock was wrong for a while."""

from __future__ import annotations

import pytest

from wger_flask.storage.counters import FileCounters

NOW, DAY = 1_700_000_000.0, 86400


@pytest.fixture
def counters(tmp_path):
    return FileCounters(tmp_path)


def test_as_many_as_may_be_within_the_time(counters):
    assert [counters.add_within("a", NOW + second, 60, 2) for second in range(3)] == [None, None, NOW]
    assert counters.count_within("a", NOW + 2, 60) == 2
    assert counters.count_within("b", NOW + 2, 60) == 0
    assert counters.count_within("a", NOW + 60.5, 60) == 1
    assert counters.add_within("a", NOW + 60.5, 60, 2) is None


@pytest.mark.parametrize("ahead", [60, 3600, DAY, 365 * DAY])
def test_what_a_clock_that_was_ahead_has_noted_does_not_count(counters, ahead):
    for _ in range(3):
        counters.add_within("a", NOW + ahead, 30, 3)
    assert counters.count_within("a", NOW, 30) == 0
    assert counters.add_within("b", NOW, 30, 3) is None  # somebody else's call tells that the clock was wrong
    assert counters.count_within("a", NOW + ahead, 30) == 0  # nor does it when the clock gets there


def test_a_clock_that_was_wrong_in_between_neither_lengthens_nor_repeats_the_wait(counters):
    for _ in range(3):
        counters.add_within("a", NOW, 30, 3)
    for _ in range(3):
        counters.add_within("a", NOW + DAY, 30, 3)
    assert counters.count_within("a", NOW + 31, 30) == 0
    assert counters.add_within("a", NOW + 31, 30, 3) is None


def test_a_clock_that_is_set_back_by_a_little_forgets_nothing(counters):
    counters.add_within("a", NOW, 30, 1)
    assert counters.count_within("a", NOW - 2, 30) == 1
    assert counters.add_within("a", NOW - 2, 30, 1) == NOW


def test_dropping_what_lies_ahead_reads_no_row_besides(counters):
    plan = counters._connection().execute("EXPLAIN QUERY PLAN DELETE FROM event WHERE at > ?", (NOW,)).fetchall()
    assert "event_at" in plan[0][-1]
