"""Add up values by the hours, days, weeks and months of a calendar, and count them, on a server that groups by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from ..types import Cursor, D, Row
from .base import Dialect

if TYPE_CHECKING:
    from ..statements import Relation


class Start(NamedTuple):
    """Something to group by that is the same in a bucket: SQL about ``v.moment``, and its values.

    ``read`` makes of it, as the driver gives it, the bucket's start by the clocks there, without a zone.  ``fence`` is
    what the query that computes it ends with.  ``is_shared`` where many rows have the same.
    """

    sql: str
    values: tuple[object, ...]
    read: Callable[[Any], datetime]
    fence: str = ""
    is_shared: bool = True


class GroupedSeries(Dialect[D]):
    """The answers about values at moments; the rows are called ``v`` in SQL, the series ``s``."""

    def bucket_start(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Start:
        """Return what to group by, so that it is the bucket of ``v.moment`` by the clocks of ``zone``.

        Starts are within years that Python knows, wherever they are looked at from.
        """
        raise NotImplementedError

    def few_groups(
        self, database: D, select: Callable[[str], str], rows: Relation, series: Relation, *values: object
    ) -> Iterable[Row]:
        """Run the query that ``select`` writes for the SQL of a row's unit, and that groups many rows to few.

        The third column of what it finds is the unit.
        """
        return of_series(database, select("v.unit"), rows, series, *values)

    def bucket_totals(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Iterator[Row]:
        start = self.bucket_start(database, rows, series, size, zone)

        def select(unit: str) -> str:
            return f"""SELECT series, start, unit, COUNT(*), SUM(value), MIN(lowest), MAX(highest), MAX(moment)
                       FROM (SELECT v.series, {start.sql} AS start, {unit} AS unit, v.value, v.lowest, v.highest,
                                    v.moment FROM v JOIN s USING (series) {start.fence}) found GROUP BY 1, 2, 3"""

        if start.is_shared:
            totals = self.few_groups(database, select, rows, series, *start.values)
        else:
            totals = of_series(database, select("v.unit"), rows, series, *start.values)
        for key, found, *others in totals:
            yield key, start.read(found).replace(tzinfo=zone), *others  # of an hour that comes twice, the first

    def count_buckets(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int) -> int:
        start = self.bucket_start(database, rows, series, size, zone)
        select = f"SELECT COUNT(*) FROM (SELECT DISTINCT {start.sql} FROM v JOIN s USING (series) LIMIT %s) found"
        count: int = of_series(database, select, rows, series, *start.values, most).fetchone()[0]
        return count

    def value_counts(self, database: D, rows: Relation, series: Relation) -> Iterable[Row]:
        def select(unit: str) -> str:
            return f"""SELECT v.series, v.value, {unit}, COUNT(*), MAX(v.moment)
                       FROM v JOIN s USING (series) GROUP BY 1, 2, 3"""

        return self.few_groups(database, select, rows, series)


def of_series(database: D, select: str, rows: Relation, series: Relation, *values: object) -> Cursor:
    """Run a query about ``rows`` and ``series`` that has ``values``."""
    query = f"WITH v AS ({rows.sql}), s AS ({series.sql}) {select}"
    return database.execute_sql(query, (*rows.parameters, *series.parameters, *values))
