"""Tell when workout sessions began and ended that have a date and two times of day, as all had before wger 2.7.0."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import peewee

from .dialects.base import Database
from .server_zone import midnight, server_zone
from .types import Row

_DAY = timedelta(days=1)
_BATCH = 5000
_ASKED = 500
_COLUMNS = ("id", "date", "time_start", "time_end")


def spans(database: Database, table: str) -> Iterator[list[tuple[object, datetime, datetime | None]]]:
    """Yield the key, start and end, in UTC, of the sessions in ``table`` (``id, date, time_start, time_end``).

    Some thousands at a time.  Days are those of the server's zone.  A session without times began with its first log of
    the day and ended with the last; one without logs, too, began at midnight and is open.
    """
    for rows in _batches(database, table):
        yield list(_spans(database, rows))


def _batches(database: Database, table: str) -> Iterator[list[Row]]:
    sessions = peewee.Table(table).bind(database)
    query = sessions.select(*(sessions.c[name] for name in _COLUMNS))
    query = query.order_by(sessions.c.id).limit(_BATCH)
    rows = list(query.tuples())
    while rows:
        yield rows
        rows = list(query.where(sessions.c.id > rows[-1][0]).tuples())


def _spans(database: Database, rows: list[Row]) -> Iterator[tuple[object, datetime, datetime | None]]:
    zone = server_zone()
    trained: dict[object, tuple[datetime, datetime]] = {}
    timeless = [row[0] for row in rows if row[2] is None and row[3] is None]
    for first in range(0, len(timeless), _ASKED):
        trained.update(_trained(database, timeless[first : first + _ASKED]))
    for key, *values in rows:
        day = date.fromisoformat(values[0]) if isinstance(values[0], str) else values[0]
        begun, ended = map(_time, values[1:])
        if begun is None and ended is None and key in trained:
            start, end = _within(database, key, day, *trained[key])
        else:
            start, end = datetime.combine(day, begun or time(), zone), None
            if ended is not None:
                end = datetime.combine(day + _DAY if ended < (begun or time()) else day, ended, zone)
        start, end = start.astimezone(UTC), end and end.astimezone(UTC)
        yield key, start, end if end is None or start <= end else start  # they skip a time at which one began


def _time(value: str | time | None) -> time | None:
    return time.fromisoformat(value) if isinstance(value, str) else value


def _trained(database: Database, keys: list[object]) -> Iterator[tuple[object, tuple[datetime, datetime]]]:
    """Yield the key of each session that has logs, and the moments of the first and of the last."""
    logs, read = _logs(database), database.dialect.read_moment
    first, last = peewee.fn.MIN(logs.c.date), peewee.fn.MAX(logs.c.date)
    query = logs.select(logs.c.session_id, first, last).where(logs.c.session_id.in_(keys)).group_by(logs.c.session_id)
    for key, begun, ended in query.tuples():
        yield key, (read(begun), read(ended))


def _within(
    database: Database, key: object, day: date, first: datetime, last: datetime
) -> tuple[datetime, datetime | None]:
    """Return the first and the last moment of a session's logs on its day; the day's first and none for no log."""
    start, following = midnight(day, server_zone()), midnight(day + _DAY, server_zone())
    if not (start <= first and last < following):
        logs, read = _logs(database), database.dialect.read_moment
        moments = [read(moment) for (moment,) in logs.select(logs.c.date).where(logs.c.session_id == key).tuples()]
        of_day = [moment for moment in moments if start <= moment < following]
        if not of_day:
            return start, None
        first, last = min(of_day), max(of_day)
    return first, last if first < last else None


def _logs(database: Database) -> peewee.Table:
    return peewee.Table("manager_workoutlog").bind(database)
