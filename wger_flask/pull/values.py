"""Turn what another server says of a row into values of columns here, or refuse it.

What comes over the wire is as little trusted as a dump and is read by the same readers; texts have at most the length
of their column, and what is one of a choice is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import peewee

from ..rest.timezone import server_zone
from ..storage import columns
from ..storage.model import Model, columns_of, target_of
from ..transfer.columns import reader_of
from ..transfer.keys import Keys

Find = Callable[[type[Model], object], Any]
"""Return the key here of a row of a model, by its key over there; None where there is none."""

_NO_KEYS = Keys()
_MOST_TEXT = 100_000
_LONGEST_KEY = 40


class NotTaken(ValueError):
    """Say why a row is left out."""


def values_of(model: type[Model], given: Mapping[str, Any], names: Iterable[str], find: Find) -> dict[str, Any]:
    """Return the values of the columns ``names`` of a row, as far as ``given`` says them; raises :class:`NotTaken`."""
    known = columns_of(model)
    return {name: value_of(known[name], given[name], find) for name in names if name in given}


def value_of(column: peewee.Field, given: Any, find: Find) -> Any:
    """Return the value of a column that ``given`` is; raises :class:`NotTaken`."""
    if given is None:
        if column.null:
            return None
        if isinstance(column, columns.Char | columns.Text):
            return ""
        raise NotTaken(f"{column.name} is missing")
    if isinstance(column, columns.ForeignKey):
        key = find(target_of(column), given)
        if key is None and column.cascade not in ("null", "history"):
            raise NotTaken(f"{column.name} {given} is not here")
        return key
    try:
        value = _of_python(column, given, reader_of(column, _NO_KEYS)(given))
    except (ValueError, ArithmeticError, TypeError) as wrong:
        raise NotTaken(f"{column.name}: {wrong}") from None
    _demand_fitting(column, value)
    return value


def _of_python(column: peewee.Field, given: Any, stored: Any) -> Any:
    """Return the Python value of what was ``given``, which a database spells in its own way: ``stored``."""
    if isinstance(column, columns.DateTime):
        moment = datetime.fromisoformat(given)
        return moment if moment.tzinfo else moment.replace(tzinfo=server_zone())
    if isinstance(column, columns.Decimals):
        return Decimal(str(given)).quantize(column.unit)
    if isinstance(column, columns.Date):
        return date.fromisoformat(stored)
    if isinstance(column, columns.Time):
        return time.fromisoformat(stored)
    if isinstance(column, columns.UUID):
        return UUID(given)
    return given if isinstance(column, columns.Json) else stored


def _demand_fitting(column: peewee.Field, value: Any) -> None:
    if isinstance(value, str):
        longest = getattr(column, "max_length", None) or _MOST_TEXT
        if len(value) > longest:
            raise NotTaken(f"{column.name} has more than {longest} characters")
        if "\x00" in value:
            raise NotTaken(f"{column.name} has a character that no text has")
    elif isinstance(value, int) and not abs(value) < 1 << 31:
        raise NotTaken(f"{column.name} is too large")
    choices = getattr(column, "choices", None)
    if choices and value is not None and value not in {choice for choice, _ in choices}:
        raise NotTaken(f"{column.name} {value!r} is not known")


def demand_key(remote: object) -> None:
    """Raise :class:`NotTaken` for what cannot be the key of a row."""
    if type(remote) not in (int, str) or len(str(remote)) > _LONGEST_KEY or not str(remote).isprintable():
        raise NotTaken("it has no key")


def nowhere(model: type[Model], given: object) -> None:
    """Find nothing: for columns that are no references."""
