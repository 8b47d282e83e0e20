"""What each kind of value may look like in a body, and in which words it is refused."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from wger_flask import api
from wger_flask.rest import fields
from wger_flask.rest.timezone import set_server_zone

BERLIN = ZoneInfo("Europe/Berlin")
NUMBER, WHOLE = "A valid number is required.", "A valid integer is required."
DATETIME, DATE, TIME = (
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
    "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
    "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].",
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from([10**400, -(10**400), "1e400", "9" * 2000, "\x00", "1" + "0" * 30, float("inf"), float("nan")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@pytest.fixture(autouse=True, scope="module")
def berlin():
    set_server_zone(BERLIN)


def refused(field, value) -> str:
    with pytest.raises(ValidationError) as wrong:
        field.deserialize(value)
    (message,) = wrong.value.messages
    return message


# -- text ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"), [("a", "a"), ("  a b ", "a b"), (3, "3"), (1.5, "1.5"), ("ä€😀", "ä€😀"), ("a\nb", "a\nb")]
)
def test_texts(value, text):
    assert fields.String().deserialize(value) == text


@pytest.mark.parametrize(
    ("options", "value", "message"),
    [
        ({}, True, "Not a valid string."),
        ({}, [], "Not a valid string."),
        ({}, {}, "Not a valid string."),
        ({}, "\ud800", "Not a valid string."),
        ({}, "", "This field may not be blank."),
        ({}, "   ", "This field may not be blank."),
        ({}, "a\x00b", "Null characters are not allowed."),
        ({}, None, "This field may not be null."),
        ({"max_length": 3}, "abcd", "Ensure this field has no more than 3 characters."),
        ({"min_length": 3}, "ab", "Ensure this field has at least 3 characters."),
    ],
)
def test_texts_that_are_refused(options, value, message):
    assert refused(fields.String(**options), value) == message


def test_blanks_around_a_text_do_not_count():
    assert fields.String(max_length=3).deserialize("  abc  ") == "abc"
    assert fields.String(blank=True, min_length=2).deserialize("  ") == ""
    assert refused(fields.String(min_length=3), " a ") == "Ensure this field has at least 3 characters."


@pytest.mark.parametrize("value", ["http://a.example/x?y=1", "https://a.example", "ftp://a.example/f"])
def test_addresses(value):
    assert fields.URL().deserialize(value) == value


@pytest.mark.parametrize(
    "value", ["a.example", "javascript:alert(1)", "file:///etc/passwd", "http://", "http:// x", True, [], {}]
)
def test_what_is_no_address(value):
    assert refused(fields.URL(), value) == "Enter a valid URL."


@pytest.mark.parametrize(
    ("value", "first"),
    [
        ("x" * 21, "Ensure this field has no more than 20 characters."),
        ("a\x00", "Null characters are not allowed."),
    ],
)
def test_all_that_is_wrong_with_an_address_is_told(value, first):
    with pytest.raises(ValidationError) as wrong:
        fields.URL(max_length=20).deserialize(value)
    assert wrong.value.messages == [first, "Enter a valid URL."]


@pytest.mark.parametrize(("value", "found"), [("1", "1"), (1, "1"), ("b", "b")])
def test_choices(value, found):
    assert fields.Choice(("1", "b")).deserialize(value) == found


@pytest.mark.parametrize("value", ["2", 3, True, "", " 1", [], {}, 1.0])
def test_what_is_no_choice(value):
    assert refused(fields.Choice(("1", "b")), value) == f'"{value}" is not a valid choice.'


# -- numbers ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [12, "12", " 12 ", 12.0, "12.0", "12.", "012", "+12", "１２"])
def test_whole_numbers(value):
    assert fields.Integer().deserialize(value) == 12


@pytest.mark.parametrize("value", [True, "", "1.5", 1.5, "a", [], {}, "1e2", float("inf"), float("nan")])
def test_what_is_no_whole_number(value):
    assert refused(fields.Integer(), value) == WHOLE


@pytest.mark.parametrize(
    ("options", "value", "message"),
    [
        ({"min": 1}, 0, "Ensure this value is greater than or equal to 1."),
        ({"max": 5}, "6", "Ensure this value is less than or equal to 5."),
        ({}, 2**63, "Ensure this value is less than or equal to 9223372036854775807."),
        ({}, -(2**63) - 1, "Ensure this value is greater than or equal to -9223372036854775808."),
    ],
)
def test_whole_numbers_out_of_range(options, value, message):
    assert refused(fields.Integer(**options), value) == message


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (80, "80"),
        ("80.5", "80.5"),
        (80.25, "80.25"),
        ("1e2", "1e2"),
        (" 5 ", "5"),
        ("٣", "3"),
        ("-0", "-0"),
        (1e2, "100.0"),
    ],
)
def test_decimals(value, number):
    assert fields.Decimal(5, 2).deserialize(value) == Decimal(number)


@pytest.mark.parametrize(
    "value", [True, "", "x", [], {}, "NaN", "Infinity", "-inf", float("inf"), float("nan"), "sNaN", "1,5"]
)
def test_what_is_no_decimal(value):
    assert refused(fields.Decimal(5, 2), value) == NUMBER


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1.234", "Ensure that there are no more than 2 decimal places."),
        ("1234", "Ensure that there are no more than 3 digits before the decimal point."),
        ("123456", "Ensure that there are no more than 5 digits in total."),
        ("1234.567", "Ensure that there are no more than 5 digits in total."),
        ("1e6", "Ensure that there are no more than 5 digits in total."),
        ("1e999999", "Ensure that there are no more than 5 digits in total."),
        ("1e-999999", "Ensure that there are no more than 5 digits in total."),
        ("0e999999999", "Ensure that there are no more than 5 digits in total."),
        ("700", "Ensure this value is less than or equal to 600."),
        ("20", "Ensure this value is greater than or equal to 30."),
        ("1234.5", "Ensure that there are no more than 3 digits before the decimal point."),
    ],
)
def test_decimals_out_of_range(value, message):
    assert refused(fields.Decimal(5, 2, min=30, max=600), value) == message


@pytest.mark.parametrize("value", ["", "  ", None])
def test_an_empty_decimal_may_be_null(value):
    assert fields.Decimal(5, 2, allow_none=True).deserialize(value) is None


@given(st.decimals(min_value=-999, max_value=999, places=2))
def test_a_decimal_comes_back_with_its_places(number):
    field = fields.Decimal(5, 2)
    text = field.wire(field.deserialize(str(number)))
    assert Decimal(text) == number
    assert len(text.partition(".")[2]) == 2


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_that_is_taken_fits_its_column(number):
    try:
        taken = fields.Decimal(6, 2).deserialize(str(number))
    except ValidationError:
        return
    assert abs(taken) < 10**4 and taken == taken.quantize(Decimal("0.01"))


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), ("1.5", 1.5), (2.25, 2.25), ("1e3", 1000.0)])
def test_floats(value, number):
    assert fields.Float().deserialize(value) == number


@pytest.mark.parametrize("value", [True, "", "x", [], {}, "nan", "inf", float("inf"), 10**400, "1e999"])
def test_what_is_no_float(value):
    assert refused(fields.Float(), value) == NUMBER


# -- true and false ---------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [True, 1, 1.0, *"t T y Y yes Yes YES true True TRUE on On ON 1".split()])
def test_true(value):
    assert fields.Boolean().deserialize(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, *"f F n N no No NO false False FALSE off Off OFF 0".split()])
def test_false(value):
    assert fields.Boolean().deserialize(value) is False


@pytest.mark.parametrize("value", ["tRUE", "yEs", "2", 2, 0.5, "", "null", [], {}, "ja", float("nan")])
def test_neither_true_nor_false(value):
    assert refused(fields.Boolean(), value) == "Must be a valid boolean."


@pytest.mark.parametrize("value", [None, "", "null", "None"])
def test_a_boolean_may_be_null(value):
    assert fields.Boolean(allow_none=True).deserialize(value) is None


# -- moments, dates, times, keys --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2024-01-05", datetime(2024, 1, 5, tzinfo=BERLIN)),
        ("2024-01-05T10:00", datetime(2024, 1, 5, 10, tzinfo=BERLIN)),
        ("2024-07-05 10:00:30", datetime(2024, 7, 5, 10, 0, 30, tzinfo=BERLIN)),
        ("2024-01-05T10", datetime(2024, 1, 5, 10, tzinfo=BERLIN)),
        ("2024-01-05T10:00:00Z", datetime(2024, 1, 5, 10, tzinfo=UTC)),
        ("2024-01-05T10:00:00+01", datetime(2024, 1, 5, 9, tzinfo=UTC)),
        ("2024-01-05T10:00:00+0100", datetime(2024, 1, 5, 9, tzinfo=UTC)),
        ("2024-01-05T10:00:00-02:30", datetime(2024, 1, 5, 12, 30, tzinfo=UTC)),
        ("2024-01-05T10:00:00.5Z", datetime(2024, 1, 5, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2024-01-05T10:00:00.123456789Z", datetime(2024, 1, 5, 10, 0, 0, 123456, tzinfo=UTC)),
        ("20240105T100000Z", datetime(2024, 1, 5, 10, tzinfo=UTC)),
        ("2024-W01-5T10:00Z", datetime(2024, 1, 5, 10, tzinfo=UTC)),
        ("2024-1-5 9:05", datetime(2024, 1, 5, 9, 5, tzinfo=BERLIN)),
        ("2024-01-05T10:00:7,25 +0100", datetime(2024, 1, 5, 9, 0, 7, 250000, tzinfo=UTC)),
    ],
)
def test_moments(value, moment):
    assert fields.DateTime().deserialize(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        1704448800,
        "",
        "yesterday",
        "2024-01-05t10:00",
        "2024-01-05T10:00z",
        "2024-01-05T24:00",
        "2024-02-30",
        "2024-13-01",
        "10:00",
        True,
        [],
        {},
        "2024-01-05T10:00:00+25:00",
        "05/01/2024",
        "\x00",
        " 2024-01-05",
        "2024-1-5",
        "2024-2-30T9:00",
        "2024-1-5T9:00+25:00",
    ],
)
def test_what_is_no_moment(value):
    assert refused(fields.DateTime(), value) == DATETIME


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_moments_beyond_the_calendar(value):
    assert refused(fields.DateTime(), value) == "Datetime value out of range."


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "9999-12-31T23:59"])
def test_moments_at_the_ends_of_the_calendar(value):
    field = fields.DateTime()
    try:
        moment = field.deserialize(value)
    except ValidationError as wrong:
        assert wrong.messages == ["Datetime value out of range."]
    else:
        assert field.deserialize(field.wire(moment)) == moment


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_moment_comes_back_as_itself(moment, offset):
    field = fields.DateTime()
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert field.deserialize(field.wire(field.deserialize(moment.isoformat()))) == moment


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-02-03", date(2024, 2, 3)),
        ("2024-2-3", date(2024, 2, 3)),
        ("20240203", date(2024, 2, 3)),
        ("2024-W05-6", date(2024, 2, 3)),
    ],
)
def test_dates(value, day):
    assert fields.Date().deserialize(value) == day


@pytest.mark.parametrize(
    "value", ["2024-02-30", "2024-02-03T10:00", "", " 2024-02-03 ", "3.2.2024", 20240203, None.__class__, [], "0-1-1"]
)
def test_what_is_no_date(value):
    assert refused(fields.Date(), value) == DATE


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        ("12:30", time(12, 30)),
        ("7:5", time(7, 5)),
        ("12:30:15", time(12, 30, 15)),
        ("12:30:15.25", time(12, 30, 15, 250000)),
        ("12:30:15.1234567", time(12, 30, 15, 123456)),
        ("12", time(12)),
    ],
)
def test_times(value, clock):
    assert fields.Time().deserialize(value) == clock


@pytest.mark.parametrize("value", ["24:00", "12:60", "", " 12:30", "12:30 ", "noon", 12, [], "12:30:15.x", "1:2:3:4"])
def test_what_is_no_time(value):
    assert refused(fields.Time(), value) == TIME


@pytest.mark.parametrize(
    "value",
    [
        "12345678-1234-4234-8234-123456789abc",
        "12345678123442348234123456789ABC",
        "{12345678-1234-4234-8234-123456789abc}",
        "urn:uuid:12345678-1234-4234-8234-123456789abc",
    ],
)
def test_uuids(value):
    assert fields.UUID().deserialize(value) == uuid.UUID("12345678-1234-4234-8234-123456789abc")


@pytest.mark.parametrize("value", ["", "1", "x" * 32, -1, 2**128, 1.5, [], {}])
def test_what_is_no_uuid(value):
    assert refused(fields.UUID(), value) == "Must be a valid UUID."


# -- JSON ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [{}, [], 3, "x", True, {"a": [1, {"b": None}]}, "\\u0000", 10**30])
def test_json(value):
    assert fields.Json().deserialize(value) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": "\x00"}, "Null characters are not allowed."),
        (["\\\x00"], "Null characters are not allowed."),
        ({"\x00": 1}, "Null characters are not allowed."),
        (float("inf"), "Value must be valid JSON."),
        ([float("nan")], "Value must be valid JSON."),
    ],
)
def test_json_that_no_database_keeps(value, message):
    assert refused(fields.Json(), value) == message


# -- anything -------------------------------------------------------------------------------------------
EVERY = (
    fields.String(),
    fields.String(max_length=5, min_length=2),
    fields.URL(),
    fields.Choice(("1", "b")),
    fields.Integer(),
    fields.Integer(min=1, max=5),
    fields.Float(),
    fields.Decimal(5, 2),
    fields.Decimal(6, 2, min=1),
    fields.Boolean(),
    fields.UUID(),
    fields.DateTime(),
    fields.Date(),
    fields.Time(),
    fields.Json(),
)


@pytest.mark.parametrize("field", EVERY, ids=lambda field: type(field).__name__)
@given(value=JSON_VALUES)
def test_any_value_is_taken_or_refused_in_words(field, value):
    try:
        taken = field.deserialize(value)
    except ValidationError as wrong:
        assert all(isinstance(message, str) and message for message in wrong.messages)
    else:
        field.wire(taken)


@pytest.mark.parametrize("field", EVERY, ids=lambda field: type(field).__name__)
def test_null_is_refused_unless_allowed(field):
    assert refused(field, None) == "This field may not be null."


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}, lambda inner: [0, "x", inner]])
def test_json_is_nested_so_deeply_and_no_deeper(wrap):
    value = 1
    for _ in range(fields.Json.DEEPEST):
        value = wrap(value)
    assert fields.Json().deserialize(value) == value
    assert refused(fields.Json(), wrap(value)) == "Value must not be nested that deeply."


@pytest.mark.parametrize("field", [fields.Integer(), fields.Decimal(6, 2), fields.Decimal(6, 2, allow_none=True)])
def test_numbers_of_a_thousand_digits_are_not_converted(field):
    assert refused(field, "9" * 1001) == "String value too large."
    assert refused(field, "9" * 1000) != "String value too large."


def test_everything_that_is_wrong_with_a_text_is_told():
    with pytest.raises(ValidationError) as wrong:
        fields.String(max_length=3).deserialize("a\x00bcd")
    assert wrong.value.messages == [
        "Ensure this field has no more than 3 characters.",
        "Null characters are not allowed.",
    ]


@pytest.mark.parametrize("value", [" true", "on ", " "])
def test_truth_has_no_blanks_around_it(value):
    assert refused(fields.Boolean(), value) == "Must be a valid boolean."


def test_a_key_has_no_blanks_around_it():
    assert refused(fields.UUID(), " 12345678-1234-4234-8234-123456789abc ") == "Must be a valid UUID."


READ_ONLY = (api.Computed(len, of=("name",)), api.Batch(dict), api.File(), api.Nested(api.Schema))


@pytest.mark.parametrize("field", READ_ONLY, ids=lambda field: type(field).__name__)
def test_no_body_sets_what_is_said_to_be_read_only(field):
    assert "read-only" in type(field).__doc__.lower()
    schema = type("Shown", (api.Schema,), {"shown": field})()
    assert "shown" in schema.dump_fields and "shown" not in schema.load_fields
