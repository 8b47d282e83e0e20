"""Add up values by the hours, days, weeks and months of a calendar, and count them, on PostgreSQL.

The server is given the moments at which they begin, and finds the one that a moment lies in by halves; of few such it
is asked for each whether there is a row, in an index.  Both take less time than the calendar of each row.  Where
there would be too many, the server computes them itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .calendar_starts import starts_between
from .grouped_series import GroupedSeries, Start, of_series

if TYPE_CHECKING:
    from ..statements import Relation
    from .postgresql_database import Postgresql

_LOCAL = "LEAST(GREATEST(v.moment AT TIME ZONE %s::text, '0001-02-01'), '9999-12-30')"
_BUCKET = f"date_trunc(%s::text, {_LOCAL})"
# What the server takes for an abbreviation, with the offset of winter alone, is a zone to everybody else.
_ZONES = {"CET": "Europe/Brussels", "EET": "Europe/Athens", "MET": "Europe/Brussels", "WET": "Europe/Lisbon"}
_EXTREMES = """SELECT MIN(own.earliest), MAX(own.latest) FROM s CROSS JOIN LATERAL (
    SELECT MIN(v.moment) AS earliest, MAX(v.moment) AS latest FROM v WHERE v.series = s.series) own"""
# A query with a limit of its own is looked up in the index, bucket by bucket; EXISTS would be made a join.
_COUNT = """SELECT COUNT(*) FROM (
    SELECT 1 FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS bucket(start, stop)
    WHERE (SELECT 1 FROM s CROSS JOIN LATERAL (
               SELECT 1 FROM v WHERE v.series = s.series AND v.moment >= bucket.start AND v.moment < bucket.stop LIMIT 1
           ) own LIMIT 1) IS NOT NULL
    LIMIT %s) found"""

# Kept apart, rows are grouped by a hash: of expressions the server believes that each row has others, and sorts.
_FENCE = "OFFSET 0"


class PostgresqlSeries(GroupedSeries["Postgresql"]):
    """The answers about values at moments."""

    def bucket_start(self, database: Postgresql, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Start:
        starts = _starts(database, rows, series, size, zone)
        if starts is None:
            return Start(_BUCKET, (size, _ZONES.get(str(zone), str(zone))), _as_it_is)
        shown = list(starts.values())
        place = "width_bucket(v.moment, %s::timestamptz[])"
        return Start(place, (_array(starts),), lambda place: shown[place - 1], _FENCE)

    def count_buckets(
        self, database: Postgresql, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int
    ) -> int:
        starts = _starts(database, rows, series, size, zone)
        if starts is None:
            return super().count_buckets(database, rows, series, size, zone, most)
        pairs = list(pairwise(starts))
        begin, end = (_array([pair[place] for pair in pairs]) for place in (0, 1))
        count: int = of_series(database, _COUNT, rows, series, begin, end, most).fetchone()[0]
        return count


def _starts(
    database: Postgresql, rows: Relation, series: Relation, size: str, zone: ZoneInfo
) -> dict[datetime, datetime] | None:
    first, last = of_series(database, _EXTREMES, rows, series).fetchone()
    if first is None:
        return None
    first, last = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (first, last))
    return starts_between(first, last, size, zone)


def _array(moments: Iterable[datetime]) -> str:
    return f"{{{','.join([f'{moment.isoformat()}Z' for moment in moments])}}}"


def _as_it_is(start: datetime) -> datetime:
    return start
