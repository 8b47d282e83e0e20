"""Turn what another server says of a row into values of columns here, or refuse it.

What comes over the wire is as little trusted as a dump and is read by the same readers; texts have at most the length
of their column, and what is one of a choice is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import peewee

from ..rest.timezone import server_zone
from ..storage import columns
from ..storage.model import Model, columns_of, target_of
from ..transfer.columns import demand_fitting, value_reader

Find = Callable[[type[Model], object], Any]
"""Return the key here of a row of a model, by its key over there; None where there is none."""

LICENSED = (
    "license", "license_title", "license_object_url", "license_author", "license_author_url",
    "license_derivative_source_url",
)  # fmt: skip
"""The columns of whatever has a licence and an author."""

_MOST_TEXT = 100_000
_MOST_NESTED = 1000
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
        value = value_reader(column, server_zone())(given)
        demand_fitting(column, value)
    except (ValueError, ArithmeticError, TypeError) as wrong:
        raise NotTaken(f"{column.name}: {wrong}") from None
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        raise NotTaken(f"{column.name} has more than {_MOST_TEXT} characters")
    return value


def rows_in(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows that are nested in an answer, as far as they are any."""
    found = given.get(name)
    return [one for one in found if isinstance(one, dict)][:_MOST_NESTED] if isinstance(found, list) else []


def keys_in(given: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return what was said, with the keys of nested rows in the place of these."""
    nested = {name: said.get("id") for name in names if isinstance(said := given.get(name), dict)}
    return {**given, **nested}


def demand_key(remote: object) -> None:
    """Raise :class:`NotTaken` for what cannot be the key of a row."""
    if type(remote) not in (int, str) or len(str(remote)) > _LONGEST_KEY or not str(remote).isprintable():
        raise NotTaken("it has no key")


def nowhere(model: type[Model], given: object) -> None:
    """Find nothing: for columns that are no references."""
