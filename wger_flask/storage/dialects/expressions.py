"""The SQL of what is computed from columns, where databases write it differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic
from zoneinfo import ZoneInfo

import peewee

from ..types import D, Expression, Row

if TYPE_CHECKING:
    from ..model import Model
    from ..statements import Relation


class Expressions(Generic[D]):
    """Answer how what is computed is written, or computed for it."""

    def json_text(self, column: Expression, name: str) -> Expression:
        """Return the expression for what the object in a JSON column holds as ``name``, as text."""
        # An operator, since the function takes a list of names, which costs more.
        return peewee.Expression(column, "->>", peewee.Value(name, converter=False))

    def json_number(self, column: Expression, name: str) -> Expression:
        """Return the expression for the number that the object in a JSON column holds as ``name``, else null."""
        held = peewee.Expression(column, "->", peewee.Value(name, converter=False))
        return peewee.Case(None, [(peewee.fn.jsonb_typeof(held) == "number", held.cast("numeric"))], None)

    def place(self, text: Expression, part: Expression) -> Expression:
        """Return where ``part`` begins in ``text``: 1 at its start, 0 nowhere."""
        return peewee.fn.STRPOS(text, part)

    def greatest(self, *numbers: Expression) -> Expression:
        """Return the expression for the greatest of ``numbers``, none of which is null."""
        return peewee.fn.GREATEST(*numbers)

    def insertion_order(self, model: type[Model]) -> Expression:
        """Return the expression by which ties are broken: the order of insertion, or near it."""
        key: Expression = model._meta.primary_key
        return key

    def page(self, keys: peewee.ModelSelect[Any], key: peewee.Field) -> peewee.Query:
        """Return the query ``keys``, of the column ``key`` and with a limit, as one that may stand behind IN."""
        return keys

    # -- values at moments, by the hours, days, weeks and months of a calendar (see storage.value_series) --
    def bucket_totals(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Iterator[Row]:
        """Yield the totals of the ``rows`` of each ``size`` of the calendar in ``zone``.

        ``size`` is "hour", "day", "week" or "month"; only rows in one of the ``series`` count.  A tuple holds
        the key of the series, the aware moment at which the bucket starts, unit, count, sum, lowest, highest
        and latest moment.
        """
        raise NotImplementedError

    def count_buckets(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int) -> int:
        """Return in how many buckets, as above, there are rows of any series, ``most`` for more."""
        raise NotImplementedError

    def value_counts(self, database: D, rows: Relation, series: Relation) -> Iterable[Row]:
        """Return for each value of a series with one unit: key of the series, value, unit, count, latest moment."""
        raise NotImplementedError
