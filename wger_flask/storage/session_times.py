"""Tell when workout sessions began and ended that have a date and two times of day, as all had before wger 2.7.0."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import peewee

from .server_zone import midnight, server_zone

_DAY = timedelta(days=1)
_BATCH = 5000
_ASKED = 500


def spans(database, table: str) -> Iterator[list[tuple[object, datetime, datetime | None]]]:
    """Yield the key, start and end, in UTC, of the sessions in ``table`` (``id, date, time_start, time_end``).

    Some thousands at a time.  Days are those of the server's zone.  A session without times began with its first log of
    the day and ended with the last; one without logs, too, began at midnight and is open.
    """
    for rows in _batches(database, table):
        yield list(_spans(database, rows))


def _batches(database, table: str) -> Iterator[list[tuple]]:
    sessions = peewee.Table(table, ("id", "date", "time_start", "time_end")).bind(database)
    query = sessions.select(sessions.id, sessions.date, sessions.time_start, sessions.time_end)
    query = query.order_by(sessions.id).limit(_BATCH)
    rows = list(query.tuples())
    while rows:
        yield rows
        rows = list(query.where(sessions.id > rows[-1][0]).tuples())


def _spans(database, rows: list[tuple]) -> Iterator[tuple[object, datetime, datetime | None]]:
    zone, trained = server_zone(), {}
    timeless = [row[0] for row in rows if row[2] is None and row[3] is None]
    for first in range(0, len(timeless), _ASKED):
        trained.update(_trained(database, timeless[first : first + _ASKED]))
    for key, *values in rows:
        day, begun, ended = (_read(kind, value) for kind, value in zip((date, time, time), values, strict=True))
        if begun is None and ended is None and key in trained:
            start, end = _within(database, key, day, *trained[key])
        else:
            start, end = datetime.combine(day, begun or time(), zone), None
            if ended is not None:
                end = datetime.combine(day + _DAY if ended < (begun or time()) else day, ended, zone)
        start, end = start.astimezone(UTC), end and end.astimezone(UTC)
        yield key, start, end if end is None or start <= end else start  # they skip a time at which one began


def _read(kind: type, value):
    return kind.fromisoformat(value) if isinstance(value, str) else value


def _trained(database, keys: list) -> Iterator[tuple[object, tuple[datetime, datetime]]]:
    """Yield the key of each session that has logs, and the moments of the first and of the last."""
    logs, read = _logs(database), database.dialect.read_moment
    first, last = peewee.fn.MIN(logs.date), peewee.fn.MAX(logs.date)
    query = logs.select(logs.session_id, first, last).where(logs.session_id.in_(keys)).group_by(logs.session_id)
    for key, *moments in query.tuples():
        yield key, tuple(map(read, moments))


def _within(database, key, day: date, first: datetime, last: datetime) -> tuple[datetime, datetime | None]:
    """Return the first and the last moment of a session's logs on its day; the day's first and none for no log."""
    start, following = midnight(day, server_zone()), midnight(day + _DAY, server_zone())
    if not (start <= first and last < following):
        logs, read = _logs(database), database.dialect.read_moment
        moments = [read(moment) for (moment,) in logs.select(logs.date).where(logs.session_id == key).tuples()]
        of_day = [moment for moment in moments if start <= moment < following]
        if not of_day:
            return start, None
        first, last = min(of_day), max(of_day)
    return first, last if first < last else None


def _logs(database) -> peewee.Table:
    return peewee.Table("manager_workoutlog", ("session_id", "date")).bind(database)
