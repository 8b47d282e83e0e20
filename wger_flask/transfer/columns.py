"""Turn what a dump says of a column into what the database stores.

A dump is not trusted: SQLite would take a date of 31 February or a text where a number
belongs, and a later reader of the row would pay.  Every reader raises ValueError for what
its column cannot hold.  Dumps that people or their scripts have edited spell values in more
ways than Django writes them: what its own ``loaddata`` understands is understood here, as long as
nothing is lost by that (it would cut 5.5 to 5).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from functools import partial
from math import isfinite
from types import NoneType
from uuid import UUID

from ..rest.timezone import server_zone
from ..storage import columns
from ..storage.model import Model, decode, encode, key_of, label_of
from ..storage.numbered_keys import uuid_of
from .keys import NATURAL, Keys

Reader = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Column:
    """How to read one field: ``read`` a value, ``null()`` for null, ``missing()`` for none at all."""

    name: str
    read: Reader
    null: Callable[[], object]
    missing: Callable[[], object]


def column_of(field, keys: Keys) -> Column:
    """Return the column of ``field``, whose references are found by ``keys``."""
    missing = null = _absent(field)
    if field.null:
        null = NoneType
    elif field.default is None and isinstance(field, columns.Text | columns.Char):
        null = str  # 2.5 has null where there is an empty text now
    return Column(field.name, reader_of(field, keys), null, missing)


def reader_of(field, keys: Keys) -> Reader:
    """Return the function that reads values of ``field``."""
    if isinstance(field, columns.ForeignKey):
        return reference_reader(field.rel_model, keys)
    for kind, make in _READERS:
        if isinstance(field, kind):
            return make(field)
    raise TypeError(f"no reader for {field!r}")


def value_reader(column, zone: tzinfo) -> Reader:
    """Return what reads values of ``column``, no reference, into Python's own types; raises ValueError like the others.

    A moment without a zone is one of ``zone``.
    """
    read = reader_of(column, Keys())

    def read_value(given):
        stored = read(given)
        if isinstance(column, columns.Json):
            return given
        if isinstance(column, columns.DateTime):
            moment = datetime.fromisoformat(str(given))
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return decode(column, stored)

    return read_value


def demand_fitting(column, value: object) -> None:
    """Raise ValueError for a Python value that ``column`` holds on no database."""
    if isinstance(value, str):
        longest = getattr(column, "max_length", None)
        if "\x00" in value:
            raise ValueError("it has a character that no text has")
        if longest is not None and len(value) > longest:
            raise ValueError(f"it has more than {longest} characters")
    elif isinstance(value, int) and not -(2**31) <= value < 2**31:
        raise ValueError("the number is too large")
    if column.choices and value is not None and value not in {choice for choice, _ in column.choices}:
        raise ValueError(f"{str(value)[:50]!r} is none of the choices")


def key_reader(model: type[Model]) -> Reader:
    """Return the function that reads primary keys of ``model``, be they 2.5's numbers (those of a text too)."""
    key = key_of(model)
    read = reader_of(key, Keys())
    if not isinstance(key, columns.UUID):
        return read
    label, stored = label_of(model), partial(encode, key)

    def read_either(value):
        if type(value) is str and len(value) < _SHORTEST_UUID and value.isdecimal():
            value = int(value)
        return stored(uuid_of(label, value)) if type(value) is int else read(value)

    return read_either


def reference_reader(model: type[Model], keys: Keys) -> Reader:
    """Return the function that reads references to ``model``, by primary or natural key."""
    read = key_reader(model)
    if label_of(model) not in NATURAL:
        return read
    return lambda value: read(keys.resolve(model, value))


def _absent(field) -> Callable[[], object]:
    default = field.default
    if callable(default):
        return lambda: encode(field, default())
    if default is not None or field.null:
        stored = encode(field, default)
        return lambda: stored

    def refuse():
        raise ValueError("a value is needed")

    return refuse


_SHORTEST_UUID, _LONGEST_NUMBER = 32, 100
_BOOLEANS = {"t": True, "True": True, "1": True, "f": False, "False": False, "0": False, 1: True, 0: False}
_SINGLE_DIGIT = re.compile(r"(?<![\d.,])\d(?!\d)")
_BEFORE_ZONE = re.compile(r"\s+(?=(?:Z|[+-]\d\d(?::?\d\d)?)$)")


def _iso(parse: Callable, value):
    """Parse a date or time; months, days and hours may have one digit, the zone may stand apart."""
    text = _a_text(value)
    try:
        return parse(text)
    except ValueError:
        fuller = _BEFORE_ZONE.sub("", _SINGLE_DIGIT.sub(r"0\g<0>", text))
        if fuller == text:
            raise
        return parse(fuller)


def _a_text(value) -> str:
    if type(value) is not str:
        raise ValueError(f"{value!r} is not a text")
    return value


def _text(value):
    return value if type(value) is str else str(value) if type(value) is int else _a_text(value)


def _boolean(value):
    if value is True or value is False:
        return value
    known = _BOOLEANS.get(value) if type(value) in (int, str) else None
    if known is None:
        raise ValueError(f"{value!r} is not true or false")
    return known


def _integer(value):
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is str and len(value) <= _LONGEST_NUMBER:
        try:
            return int(value)
        except ValueError:
            pass
    raise ValueError(f"{value!r} is not an integer")


def _float(value):
    number = None
    if type(value) in (int, float) or type(value) is str and len(value) <= _LONGEST_NUMBER:
        try:
            number = float(value)
        except ValueError:
            pass
    if number is None or not isfinite(number):
        raise ValueError(f"{value!r} is not a number")
    return number


def _decimal(field: columns.Decimals) -> Reader:
    largest = Decimal(10) ** (field.max_digits - field.places)
    stored = partial(encode, field)
    whole = rf"[1-9][0-9]{{0,{field.max_digits - field.places - 1}}}" if field.max_digits > field.places else "0"
    as_stored = re.compile(rf"-?(?:0|{whole})\.[0-9]{{{field.places}}}").fullmatch

    def read(value):
        if type(value) is str and as_stored(value):  # what Django writes: a dump has hundreds of thousands
            return value
        try:
            number = Decimal(value if type(value) is str else str(value))
            fits = number.is_finite() and abs(number) < largest
        except InvalidOperation:
            fits = False
        if not fits or type(value) is bool:
            raise ValueError(f"{value!r} is not a decimal of {field.max_digits} digits")
        return stored(number)

    return read


def _moment(field: columns.DateTime) -> Reader:
    stored = partial(encode, field)

    def read(value):
        moment = _iso(datetime.fromisoformat, value)
        return stored(moment if moment.tzinfo else moment.replace(tzinfo=server_zone()))

    return read


def _date(value):
    return _iso(date.fromisoformat, value).isoformat()


def _time(value):
    return _iso(time.fromisoformat, value).replace(tzinfo=None).isoformat()


def _uuid(field) -> Reader:
    stored = partial(encode, field)
    return lambda value: stored(UUID(_a_text(value)))


_READERS: tuple[tuple[type, Callable], ...] = (
    (columns.Boolean, lambda field: _boolean),
    (columns.Integer, lambda field: _integer),
    (columns.Float, lambda field: _float),
    (columns.Decimals, _decimal),
    (columns.DateTime, _moment),
    (columns.Date, lambda field: _date),
    (columns.Time, lambda field: _time),
    (columns.UUID, _uuid),
    (columns.Json, lambda field: partial(encode, field)),
    (columns.Char, lambda field: _text),
    (columns.Text, lambda field: _text),
)
