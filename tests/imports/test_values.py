"""Numbers and moments as telephones spell them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wger_flask.imports import values

from .reading import ZONE


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [
        ("80", None, "80"),
        ("80.5", None, "80.5"),
        ("80,5", None, "80.5"),
        ("1,234", None, "1234"),
        ("1,234", True, "1.234"),
        ("1,234", False, "1234"),
        ("1.234", None, "1.234"),
        ("1.234", True, "1234"),
        ("1,234.5", None, "1234.5"),
        ("1.234,5", None, "1234.5"),
        ("1 234,5", None, "1234.5"),
        ("1'234.5", None, "1234.5"),
        ("1.234.567", True, "1234567"),
        ("-3", None, "-3"),
        (".5", None, "0.5"),
        ("1e3", None, "1000"),
    ],
)
def test_numbers(text, comma, number):
    assert values.number(text, comma) == Decimal(number)


@pytest.mark.parametrize("text", ["", "x", "1-2", "nan", "inf", "1e999", "٣", "1,2,", "9" * 99, "0x10", "1_000"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="is no number"):
        values.number(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-30 09:05:01", (2024, 3, 30, 9, 5, 1)),
        ("2024-03-30T09:05", (2024, 3, 30, 9, 5)),
        ("2024-03-30", (2024, 3, 30)),
        ("2024/03/30 9:05", (2024, 3, 30, 9, 5)),
        ("30.03.2024, 09:05", (2024, 3, 30, 9, 5)),
        ("30/03/2024 09:05", (2024, 3, 30, 9, 5)),
        ("03/30/2024 9:05 PM", (2024, 3, 30, 21, 5)),
        ("30 Mar 2024, 09:05", (2024, 3, 30, 9, 5)),
        ("30 März 2024, 09:05", (2024, 3, 30, 9, 5)),
        ("30 de marzo de 2024, 9:05", (2024, 3, 30, 9, 5)),
        ("30 mars 2024, 09:05", (2024, 3, 30, 9, 5)),
        ("Mar 30, 2024, 12:05 AM", (2024, 3, 30, 0, 5)),
        ("March 30, 2024 at 9:05\u202fAM", (2024, 3, 30, 9, 5)),
        ("25 Juli 2026, 14:21", (2026, 7, 25, 14, 21)),
        ("25 juin 2026", (2026, 6, 25)),
        ("4/4/2024", (2024, 4, 4)),
    ],
)
def test_moments(text, moment):
    assert values.moment(text, ZONE) == datetime(*moment, tzinfo=ZONE)


@pytest.mark.parametrize("text", ["2024-03-30 09:05:00 +0100", "2024-03-30T08:05:00Z", "2024-03-30T08:05:00.000Z"])
def test_moments_that_name_their_zone(text):
    assert values.moment(text, ZONE) == datetime(2024, 3, 30, 8, 5, tzinfo=UTC)


def test_dates_that_may_be_two():
    with pytest.raises(ValueError, match="may be two dates"):
        values.moment("3/4/2024", ZONE)
    assert values.day("3/4/2024", day_first=True).month == 4
    assert values.day("3/4/2024", day_first=False).month == 3


@pytest.mark.parametrize(
    "text", ["", "x", "2024-02-30", "30 Foo 2024", "13/13/2024", "1/1/0001", "2024-01-01 24:00", "1 Jan 9999", "1" * 99]
)
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="is no date|is not between"):
        values.moment(text, ZONE)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1:30", 90), ("1:05:00", 3900), ("1h 5m", 3900), ("45m", 2700), ("45min", 2700), ("1h5m3s", 3903)],
)
def test_durations(text, seconds):
    assert values.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "x", "1:2:3:4", "-1", "h", "1d", "9" * 99])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is no duration"):
        values.duration(text)
