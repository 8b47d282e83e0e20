"""Add up values by the hours, days, weeks and months of a calendar, and count them, on a server that groups by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ..types import Cursor, D, Row
from .base import Dialect

if TYPE_CHECKING:
    from ..statements import Relation


class GroupedSeries(Dialect[D]):
    """The answers about values at moments; the rows are called ``v`` in SQL, the series ``s``."""

    def bucket_start(
        self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo
    ) -> tuple[str, tuple[object, ...]]:
        """Return the SQL for the start of the bucket of ``v.moment``, by the clocks of ``zone``, and the SQL's values.

        That is within years that Python knows, wherever it is looked at from.
        """
        raise NotImplementedError

    def read_start(self, value: Any) -> datetime:
        """Return a bucket's start, without a zone, of what the driver gives."""
        start: datetime = value
        return start

    def bucket_totals(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Iterator[Row]:
        start, values = self.bucket_start(database, rows, series, size, zone)
        select = f"""SELECT v.series, {start}, v.unit, COUNT(*), SUM(v.value), MIN(v.lowest), MAX(v.highest),
                     MAX(v.moment) FROM v JOIN s USING (series) GROUP BY 1, 2, 3"""
        for key, local, *others in of_series(database, select, rows, series, *values):
            yield key, self.read_start(local).replace(tzinfo=zone), *others  # of an hour that comes twice, the first

    def count_buckets(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int) -> int:
        start, values = self.bucket_start(database, rows, series, size, zone)
        select = f"SELECT COUNT(*) FROM (SELECT DISTINCT {start} FROM v JOIN s USING (series) LIMIT %s) found"
        count: int = of_series(database, select, rows, series, *values, most).fetchone()[0]
        return count

    def value_counts(self, database: D, rows: Relation, series: Relation) -> Iterable[Row]:
        select = """SELECT v.series, v.value, v.unit, COUNT(*), MAX(v.moment)
                    FROM v JOIN s USING (series) GROUP BY 1, 2, 3"""
        return of_series(database, select, rows, series)


def of_series(database: D, select: str, rows: Relation, series: Relation, *values: object) -> Cursor:
    """Run a query about ``rows`` and ``series`` that has ``values``."""
    query = f"WITH v AS ({rows.sql}), s AS ({series.sql}) {select}"
    return database.execute_sql(query, (*rows.parameters, *series.parameters, *values))
