"""What values are in Python, in the database and in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

from ..types import Reader


def wire_moment(value: datetime, zone: tzinfo) -> str:
    """Spell a moment as the API does: in ``zone``, microseconds only where there are any."""
    text = value.astimezone(zone).isoformat()
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def dashed(value: str) -> str:
    """Spell a UUID of 32 hex digits as the API does."""
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def load_json(value: Any) -> Any:
    """Read JSON that the driver hands over as text."""
    if type(value) is str:
        try:
            read, end = _scan(value, 0)
        except StopIteration:  # it begins with a blank, or is none
            return json.loads(value)
        return read if end == len(value) else json.loads(value)
    return json.loads(value) if isinstance(value, str | bytes) else value


_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]  # what json.loads() leads to


class Values:
    """Answer what values are; the defaults suit databases with types of their own.

    ``wire_*`` readers turn a raw column value (never None) into what goes into JSON; None in
    their place means that the raw value already is that.
    """

    def write_moment(self, value: datetime) -> object:
        """Return what is stored for an aware moment in UTC."""
        return value

    def read_moment(self, value: Any) -> datetime:
        """Return the aware moment, in UTC, of a stored value."""
        moment: datetime = value.astimezone(UTC)
        return moment

    def decimal_modifiers(self, digits: int, places: int) -> list[int] | None:
        """Return the modifiers of a decimal column's type."""
        return [digits, places]

    # -- raw column values on the way to JSON --------------------------------------------
    wire_boolean: Reader | None = None
    wire_uuid: Reader | None = staticmethod(str)
    wire_json: Reader | None = None

    def wire_decimal(self, places: int) -> Reader:
        """Return the reader of decimals, which print all their ``places``."""
        return f"{{:.{places}f}}".format

    def wire_moment(self, zone: tzinfo) -> Reader:
        """Return the reader of moments, which print in ``zone``."""
        return lambda value: wire_moment(value, zone)

    wire_date: Reader | None = staticmethod(lambda value: value.isoformat())
    wire_time: Reader | None = staticmethod(lambda value: value.isoformat())
