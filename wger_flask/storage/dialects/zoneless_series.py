"""Add up values by the hours, days, weeks and months of a calendar on a server that knows no time zones.

The statement is told how far the clocks are ahead from when to when.  Moments are stored in UTC, without a zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..types import D, Row
from .grouped_series import GroupedSeries, Start, of_series

if TYPE_CHECKING:
    from ..statements import Relation

# Before, clocks did not change; whether they will after is not known.
_EARLIEST, _LATEST = datetime(1880, 1, 1), datetime(2200, 1, 1)
_STEP = timedelta(days=14)
_SHORT = 24  # characters


class ZonelessSeries(GroupedSeries[D]):
    """The answers about values at moments."""

    bucket_number = "TIMESTAMPDIFF({size}, '0001-01-01', {local})"
    """The SQL for how many hours, days, weeks or months ``{local}`` is after the year 1 began: a number groups fast."""
    local = "COALESCE(v.moment + INTERVAL {offset} SECOND, v.moment)"  # null is what lies beyond the ends of time
    """The SQL for a moment by the clocks that are ``{offset}`` seconds ahead."""

    def bucket_start(self, database: D, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Start:
        extremes = "SELECT MIN(v.moment), MAX(v.moment) FROM v JOIN s USING (series)"
        first, last = of_series(database, extremes, rows, series).fetchone()
        offset = "0" if first is None else offset_at("v.moment", zone, first, last)
        local = f"LEAST(GREATEST({self.local.format(offset=offset)}, '0001-02-01'), '9999-12-30')"
        number = self.bucket_number.format(size=size.upper(), local=local)
        return Start(number, (), partial(start_of, size), is_shared=size != "hour")

    def few_groups(
        self, database: D, select: Callable[[str], str], rows: Relation, series: Relation, *values: object
    ) -> Iterable[Row]:
        # A text of any length is kept in a file while rows are grouped, and hardly any unit is a long one.
        found = of_series(database, select(f"LEFT(v.unit, {_SHORT + 1})"), rows, series, *values).fetchall()
        if any(len(row[2] or "") > _SHORT for row in found):
            return super().few_groups(database, select, rows, series, *values)
        return found


def start_of(size: str, number: int) -> datetime:
    """Return the start of an hour, day, week or month by its number: the year 1 began on a Monday."""
    if size == "month":
        return datetime(1 + number // 12, 1 + number % 12, 1)
    return datetime(1, 1, 1) + number * timedelta(**{f"{size}s": 1})


def offset_at(moment: str, zone: ZoneInfo, first: datetime, last: datetime) -> str:
    """Return the SQL for how many seconds the clocks of ``zone`` are ahead at ``moment``, which is between two others.

    Moments have no zone, and are meant in UTC.
    """

    def ahead(at: datetime) -> int:
        return round((at.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()).total_seconds())

    before, last, cases = min(max(first, _EARLIEST), _LATEST), max(min(last, _LATEST), _EARLIEST), ""
    offset = ahead(before)
    while before < last:
        after = min(before + _STEP, last)
        if ahead(after) != offset:
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if ahead(middle) == offset else (low, middle)
            cases += f" WHEN {moment} < '{high.replace(microsecond=0)}' THEN {offset}"
            offset = ahead(after)
        before = after
    return f"CASE{cases} ELSE {offset} END" if cases else str(offset)
