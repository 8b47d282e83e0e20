"""What the value of a filter may look like for each kind of column, and in which words it is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.rest.filtering import booleans
from wger_flask.rest.filtering.values import Rejected, kind_of
from wger_flask.rest.timezone import set_server_zone
from wger_flask.storage import columns
from wger_flask.storage.model import Model

BERLIN = ZoneInfo("Europe/Berlin")
LARGEST = 2**63 - 1


class Thing(Model):
    text = columns.Char(max_length=20)
    whole = columns.Integer()
    exact = columns.Decimals(5, 2)
    loose = columns.Float()
    flag = columns.Boolean()
    key = columns.UUID()
    day = columns.Date()
    clock = columns.Time()
    moment = columns.DateTime()
    grade = columns.Char(max_length=1, choices=[("a", "good"), ("b", "bad")])


@pytest.fixture(autouse=True)
def berlin():
    set_server_zone(BERLIN)


def one(name: str, text: str, strict: bool = True):
    return kind_of(getattr(Thing, name)).one("param", text, strict)


def refused(name: str, text: str) -> str:
    with pytest.raises(Rejected) as wrong:
        one(name, text)
    assert wrong.value.param == "param"
    return wrong.value.message


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", "Bench Press", "Bench Press"),
        ("whole", "82", 82),
        ("whole", "82.0", 82),
        ("whole", "1e2", 100),
        ("whole", "1.5", 1),
        ("whole", "-1.5", -1),
        ("whole", "9" * 30, LARGEST),
        ("whole", "-1e30", -LARGEST),
        ("whole", " 5 ", 5),
        ("whole", "1e50", LARGEST),
        ("whole", "-1e400", -LARGEST),
        ("text", " Bench Press ", "Bench Press"),
        ("day", " 2026-11-23 ", date(2026, 11, 23)),
        ("moment", "2024-5-2T9:00 ", datetime(2024, 5, 2, 9, tzinfo=BERLIN)),
        ("whole", "1e-400", 0),
        ("whole", "1e-999999999", 0),
        ("exact", "82", Decimal("82.00")),
        ("exact", "82.5", Decimal("82.50")),
        ("exact", "1e30", Decimal("100000.00")),
        ("exact", "-1e400", Decimal("-100000.00")),
        ("exact", "1e-999999999", Decimal("0.00")),
        ("loose", "0.1", 0.1),
        ("loose", "1e-400", 0.0),
        ("key", "12345678-1234-4234-8234-123456789ABC", uuid.UUID("12345678-1234-4234-8234-123456789abc")),
        ("key", "12345678123442348234123456789abc", uuid.UUID("12345678-1234-4234-8234-123456789abc")),
        ("day", "2026-11-23", date(2026, 11, 23)),
        ("day", "11/23/2026", date(2026, 11, 23)),
        ("day", "11/23/26", date(2026, 11, 23)),
        ("day", "Nov 23 2026", date(2026, 11, 23)),
        ("day", "Nov 23, 2026", date(2026, 11, 23)),
        ("day", "November 23, 2026", date(2026, 11, 23)),
        ("day", "23 November 2026", date(2026, 11, 23)),
        ("clock", "12:30", time(12, 30)),
        ("clock", "12:30:15", time(12, 30, 15)),
        ("clock", "12:30:15.5", time(12, 30, 15, 500000)),
        ("moment", "2024-05-02", datetime(2024, 5, 2, tzinfo=BERLIN)),
        ("moment", "2024-05-02T12:00", datetime(2024, 5, 2, 12, tzinfo=BERLIN)),
        ("moment", "2024-05-02 12:00:00", datetime(2024, 5, 2, 12, tzinfo=BERLIN)),
        ("moment", "2024-05-02T12:00:00Z", datetime(2024, 5, 2, 12, tzinfo=UTC)),
        ("moment", "2024-05-02T12:00:00+02:00", datetime(2024, 5, 2, 10, tzinfo=UTC)),
        ("grade", "a", "a"),
    ],
)
def test_values(name, text, value):
    found = one(name, text)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "texts", "message"),
    [
        ("text", ["a\x00b"], "Null characters are not allowed."),
        ("whole", ["abc", "82,0", "null", "NaN", "Infinity", "-inf", "sNaN", "0x10", "\x00", " "], "Enter a number."),
        ("exact", ["abc", "82,0", "NaN", " "], "Enter a number."),
        ("whole", ["1.1e50", "1e400", "9" * 2000], "Ensure this value is less than or equal to 1e+50."),
        ("loose", ["abc", "82,0", "NaN"], "Enter a number."),
        ("key", ["1", "zz", "\x00", "12345678"], "Enter a valid UUID."),
        ("day", ["23.11.2026", "2026-11-23T10:00", "2026-02-30", "today", "\x00"], "Enter a valid date."),
        ("clock", ["25:00", "noon", "12", "\x00"], "Enter a valid time."),
        (
            "moment",
            [
                "2024-05-02T12:00:00 02:00",
                "yesterday",
                "2024-02-30",
                "11/23/2026",
                " ",
                "0001-01-01",
                "9999-12-31",
                "\x00",
            ],
            "Enter a valid date/time.",
        ),
        (
            "moment",
            ["2024-03-31T02:30"],
            "2024-03-31 02:30:00 couldn’t be interpreted in time zone Europe/Berlin; "
            "it may be ambiguous or it may not exist.",
        ),
        (
            "moment",
            ["2024-10-27T02:30"],
            "2024-10-27 02:30:00 couldn’t be interpreted in time zone Europe/Berlin; "
            "it may be ambiguous or it may not exist.",
        ),
        ("grade", ["z"], "Select a valid choice. z is not one of the available choices."),
        ("grade", [" a"], "Select a valid choice.  a is not one of the available choices."),
        ("grade", [" "], "Select a valid choice.   is not one of the available choices."),
    ],
)
def test_values_that_are_refused(name, texts, message):
    assert {refused(name, text) for text in texts} == {message}


@pytest.mark.parametrize("name", ["text", "key"])
def test_blanks_are_no_text_and_no_key(name):
    assert one(name, "  ") is None


def test_choices_are_checked_where_one_is_meant():
    assert one("grade", "z", strict=False) == "z"
    assert kind_of(Thing.grade).choices == (("a", "good"), ("b", "bad"))


@pytest.mark.parametrize(
    ("spellings", "counts", "ignored"),
    [
        (
            booleans.DOCUMENTED_BOOLEANS,
            {"True": True, "False": False},
            ["true", "false", "1", "0", "yes", "TRUE", "null"],
        ),
        (
            booleans.ANY_BOOLEANS,
            {"true": True, "TRUE": True, "tRuE": True, "1": True, "0": False, "False": False},
            ["yes", "t", "null", " true", ""],
        ),
    ],
)
def test_booleans_follow_the_setting(spellings, counts, ignored):
    booleans.set_boolean_spellings(spellings)
    try:
        assert {text: one("flag", text) for text in counts} == counts
        assert {one("flag", text) for text in ignored} == {None}
    finally:
        booleans.set_boolean_spellings(booleans.DOCUMENTED_BOOLEANS)


def test_lists_skip_what_is_empty():
    kind = kind_of(Thing.whole)
    assert kind.several("param", "1, 2,,3 ,") == [1, 2, 3]
    assert kind.several("param", ",") == []
    with pytest.raises(Rejected, match="Enter a number."):
        kind.several("param", "1,x")


def test_a_day_is_from_midnight_to_midnight_where_the_server_is():
    kind = kind_of(Thing.moment)
    start, end = kind.day("param", "2024-03-31")  # the day on which the clocks go forward has 23 hours
    assert (start.isoformat(), end.isoformat()) == ("2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00")
    for text in ("2024-03-31T10:00", "9999-12-31", "0001-01-01", "x", "\x00"):
        with pytest.raises(Rejected, match="Enter a valid date."):
            kind.day("param", text)


@pytest.mark.parametrize("name", [name for name in Thing._meta.fields if name != "id"])
@given(
    text=st.text(max_size=40) | st.sampled_from(["1e9999", "-1e-9999", "１２", "٣", "1_0", "2024-01-01T00:00:00.1+14"])
)
def test_any_text_is_a_value_or_refused_in_words(name, text):
    set_server_zone(BERLIN)
    column = getattr(Thing, name)
    for strict in (True, False):
        try:
            value = kind_of(column).one("param", text, strict)
        except Rejected as wrong:
            assert wrong.param == "param" and wrong.message
        else:
            if isinstance(value, datetime):
                assert value.astimezone(UTC)
            elif isinstance(value, int):
                assert abs(value) <= LARGEST
            elif isinstance(value, Decimal):
                assert abs(value) <= 10**5
