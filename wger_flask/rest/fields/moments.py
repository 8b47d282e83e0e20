"""Moments, dates and times of day; unlike in texts and numbers, blanks around them are not cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Any

from marshmallow import ValidationError

from ...storage import columns
from ...storage.dialects.base import AnyDialect
from ...storage.dialects.values import wire_moment
from ...storage.types import Reader, Row
from ..context import Context
from ..serialization import Builder, Column
from ..timezone import active_zone
from .base import Field


class DateTime(Field):
    """A moment, an aware ``datetime``; written in the time zone in force, ``2026-01-02T08:00:00+01:00``.

    A body may leave the offset out, which means that zone, or the time, which means midnight.
    """

    kind, options_type = "date-time", "datetime"
    fits = (columns.DateTime,)
    openapi = {"type": "string", "format": "date-time"}
    widget = cell = "moment"
    WRONG = (
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
    )

    def wire(self, value: Any) -> Any:
        return wire_moment(value, active_zone())

    def writer(self) -> Callable[[datetime], str]:
        """Return what writes many moments as :meth:`wire` does, in the zone that is in force now."""
        return partial(_written, active_zone())

    def column(self, builder: Builder, name: str) -> Column:
        place, dialect = builder.index(self.attribute or name), builder.dialect

        def column(raw: list[Row], context: Context, loaded: list[dict[Any, Any]]) -> Iterable[Any]:
            convert = dialect.wire_moment(context.zone)  # whose it is is not known before the page is asked for
            return [None if value is None else convert(value) for value in raw[place]]

        return column

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        moment = parse_moment(value)
        if moment is None:
            raise ValidationError(self.WRONG)
        return moment


def _written(zone: tzinfo, moment: datetime) -> str:
    # In another zone the two moments that a clock shows twice at the end of summer time are equal.
    return _utc_written(zone, moment) if moment.tzinfo is UTC else wire_moment(moment, zone)


@lru_cache(4096)
def _utc_written(zone: tzinfo, moment: datetime) -> str:
    return wire_moment(moment, zone)


def parse_moment(value: object) -> datetime | None:
    """Return the aware ``datetime`` that ``value`` spells, or None where it spells none.

    Raises ValidationError where its time in UTC or in the zone in force is outside the years 1 to 9999.
    """
    if not isinstance(value, str):
        return None
    moment = spelled_moment(value)
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=active_zone())
    try:
        moment.astimezone(UTC).astimezone(active_zone())
    except OverflowError:
        raise ValidationError("Datetime value out of range.") from None
    return moment


def spelled_moment(text: str) -> datetime | None:
    """Return the ``datetime`` that ``text`` spells, aware where it has an offset, or None where it spells none."""
    if text != text.upper() or text[11:13] == "24":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    match = _loose_moment.match(text)
    if match is None:
        return None
    *parts, fraction, offset = match.groups()
    try:
        zone = datetime.fromisoformat(f"2000-01-01T00{offset}").tzinfo if offset else None
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        return datetime(year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")), zone)
    except ValueError:
        return None


# Numbers of one digit, and blanks in front of the offset.
_loose_moment = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?"
    r"\s*(Z|[+-]\d{2}(?::?\d{2})?)?$"
)


class Date(Field):
    """A calendar date, ``2026-01-02``.

    Where it is required, the form of a new row begins with the day that is ``ahead`` (a ``timedelta``) of today.
    """

    kind = options_type = widget = "date"
    fits = (columns.Date,)
    openapi = {"type": "string", "format": "date"}
    cell = "short"
    _lenient = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")

    def __init__(self, *, ahead: timedelta = timedelta(), **kwargs: Any):
        super().__init__(**kwargs)
        self.ahead = ahead

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_date

    def wire(self, value: Any) -> Any:
        return value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            try:
                match = self._lenient.match(value)
                return date(*map(int, match.groups())) if match else date.fromisoformat(value)
            except ValueError:
                pass
        raise ValidationError("Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")


class Time(Field):
    """A time of day, ``08:30:00``; minutes and seconds may be left out, an offset is ignored."""

    kind = options_type = widget = "time"
    fits = (columns.Time,)
    openapi = {  # not the format "time", which has a time zone
        "type": "string",
        "format": "time-local",
        "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?$",
    }
    cell = "short"
    _lenient = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?$")

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_time

    def wire(self, value: Any) -> Any:
        return value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, str):
            try:
                match = self._lenient.match(value)
                if not match:
                    return time.fromisoformat(value).replace(tzinfo=None)
                hours, minutes, seconds, fraction = match.groups()
                return time(int(hours), int(minutes), int(seconds or 0), int((fraction or "0").ljust(6, "0")))
            except ValueError:
                pass
        raise ValidationError("Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].")
