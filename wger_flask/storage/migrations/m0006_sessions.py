"""Give workout sessions a start and an end in place of a date and two times of day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import peewee

from .. import alter, columns
from ..server_zone import midnight, server_zone

_TABLE = "manager_workoutsession"
_DAY = timedelta(days=1)
_BATCH = 5000
_ASKED = 500


def apply(database) -> None:
    """Work on tables as wger's own 2.5 to 2.7 alphas have them, and leave alone those that know a start already.

    Days are those of the server's zone.  A session without times began with its first log of the day and ended with the
    last; one without logs, too, began at midnight and is open.
    """
    if not {"date", "time_start", "time_end"} <= database.dialect.columns_by_table(database).get(_TABLE, set()):
        return
    alter.add_column(_TABLE, "datetime_start", columns.DateTime(default=columns.now))
    end = columns.DateTime(null=True, constraints=[columns.Check("datetime_end >= datetime_start")])
    alter.add_column(_TABLE, "datetime_end", end)
    update = f'UPDATE "{_TABLE}" SET datetime_start = ?, datetime_end = ? WHERE id = ?'.replace("?", database.param)
    write = database.dialect.write_moment
    for rows in _batches(database):
        moments = [
            (write(start), None if end is None else write(end), key) for key, start, end in _spans(database, rows)
        ]
        database.cursor().executemany(update, moments)
    for name in ("date", "time_start", "time_end"):
        alter.drop_column(_TABLE, name)
    alter.add_index(_TABLE, "routine_id", "datetime_start", name="manager_wor_routine_46e75a_idx")


def _batches(database) -> Iterator[list[tuple]]:
    """Yield all sessions, some at a time: their key, date, and times."""
    sessions = peewee.Table(_TABLE, ("id", "date", "time_start", "time_end")).bind(database)
    query = sessions.select(sessions.id, sessions.date, sessions.time_start, sessions.time_end)
    query = query.order_by(sessions.id).limit(_BATCH)
    rows = list(query.tuples())
    while rows:
        yield rows
        rows = list(query.where(sessions.id > rows[-1][0]).tuples())


def _spans(database, rows: list[tuple]) -> Iterator[tuple[object, datetime, datetime | None]]:
    """Yield the key of each session, its start and its end in UTC."""
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
