"""Add up and count values at moments, in series: by the hours, days, weeks and months of a calendar, or by value.

The database does it, whatever their number; what a calendar is to it is a question for the dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import peewee

from .database import database
from .model import Model, columns_of
from .statements import Relation
from .types import Expression

BUCKETS = ("hour", "day", "week", "month")
"""The sizes of what is added up, from small to large."""

Number = Decimal | float
"""A number as the driver gives it."""


@dataclass(slots=True)  # a frozen one takes thrice as long to make
class Total:
    """What the values of a series with one unit come to in a bucket; ``series`` and ``newest`` are raw."""

    series: Any
    start: datetime
    unit: str | None
    count: int
    sum: Number
    lowest: Number
    highest: Number
    newest: Any


@dataclass(slots=True)
class ValueCount:
    """How often a series has a value with one unit, and the latest moment at which it has; both raw."""

    series: Any
    value: Number
    unit: str | None
    count: int
    newest: Any


@dataclass(frozen=True, slots=True)
class ValueSeries:
    """Values at moments, in series.

    ``rows`` is a relation with the columns ``series``, ``moment``, ``unit`` (text or null), ``value``, ``lowest``
    and ``highest``; ``series`` one with the column ``series``: of those that count, each once.  An index over series
    and moment makes it fast.
    """

    rows: Relation
    series: Relation

    def totals(self, size: str, zone: ZoneInfo) -> list[Total]:
        """Return the totals of each bucket that has values; ``size`` is one of :data:`BUCKETS`."""
        held = database.obj
        return [Total(*row) for row in held.dialect.bucket_totals(held, self.rows, self.series, size, zone)]

    def smallest_bucket(self, zone: ZoneInfo, most: int) -> str:
        """Return the smallest size of which at most ``most`` buckets have values, the largest if there is none."""
        held = database.obj
        *smaller, found = BUCKETS
        for size in reversed(smaller):  # of more days than that there are more hours, too
            if held.dialect.count_buckets(held, self.rows, self.series, size, zone, most + 1) > most:
                break
            found = size
        return found

    def counts(self) -> list[ValueCount]:
        """Return how often each value occurs."""
        held = database.obj
        return [ValueCount(*row) for row in held.dialect.value_counts(held, self.rows, self.series)]


@dataclass(frozen=True, slots=True)
class _CoveringIndex:
    model: type[Model]
    name: str
    columns: tuple[str, ...]
    expressions: Callable[[], Sequence[Expression]]


_covering: dict[str, _CoveringIndex] = {}


def declare_covering_index(
    model: type[Model], name: str, *columns: str, expressions: Callable[[], Sequence[Expression]]
) -> None:
    """Declare an index over ``columns`` and the values of expressions, so that rows need not be read to add them up.

    ``expressions`` returns them, written as queries write them: for each query they may be a part of another one.
    :func:`prepare` makes it where the database reads such values from an index.
    """
    _covering[name] = _CoveringIndex(model, name, columns, expressions)


def prepare(models: Iterable[type[Model]]) -> list[str]:
    """Make the covering indexes of ``models`` that are missing; returns a line for each.

    Inside the caller's transaction; safe to run again.
    """
    held, present = database.obj, set(models)
    if not held.dialect.covers_expressions:
        return []
    made = []
    for index in _covering.values():
        table = index.model._meta.table_name
        if index.model not in present or any(known.name == index.name for known in held.get_indexes(table)):
            continue
        named = columns_of(index.model)
        terms = [*(named[column] for column in index.columns), *index.expressions()]
        held.execute_sql(*held.get_sql_context().sql(peewee.ModelIndex(index.model, terms, name=index.name)).query())
        made.append(f"added the index {index.name}")
    return made
