"""Add up values by the hours, days, weeks and months of a calendar, and count them, on SQLite.

SQLite knows no time zones, and grouping a great many rows means to sort them.  But rows of a series
come from its index in the order of time.  So we walk back from the end of each series: from its
latest row to the start of the bucket that it lies in, to the latest row before that, and so on.  A
function in Python tells where a bucket starts; it is asked once a bucket, not once a row.  What lies
between two starts is added up in place.

To group by unit means to sort, too, and hardly any value has a unit of its own.  So a bucket is added up by unit only
where its values turn out not to have all the same; values of a series that has no units are counted without.

What is read of JSON is in an index (:func:`..value_series.declare_covering_index`): to read it of 100,000 rows takes
longer than all the rest.

An hour that comes twice in autumn is one bucket.  Where clocks are set back across midnight (Newfoundland
until 2011, by an hour and a minute past it), what comes twice of the evening counts to the next day.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..types import Cursor, Row
from .base import Database
from .calendar_starts import begin, floor

if TYPE_CHECKING:
    from ..statements import Relation

_CHOOSES = sqlite3.sqlite_version_info >= (3, 35)  # older ones never keep what a part gives
_INLINE, _KEPT = ("NOT MATERIALIZED", "MATERIALIZED") if _CHOOSES else ("", "")
_END = "~"  # behind every moment
_WALK = """
    walk(series, start, stop) AS (
        SELECT series.series,
               bucket_start((SELECT MAX(rows.moment) FROM rows WHERE rows.series = series.series), ?, ?), ?
        FROM series
        UNION ALL
        SELECT walk.series,
               bucket_start((SELECT MAX(rows.moment) FROM rows
                             WHERE rows.series = walk.series AND rows.moment < walk.start), ?, ?), walk.start
        FROM walk WHERE walk.start IS NOT NULL)"""
_ADDED = "COUNT(*), SUM(rows.value), MIN(rows.lowest), MAX(rows.highest), MAX(rows.moment)"
_WITHIN = "rows.series = walk.series AND rows.moment >= walk.start AND rows.moment < walk.stop"
_TOTALS = f"""
    SELECT walk.series, walk.start, COALESCE(
        (SELECT CASE COUNT(rows.unit) WHEN 0 THEN json_array(json_array(NULL, {_ADDED}))
                WHEN COUNT(*) THEN CASE WHEN MIN(rows.unit) = MAX(rows.unit)
                                        THEN json_array(json_array(MIN(rows.unit), {_ADDED})) END END
         FROM rows WHERE {_WITHIN}),
        (SELECT json_group_array(json(totals))
         FROM (SELECT json_array(rows.unit, {_ADDED}) AS totals FROM rows WHERE {_WITHIN} GROUP BY rows.unit)))
    FROM walk WHERE walk.start IS NOT NULL"""
_COUNT_BUCKETS = "SELECT COUNT(*) FROM (SELECT DISTINCT start FROM walk WHERE start IS NOT NULL LIMIT ?)"
_HAS_UNITS = f"""EXISTS (
    SELECT 1 FROM rows WHERE rows.series = series.series AND rows.moment < '{_END}' AND rows.unit IS NOT NULL)"""
_COUNTED = """
    SELECT json_group_array(json_array(value, unit, number, newest))
    FROM (SELECT rows.value AS value, {unit} AS unit, COUNT(*) AS number, MAX(rows.moment) AS newest
          FROM rows WHERE rows.series = series.series GROUP BY {by})"""
_COUNTS = f"""
    SELECT series.series, CASE WHEN {_HAS_UNITS} THEN ({_COUNTED.format(unit="rows.unit", by="+rows.value, rows.unit")})
                               ELSE ({_COUNTED.format(unit="NULL", by="rows.value")}) END
    FROM series"""  # the plus keeps an index from having it walk all over the table, the moment brings in another one


def bucket_totals(database: Database, rows: Relation, series: Relation, size: str, zone: ZoneInfo) -> Iterator[Row]:
    """Answer :meth:`~.base.Dialect.bucket_totals`."""
    buckets = _walked(database, _TOTALS, rows, series, size, zone).fetchall()
    found = json.loads(f"[{','.join([bucket[2] for bucket in buckets])}]")  # at once: to begin takes longer than one
    for (key, start, _), totals in zip(buckets, found, strict=True):
        moment = _moment(start)
        for total in totals:
            yield key, moment, *total


def count_buckets(database: Database, rows: Relation, series: Relation, size: str, zone: ZoneInfo, most: int) -> int:
    """Answer :meth:`~.base.Dialect.count_buckets`."""
    count: int = _walked(database, _COUNT_BUCKETS, rows, series, size, zone, most).fetchone()[0]
    return count


def value_counts(database: Database, rows: Relation, series: Relation) -> Iterator[Row]:
    """Answer :meth:`~.base.Dialect.value_counts`."""
    for key, found in _run(database, _COUNTS, rows, series):
        for counted in json.loads(found):
            yield key, *counted


def _walked(
    database: Database, select: str, rows: Relation, series: Relation, size: str, zone: ZoneInfo, *values: object
) -> Cursor:
    where = size, str(zone)
    return _run(database, f", {_WALK} {select}", rows, series, *where, _END, *where, *values)


def _run(database: Database, query: str, rows: Relation, series: Relation, *values: object) -> Cursor:
    query = f"WITH RECURSIVE rows AS {_INLINE} ({rows.sql}), series AS {_INLINE} ({series.sql}) {query}"
    return database.execute_sql(query, (*rows.parameters, *series.parameters, *values))


@lru_cache(8192)
def bucket_start(text: str | None, size: str, zone: str) -> str | None:
    """Return the moment at which the bucket starts that a stored moment lies in: a function in SQL."""
    if text is None:
        return None
    place, ahead = ZoneInfo(zone), _ahead(text[:10], zone)
    try:
        if ahead is not None:
            start = (floor(datetime.fromisoformat(text) + ahead, size) - ahead).isoformat(sep=" ")
            if size in ("hour", "day") or _ahead(start[:10], zone) == ahead:  # no change of clocks is near
                return start
        local = floor(_moment(text).astimezone(place).replace(tzinfo=None, fold=0), size)
        return begin(local, place).isoformat(sep=" ")
    except OverflowError:  # on the first or the last days that there are
        return text


@lru_cache(8192)
def _ahead(day: str, zone: str) -> timedelta | None:
    """Return how far the clocks of ``zone`` are ahead on a day in UTC and two days around it, None if that changes."""
    place, middle = ZoneInfo(zone), _moment(day)
    try:
        found = {(middle + timedelta(days=days)).astimezone(place).utcoffset() for days in range(-2, 4)}
    except OverflowError:
        return None
    return found.pop() if len(found) == 1 else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
