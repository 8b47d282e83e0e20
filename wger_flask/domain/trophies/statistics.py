"""Keep one row of figures a user about all of their training.

What the figures mean and how they change is :mod:`wger_flask.engine.lifetime`; here they are
read and stored.  A row that is about to change is held: sessions and logs of one user that
are written at the same time are counted one after the other.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import fields as fields_of
from dataclasses import replace
from decimal import Decimal
from typing import Any

from wger_flask.api import Selection, advisory_lock, equals, midnight, today, update, which_exist, within, zone_of
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.engine.lifetime import Lifetime, Lift, Workout, recalculate

from . import activity
from .models import UserStatistics

_FIGURES = tuple(figure.name for figure in fields_of(Lifetime))
_DAY = datetime.timedelta(days=1)
_MOST = Decimal("9999999999.99")  # kg: what the column holds, and far more than a life is long enough for


def held(user: int) -> UserStatistics:
    """Return the row of a user, a new one if there is none; no other transaction changes it meanwhile."""
    advisory_lock(f"statistics of user {user}")
    row, known = Selection(UserStatistics, (equals(UserStatistics.user, user),)).first_with(activity.KNOWN)
    if not isinstance(row, UserStatistics):
        row = UserStatistics.create(user=user)
    row.last_activity = activity.read(known)
    return row


def figures(row: UserStatistics) -> Lifetime:
    """Return what a row says."""
    told: dict[str, Any] = {name: row.__data__.get(name) for name in _FIGURES}
    return Lifetime(**told)


def keep(row: UserStatistics, found: Lifetime) -> Lifetime:
    """Store new figures in a row, and return them."""
    found = replace(found, total_weight_lifted=min(found.total_weight_lifted, _MOST))
    changed = [name for name in _FIGURES if row.__data__.get(name) != getattr(found, name)]
    for name in changed:
        setattr(row, name, getattr(found, name))
    update(row, changed)
    return found


def recount(row: UserStatistics) -> Lifetime:
    """Compute the figures of a row from the whole history, store and return them."""
    activity.look_again(row)
    return keep(row, whole(row.user_id))


def whole(user: int) -> Lifetime:
    """Return the figures of the whole history of a user."""
    lifts = [Lift(*values) for values in _history(WorkoutLog, user, "weight", "repetitions", "weight_unit")]
    return recalculate(workouts_of(user), lifts, today(zone_of(user)))


def workouts_of(user: int) -> list[Workout]:
    """Return what counts of all sessions of a user."""
    zone = zone_of(user)
    history = _history(WorkoutSession, user, "datetime_start", "datetime_end")
    return [Workout.of(start, end, zone) for start, end in history]


def workout_of(session: WorkoutSession) -> Workout:
    """Return what counts of a session."""
    return Workout.of(session.datetime_start, session.datetime_end, zone_of(session.user_id))


def is_complete(user: int, saturday: datetime.date | None) -> bool:
    """Tell whether a user trained on both days of the weekend that begins on ``saturday``."""
    if saturday is None:
        return False
    return all(which_exist([_on(user, saturday), _on(user, saturday + _DAY)]))


def is_first(session: WorkoutSession) -> bool:
    """Tell whether a user has no other session on the day on which ``session`` began."""
    return _on(session.user_id, workout_of(session).date).count() == 1


def _on(user: int, day: datetime.date) -> Selection:
    zone = zone_of(user)
    start, end = (midnight(date, zone) for date in (day, day + _DAY))
    return Selection(
        WorkoutSession, (equals(WorkoutSession.user, user), within(WorkoutSession.datetime_start, start, end))
    )


def has_its_weekend(row: UserStatistics) -> bool:
    """Tell whether the last complete weekend of a row, if it has any, still is one.

    A weekend that was moved away is kept (see :mod:`wger_flask.engine.lifetime`), but nothing may follow from it.
    """
    return row.last_complete_weekend_date is None or is_complete(row.user_id, row.last_complete_weekend_date)


def number_of_sessions(user: int) -> int:
    """Return how often a user trained."""
    return Selection(WorkoutSession, (equals(WorkoutSession.user, user),)).count()


def dates_of(user: int) -> Callable[[], set[datetime.date]]:
    """Return a function that returns the dates of a user's sessions."""

    def look() -> set[datetime.date]:
        zone = zone_of(user)
        return {start.astimezone(zone).date() for (start,) in _history(WorkoutSession, user, "datetime_start")}

    return look


def lift_of(log: WorkoutLog) -> Lift:
    """Return what counts of a log."""
    return Lift(number(log.weight), number(log.repetitions), log.weight_unit_id)


def number(value) -> Decimal | None:
    """Return a number of a log, as it was read or set, as decimal."""
    return None if value is None else Decimal(str(value))


def _history(model: type[WorkoutSession] | type[WorkoutLog], user: int, *names: str) -> list[tuple]:
    return Selection(model, (equals(model.user, user),)).rows(names)
