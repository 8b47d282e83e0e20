"""Give trophies for what somebody's figures, or a single log, say.

A trophy that cannot be repeated is given once, and none is ever taken back.  Nothing is given to
people who do not want any, or who were away for long: an app that uploads in the background is
nobody's triumph.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from wger_flask.api import Clause, Selection, columns, equals, fields
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.engine.lifetime import Lifetime
from wger_flask.engine.trophies import Record, in_good_standing, is_earned, personal_record

from .models import Trophy, UserTrophy

_RULE = ("id", "checker_class", "checker_params", "is_repeatable")
RECORDS = "personal_record"
"""The checker whose trophies belong to single logs."""


def give(
    user: int, row: Lifetime, dates: Callable[[], Collection[datetime.date]], log: WorkoutLog | None = None
) -> None:
    """Give a user every trophy that is earned and not given yet.

    ``dates`` returns the dates of all sessions; ``log`` is the new log that made the figures, if one did.
    """
    earned = list(_earned(user, row, dates, log))
    if earned and _wanted(user):
        for trophy, context in earned:
            UserTrophy.create(user=user, trophy=trophy, progress=100.0, context_data=context)


def _earned(user: int, row: Lifetime, dates: Callable, log: WorkoutLog | None) -> Iterator[tuple[int, dict | None]]:
    """Yield the trophies that are earned and not given yet, each with what to keep of the log that earned it."""
    open_trophies = Selection(Trophy, (equals(Trophy.is_active, True), _still_open(user)), ("order", "name"))
    for trophy, checker, params, repeatable in open_trophies.rows(_RULE):
        if checker == RECORDS:
            if log and (context := _record(user, trophy, log)):
                yield trophy, context
        elif not repeatable and is_earned(checker, _parameters(params), row, dates):
            yield trophy, None


def _parameters(stored) -> dict:
    """Return what a rule compares with; there are few rules, and they are asked at every set that is done."""
    return _read(stored) if isinstance(stored, str) else Trophy.checker_params.python_value(stored)


_read = lru_cache(256)(Trophy.checker_params.python_value)


def _wanted(user: int) -> bool:
    found = Selection(UserProfile, (equals(UserProfile.user, user),)).rows(("trophies_enabled", "user.last_login"), 1)
    enabled, last_login = found[0] if found else (True, None)
    return in_good_standing(enabled, UserProfile.user.rel_model.last_login.python_value(last_login), columns.now())


def _record(user: int, trophy: int, log: WorkoutLog) -> dict | None:
    """Return what to keep of a log that is a record of its exercise, else None."""
    found = personal_record(log.weight, log.repetitions, log.rir, _latest(user, trophy, log.exercise_id))
    if found is None:
        return None
    return {
        "log_id": str(log.id),
        "date": fields.DateTime().wire(log.date),
        "session_id": log.session_id and str(log.session_id),
        "exercise_id": log.exercise_id,
        "repetitions_unit_id": log.repetitions_unit_id,
        "repetitions": _float(log.repetitions),
        "weight_unit_id": log.weight_unit_id,
        "weight": _float(log.weight),
        "iteration": log.iteration,
        "one_rep_max_estimate": found.one_rep_max_estimate,
    }


def _latest(user: int, trophy: int, exercise: int) -> Record | None:
    clauses = (equals(UserTrophy.user, user), _for_exercise(trophy, exercise))
    rows = Selection(UserTrophy, clauses, ("-earned_at", "-id")).rows(("context_data",), 1)
    return Record(UserTrophy.context_data.python_value(rows[0][0]).get("one_rep_max_estimate")) if rows else None


def _for_exercise(trophy: int, exercise: int) -> Clause:
    def build(given, about):
        # A sum has no index: everybody's records have this trophy, and only the user's own are to be looked through.
        return (UserTrophy.trophy + 0 == given) & (UserTrophy.context_data.text("exercise_id") == about)

    return Clause((UserTrophy, "for an exercise"), build, (trophy, str(exercise)))


def _still_open(user: int) -> Clause:
    def build(slot):
        given = UserTrophy.select(UserTrophy.trophy).where(UserTrophy.user == slot)
        return Trophy.is_repeatable | Trophy.id.not_in(given)

    return Clause((Trophy, "still open to a user"), build, (user,))


def _float(value) -> float | None:
    return None if value is None else float(value)
