"""Hear of training, count it, and give the trophies that it earns.

The subject of training knows nothing of this: see ``registry.listen``.  A new session or log
continues the figures, at a price that does not grow with the history.  What is changed or
taken back makes them be counted again, if it has a part in them, and trophies that rest on what
is gone be withdrawn (:func:`.awards.settle`).
"""

from __future__ import annotations

from functools import partial, reduce
from operator import or_

from wger_flask.api import Registry, User, account_named, today, transaction, zone_of
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.engine.lifetime import recalculate, with_changed_workout, with_log, with_workout
from wger_flask.engine.streaks import saturday_of

from . import activity, awards
from .models import UserStatistics
from .statistics import (
    dates_of,
    figures,
    has_its_weekend,
    held,
    is_complete,
    is_first,
    keep,
    lift_of,
    number_of_sessions,
    recount,
    workout_of,
    workouts_of,
)

_COUNTS_OF_SESSION = frozenset(("datetime_start", "datetime_end", "user"))
_COUNTS_OF_LOG = frozenset(("weight", "repetitions", "weight_unit", "user"))


def listen(registry: Registry) -> None:
    """Listen to sessions and logs."""
    registry.listen("workoutsession", created=session_created, changed=session_changed, deleted=sessions_gone)
    registry.listen("workoutlog", created=log_created, changed=log_changed, deleted=logs_gone)
    registry.on_imported(count_user_again)


def session_created(session: WorkoutSession) -> None:
    """Count a new session."""
    user, workout = session.user_id, workout_of(session)
    row, dates = held(user), dates_of(user)
    saturday = saturday_of(workout.date)
    if saturday and not has_its_weekend(row):
        statistics = recount(row)
    else:
        count, questions = number_of_sessions(user), (partial(is_complete, user, saturday), partial(is_first, session))
        statistics = keep(row, with_workout(figures(row), workout, count, dates, *questions))
    awards.give(user, statistics, dates)


def session_changed(session: WorkoutSession, names: frozenset[str]) -> None:
    """Count again, as the session was when the user trained."""
    if names & _COUNTS_OF_SESSION:
        user, moved = session.user_id, not names.isdisjoint(("datetime_start", "user"))
        row, workouts, dates = held(user), workouts_of(user), dates_of(user)
        day = today(zone_of(user))
        statistics = keep(row, with_changed_workout(figures(row), workouts, day, moved=moved))
        awards.settle(user, recalculate(workouts, (), day), dates, sessions=True, logs=False)
        awards.give(user, statistics, dates)


def log_created(log: WorkoutLog) -> None:
    """Count a new log; it may be a record."""
    row, lift = held(log.user_id), lift_of(log)
    activity.note(row, log)
    statistics = figures(row)
    if lift.volume:
        statistics = keep(row, with_log(statistics, lift))
    awards.give(log.user_id, statistics, dates_of(log.user_id), log)


def log_changed(log: WorkoutLog, names: frozenset[str]) -> None:
    """Count again, as the log has part in what was lifted, and may have been a record."""
    if names & awards.OF_RECORDS:
        awards.judge_again(log)
    if names & _COUNTS_OF_LOG:
        statistics, dates = recount(held(log.user_id)), dates_of(log.user_id)
        awards.settle(log.user_id, statistics, dates, sessions=False, logs=True)
        awards.give(log.user_id, statistics, dates)
    elif "date" in names:
        activity.look_again(held(log.user_id))


def sessions_gone(sessions: list[WorkoutSession]) -> None:
    """Count again, without sessions that are gone."""
    _taken_back({session.user_id for session in sessions}, sessions=True)


def logs_gone(logs: list[WorkoutLog]) -> None:
    """Count again, without logs that are gone."""
    awards.forget(logs)
    _taken_back({log.user_id for log in logs}, sessions=False)


def _taken_back(users: set[int], *, sessions: bool) -> None:
    """Count again what is left; who is gone too needs no figures."""
    for user in User.select(User.id).where(User.id.in_(users)).order_by(User.id).scalars():
        awards.settle(user, recount(held(user)), dates_of(user), sessions=sessions, logs=True)


def count_everything_again(name: str | None = None) -> int:
    """Compute the figures of all users who train, or of the account ``name``, and give what they earn.

    Each is counted in a transaction of their own; returns their number.  Raises ValueError for
    an unknown account.
    """
    trained = [model.select(model.user) for model in (WorkoutSession, WorkoutLog, UserStatistics)]
    query = User.select(User.id).where(reduce(or_, (User.id.in_(users) for users in trained)))
    if name is not None:
        query = User.select(User.id).where(User.id == account_named(name).id)
    users = list(query.order_by(User.id).scalars())
    for user in users:
        with transaction():
            count_user_again(user)
    return len(users)


def count_user_again(user: int) -> None:
    """Compute the figures of a user, and give what they earn."""
    awards.give(user, recount(held(user)), dates_of(user))
