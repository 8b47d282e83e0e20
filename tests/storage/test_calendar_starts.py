"""The hours, days, weeks and months of a calendar, in which moments are looked up."""

from __future__ import annotations

from bisect import bisect
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wger_flask.storage.dialects.calendar_starts import floor, starts_between

# Clocks change by an hour, by half of one, at midnight, at a minute past it (until 2011), by a day (in 2011), never
ZONES = (
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Kathmandu",
)
EDGES = [timedelta(seconds=seconds) for seconds in (-1, 0, 1, 90, 1799, 1800, 3599)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("size", ["hour", "day", "week", "month"])
def test_a_moment_lies_in_its_bucket(size, zone):
    place, looked_at = ZoneInfo(zone), 0
    for year in (2010, 2011):
        for month in (1, 3, 6, 10):
            first = datetime(year, month, 1, 0, 30)
            last = first + timedelta(days=99)
            starts = starts_between(first, last, size, place)
            if starts is None:
                continue  # clocks went back from behind a start to before it
            begins, shown = list(starts), list(starts.values())
            assert begins == sorted(begins) and begins[0] <= first and begins[-2] <= last < begins[-1]
            for moment in (begin + edge for begin in begins[1:-1] for edge in EDGES):
                local = moment.replace(tzinfo=UTC).astimezone(place).replace(tzinfo=None, fold=0)
                assert shown[bisect(begins, moment) - 1] == floor(local, size), moment
            looked_at += 1
    assert looked_at


def test_there_are_none_where_they_would_be_too_many_or_beyond_the_ends_of_time():
    zone = ZoneInfo("Europe/Berlin")
    assert starts_between(datetime(2020, 1, 1), datetime(2020, 2, 1), "hour", zone) is not None
    assert starts_between(datetime(2020, 1, 1), datetime(2021, 1, 1), "hour", zone) is None
    assert starts_between(datetime(9999, 12, 31), datetime(9999, 12, 31, 23, 30), "day", zone) is None
    assert starts_between(datetime(1, 1, 1), datetime(1, 1, 1), "day", ZoneInfo("America/Havana")) is None


def test_there_are_none_where_one_comes_in_two_pieces():
    zone = ZoneInfo("America/St_Johns")
    assert starts_between(datetime(2010, 11, 6), datetime(2010, 11, 8), "hour", zone) is None
    assert starts_between(datetime(2010, 11, 6), datetime(2010, 11, 8), "day", zone) is None
    assert starts_between(datetime(2012, 11, 3), datetime(2012, 11, 6), "hour", zone) is not None
