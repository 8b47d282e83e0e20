"""Wire formats: how each kind of value is read from a body and written to JSON.

These are marshmallow fields that parse as leniently, and complain in the same words, as the
server that clients were written against.  Each also says how the raw column value becomes JSON,
so that the schema is the only place where a resource's shape is written.
"""

from __future__ import annotations

from .base import ANSWER, NULL, PATCHED, REQUEST, REQUIRED, Field
from .json_values import Json, JsonPicks
from .moments import Date, DateTime, Time, parse_moment, spelled_moment
from .numbers import BIG, Decimal, Float, Integer, check_digits, check_range
from .texts import URL, UUID, Boolean, Choice, Flag, Password, String, TimeZone

__all__ = [
    "ANSWER", "BIG", "NULL", "PATCHED", "REQUEST", "REQUIRED", "URL", "UUID", "Boolean", "Choice", "Date", "DateTime",
    "Decimal", "Field", "Flag", "Float", "Integer", "Json", "JsonPicks", "Password", "String", "Time", "TimeZone",
    "check_digits", "check_range", "parse_moment", "spelled_moment",
]  # fmt: skip
