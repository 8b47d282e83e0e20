"""Keep the date of each user's last log in the column where a wger on the same database reads it.

Nothing here reads it.  So that a log which is posted costs no query for it, the date is read
along with the figures (:func:`.statistics.held`) and written once a day.
"""

from __future__ import annotations

from datetime import date

from wger_flask.api import Clause, Selection, decode, equals, insert, update, zone_of
from wger_flask.domain.core.models import UserCache
from wger_flask.domain.routines.models import WorkoutLog

from .models import UserStatistics


def _last_activity():
    return UserCache.select(UserCache.last_activity).where(UserCache.user == UserStatistics.user)


KNOWN = Clause(_last_activity)


def read(values: tuple) -> date | None:
    """Return the date that the value of :data:`KNOWN` stands for."""
    return decode(UserCache.last_activity, values[0]) if values else None


def note(row: UserStatistics, log: WorkoutLog) -> None:
    """Note a new log of the user of ``row``."""
    when = _date_of(log.date, row)
    if row.last_activity is None or row.last_activity < when:
        _keep(row, when)


def look_again(row: UserStatistics) -> None:
    """Note the last log that there is: logs were changed or deleted."""
    latest = Selection(WorkoutLog, (equals(WorkoutLog.user, row.user_id),), ("-date",)).rows((WorkoutLog.date,), 1)
    when = _date_of(latest[0][0], row) if latest else None
    if row.last_activity != when:
        _keep(row, when)


def _keep(row: UserStatistics, when: date | None) -> None:
    held = Selection(UserCache, (equals(UserCache.user, row.user_id),)).first()
    if isinstance(held, UserCache):
        held.last_activity = when
        update(held, ("last_activity",))
    else:
        insert(UserCache(user=row.user_id, last_activity=when))
    row.last_activity = when


def _date_of(moment, row: UserStatistics) -> date:
    return moment.astimezone(zone_of(row.user_id)).date()
