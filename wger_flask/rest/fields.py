"""Wire formats: how each kind of value is read from a body and written to JSON.

These are marshmallow fields that parse as leniently, and complain in the same words, as the
server that clients were written against.  Each also tells :mod:`.dump` how the raw column
value becomes JSON, so that the schema is the only place where a resource's shape is written.

``attribute`` may be a dotted path along references (``exercise.uuid``).
"""

from __future__ import annotations

import json
import math
import re
import uuid as uuids
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal as D
from decimal import InvalidOperation

import marshmallow
from marshmallow import ValidationError, missing

from ..storage.dialects.base import Dialect, wire_moment
from .bodies import FormData, parse_json
from .clock import server_zone
from .errors import ParseError

REQUIRED = "This field is required."
NULL = "This field may not be null."
BIG = 2**63 - 1


class Field(marshmallow.fields.Field):
    """The base of the wire fields.

    ``dump_only`` fields are ignored on input.  ``label`` and ``help`` are for people.
    """

    kind = "field"
    default_error_messages = {"required": REQUIRED, "null": NULL}

    def __init__(self, *, label: str | None = None, help: str = "", link: str | None = None, **kwargs):
        super().__init__(**kwargs)
        self.label, self.help, self.link = label, help, link

    def raw(self, dialect: Dialect, zone: tzinfo) -> Callable | None:
        """Return what turns a raw column value (never None) into JSON, or None for nothing."""
        return None

    def wire(self, value):
        """Turn a Python value (never None) into JSON."""
        return value

    def _serialize(self, value, attr, obj, **kwargs):
        return None if value is None else self.wire(value)

    def get_value(self, obj, attr, accessor=None, default=missing):
        found = super().get_value(obj, attr, accessor, default)
        # A path along a reference that is null leads to null, not to an absent key.
        return None if found is missing and "." in (self.attribute or "") else found


class String(Field):
    """Text; numbers are taken and stringified, blanks around it are cut off."""

    kind = "string"

    def __init__(self, *, max_length: int | None = None, min_length: int = 0, blank: bool = False, **kwargs):
        super().__init__(**kwargs)
        self.max_length, self.min_length, self.blank = max_length, min_length, blank

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValidationError("Not a valid string.")
        text = str(value).strip()
        if "\x00" in text:
            raise ValidationError("Null characters are not allowed.")
        if not text and not self.blank:
            raise ValidationError("This field may not be blank.")
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError("Not a valid string.")
        if self.max_length is not None and len(text) > self.max_length:
            raise ValidationError(f"Ensure this field has no more than {self.max_length} characters.")
        if text and len(text) < self.min_length:
            raise ValidationError(f"Ensure this field has at least {self.min_length} characters.")
        return text


class URL(String):
    """The address of a page."""

    _check = marshmallow.validate.URL(schemes={"http", "https", "ftp", "ftps"}, error="Enter a valid URL.")

    def _deserialize(self, value, attr, data, **kwargs):
        text = super()._deserialize(value, attr, data, **kwargs)
        return self._check(text) if text else text


class Choice(Field):
    """One of a few values, compared as strings."""

    kind = "choice"

    def __init__(self, choices: Iterable[str] | dict[str, str], **kwargs):
        super().__init__(**kwargs)
        self.choices = dict(choices) if isinstance(choices, dict) else {choice: choice for choice in choices}

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, dict | list) or str(value) not in self.choices:
            raise ValidationError(f'"{value}" is not a valid choice.')
        return str(value)


class Integer(Field):
    """A whole number between ``min`` and ``max``."""

    kind = "integer"
    _whole = re.compile(r"\.0*\s*$")

    def __init__(self, *, min: int | None = None, max: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.min, self.max = min, max

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float) or (
                isinstance(value, str) and len(value) > 1000
            ):
                raise ValueError
            number = int(self._whole.sub("", str(value)))
        except ValueError:
            raise ValidationError("A valid integer is required.") from None
        return check_range(number, -BIG - 1 if self.min is None else self.min, BIG if self.max is None else self.max)


class Float(Field):
    """A JSON number."""

    kind = "number"

    def wire(self, value):
        return float(value)

    def raw(self, dialect, zone):
        return float

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            number = float(value) if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise ValidationError("A valid number is required.")
        return number


class Decimal(Field):
    """A decimal, written as a string with all its ``places`` (or as a number)."""

    kind = "decimal"

    def __init__(
        self, max_digits: int, places: int, *, min: D | int | None = None, max: D | int | None = None,
        as_number: bool = False, **kwargs,
    ):  # fmt: skip
        super().__init__(**kwargs)
        self.max_digits, self.places, self.as_number = max_digits, places, as_number
        self.min, self.max = min, max

    def raw(self, dialect, zone):
        return float if self.as_number else dialect.wire_decimal(self.places)

    def wire(self, value):
        return float(value) if self.as_number else f"{D(value):.{self.places}f}"

    def deserialize(self, value, attr=None, data=None, **kwargs):
        blank = self.allow_none and isinstance(value, str) and not value.strip()
        return super().deserialize(None if blank else value, attr, data, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 1000:
            raise ValidationError("A valid number is required.")
        try:
            number = D(str(value).strip())
        except InvalidOperation:
            number = D("NaN")
        if not number.is_finite():
            raise ValidationError("A valid number is required.")
        check_digits(number, self.max_digits, self.places)
        return check_range(number, self.min, self.max)


def check_digits(number: D, max_digits: int, places: int) -> None:
    """Raise ValidationError when ``number`` has more digits than its column holds."""
    _, digits, exponent = number.as_tuple()
    if exponent >= 0:
        total, before, behind = len(digits) + exponent, len(digits) + exponent, 0
    elif len(digits) > -exponent:
        total, behind = len(digits), -exponent
        before = total - behind
    else:
        total, before, behind = -exponent, 0, -exponent
    for found, allowed, what in (
        (total, max_digits, "digits in total"),
        (behind, places, "decimal places"),
        (before, max_digits - places, "digits before the decimal point"),
    ):
        if found > allowed:
            raise ValidationError(f"Ensure that there are no more than {allowed} {what}.")


def check_range(number, low, high):
    """Return ``number``; raises ValidationError unless ``low <= number <= high``."""
    if high is not None and number > high:
        raise ValidationError(f"Ensure this value is less than or equal to {high}.")
    if low is not None and number < low:
        raise ValidationError(f"Ensure this value is greater than or equal to {low}.")
    return number


class Boolean(Field):
    """True or false, in any of the spellings that forms and scripts use."""

    kind = "boolean"
    TRUE = {"t", "y", "yes", "true", "on", "1"}
    FALSE = {"f", "n", "no", "false", "off", "0"}

    def raw(self, dialect, zone):
        return dialect.wire_boolean

    def wire(self, value):
        return bool(value)

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float) and value in (0, 1):
            return bool(value)
        if isinstance(value, str):
            text = value.strip()
            if text in ("", "null", "None") and self.allow_none:
                return None
            if text.lower() in self.TRUE and _plain_case(text):
                return True
            if text.lower() in self.FALSE and _plain_case(text):
                return False
        raise ValidationError("Must be a valid boolean.")


def _plain_case(text: str) -> bool:
    return text in (text.lower(), text.upper(), text.capitalize())


class UUID(Field):
    """A UUID, in any of its spellings on input, lower-case with hyphens on output."""

    kind = "uuid"

    def raw(self, dialect, zone):
        return dialect.wire_uuid

    def wire(self, value):
        return str(value)

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            if isinstance(value, int):
                return uuids.UUID(int=value)
            if isinstance(value, str):
                return uuids.UUID(hex=value.strip())
        except ValueError:
            pass
        raise ValidationError("Must be a valid UUID.")


class DateTime(Field):
    """A moment; one without an offset is in the server's zone, a bare date is its midnight."""

    kind = "date-time"
    WRONG = (
        "Datetime has wrong format. Use one of these formats instead: "
        "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    )

    def raw(self, dialect, zone):
        return dialect.wire_moment(zone)

    def wire(self, value):
        return wire_moment(value, server_zone())

    def _deserialize(self, value, attr, data, **kwargs):
        moment = parse_moment(value)
        if moment is None:
            raise ValidationError(self.WRONG)
        return moment


def parse_moment(value) -> datetime | None:
    """Return the aware moment that ``value`` spells, or None.

    Raises ValidationError when its time in UTC or at the server is outside the years 1 to 9999.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text != text.upper() or text[11:13] == "24":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=server_zone())
    try:
        moment.astimezone(UTC).astimezone(server_zone())
    except OverflowError:
        raise ValidationError("Datetime value out of range.") from None
    return moment


class Date(Field):
    """A calendar date."""

    kind = "date"
    _lenient = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")

    def raw(self, dialect, zone):
        return dialect.wire_date

    def wire(self, value):
        return value.isoformat()

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str):
            text = value.strip()
            try:
                found = self._lenient.match(text)
                return date(*map(int, found.groups())) if found else date.fromisoformat(text)
            except ValueError:
                pass
        raise ValidationError("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")


class Time(Field):
    """A time of day; whatever follows the hour may be left out, an offset means nothing."""

    kind = "time"
    _lenient = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?$")

    def raw(self, dialect, zone):
        return dialect.wire_time

    def wire(self, value):
        return value.isoformat()

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str):
            text = value.strip()
            try:
                found = self._lenient.match(text)
                if not found:
                    return time.fromisoformat(text).replace(tzinfo=None)
                hours, minutes, seconds, fraction = found.groups()
                return time(int(hours), int(minutes), int(seconds or 0), int((fraction or "0").ljust(6, "0")))
            except ValueError:
                pass
        raise ValidationError("Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].")


class Json(Field):
    """Any JSON value that every database can store, kept as it is."""

    kind = "json"
    _null = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

    def raw(self, dialect, zone):
        return dialect.wire_json

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(data, FormData):
            try:
                value = parse_json(value.encode())
            except ParseError:
                raise ValidationError("Value must be valid JSON.") from None
        try:
            text = json.dumps(value, allow_nan=False)
        except ValueError:
            raise ValidationError("Value must be valid JSON.") from None
        if self._null.search(text):
            raise ValidationError("Null characters are not allowed.")
        return value


def absent(value) -> bool:
    """Tell whether a value of a loaded body was not sent."""
    return value is missing
