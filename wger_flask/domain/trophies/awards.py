"""Give trophies for what the figures of a user, or a single log, say, and take them back.

A trophy that cannot be repeated is given once.  Nothing is given to people who do not want any, or
who were away for long: an app that uploads in the background earns nothing.

What was given for sessions that are gone, or were something else, is withdrawn.  What logs earned
is not: a genuine server is known to keep it when they go.  It is marked as void (:mod:`.marks`), so
that no record is measured by it, it can be earned anew, and its owner may hide it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from wger_flask.api import (
    Clause,
    Selection,
    any_of,
    columns,
    delete,
    equals,
    fields,
    fn,
    insert,
    today,
    update,
    zone_of,
)
from wger_flask.domain.core.models import UserProfile
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.engine.lifetime import Lifetime, recalculate
from wger_flask.engine.trophies import (
    OF_SESSIONS,
    OF_TIMES,
    Record,
    in_good_standing,
    is_borne,
    is_earned,
    personal_record,
)

from .marks import VALID, mark, voided
from .models import AwardMark, Trophy, UserTrophy
from .statistics import number, workouts_of

_RULE = ("id", "checker_class", "checker_params", "is_repeatable")
RECORDS = "personal_record"
"""The checker whose trophies belong to single logs."""
KEPT = frozenset((RECORDS, "volume"))
"""The checkers whose trophies are kept when what earned them goes."""
OF_RECORDS = frozenset(("exercise", "weight", "repetitions", "rir", "weight_unit", "repetitions_unit"))
"""What a record is made of, and tells."""


def given_once(award: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns in which a user has one award alone: those of a trophy that cannot be repeated."""
    once = equals(Trophy.id, award["trophy"]), equals(Trophy.is_repeatable, False)
    return ("user", "trophy") if Selection(Trophy, once).exists() else ()


def give(
    user: int, row: Lifetime, dates: Callable[[], Collection[datetime.date]], log: WorkoutLog | None = None
) -> None:
    """Give a user every trophy that is earned and not given yet.

    ``dates`` returns the dates of all sessions; ``log`` is the new log that made the figures, if one did.
    """
    earned = list(_earned(user, row, dates, log))
    if earned and _wanted(user):
        for trophy, context in earned:
            if context is not None or not _renew(user, trophy):
                insert(UserTrophy(user=user, trophy=trophy, progress=100.0, context_data=context))


def settle(
    user: int, row: Lifetime, dates: Callable[[], Collection[datetime.date]], *, sessions: bool, logs: bool
) -> None:
    """Take back what the history of a user no longer bears, after ``logs`` or ``sessions`` of it were changed or went.

    ``row`` counts the whole history, ``dates`` returns the dates of all sessions.
    """
    own = Selection(UserTrophy, (equals(UserTrophy.user, user),), ("id",))
    lost = []
    for award, checker, params, repeatable in own.rows(("id", *(f"trophy.{name}" for name in _RULE[1:]))):
        if repeatable or checker in OF_SESSIONS and not sessions or checker in KEPT and not logs:
            continue
        borne = is_borne(checker, params, row, dates)
        if checker in KEPT:
            mark(award, is_void=not borne)
        elif not borne:
            lost.append(award)
    if lost:
        delete(UserTrophy, lost)


def forget(logs: list[WorkoutLog]) -> None:
    """Mark the records of logs that are gone as void."""
    gone = {str(log.id) for log in logs}
    records = Selection(UserTrophy, (any_of(UserTrophy.user, sorted({log.user_id for log in logs})), _OF_A_LOG))
    for award, log in records.rows(("id", Clause(_log))):
        if log in gone:
            mark(award, is_void=True)


def judge_again(log: WorkoutLog) -> None:
    """Look again at the records that a log, which is something else now, has set: they say what it is, or are void."""
    for record in _records_of(log):
        context = _record(log.user_id, record.trophy_id, log, before=record.id)
        if context:
            record.context_data = context
            update(record, ("context_data",))
        mark(record.id, is_void=context is None)


def _log():
    return UserTrophy.context_data.text("log_id")


def _is_of_a_log():
    return _log().is_null(False)


def _is_of_log(key):
    return _log() == key


_OF_A_LOG = Clause(_is_of_a_log)


def _records_of(log: WorkoutLog) -> list[UserTrophy]:
    of_log = Clause(_is_of_log, (str(log.id),))
    return list(Selection(UserTrophy, (equals(UserTrophy.user, log.user_id), of_log), ("id",)).instances())


def _renew(user: int, trophy: int) -> bool:
    """Give a trophy anew that the user has, but void; returns whether there was one."""
    awards = Selection(UserTrophy, (equals(UserTrophy.user, user), equals(UserTrophy.trophy, trophy))).keys()
    for award in voided(awards):
        UserTrophy.update(earned_at=columns.now()).where(UserTrophy.id == award).execute()
        mark(award, is_void=False, is_hidden=False)
    return bool(awards)


def _earned(user: int, row: Lifetime, dates: Callable, log: WorkoutLog | None) -> Iterator[tuple[int, dict | None]]:
    """Yield the trophies that are earned and not given yet, each with what to keep of the log that earned it."""
    still_open = equals(Trophy.is_active, True), Clause(_is_still_open, (user,))
    open_trophies = Selection(Trophy, still_open, ("order", "name"))
    for trophy, checker, params, repeatable in open_trophies.rows(_RULE):
        if checker == RECORDS:
            if log and (context := _record(user, trophy, log)):
                yield trophy, context
        elif not repeatable and is_earned(checker, params, row, dates):
            if checker not in OF_TIMES or is_earned(checker, params, _times(user), dates):
                yield trophy, None


def _times(user: int) -> Lifetime:
    """Return the times of day at which a user trained, from the whole history."""
    return recalculate(workouts_of(user), (), today(zone_of(user)))


def _wanted(user: int) -> bool:
    own_profile = Selection(UserProfile, (equals(UserProfile.user, user),))
    enabled, last_login = next(iter(own_profile.rows(("trophies_enabled", "user.last_login"), 1)), (True, None))
    return in_good_standing(enabled, last_login, columns.now())


def _record(user: int, trophy: int, log: WorkoutLog, before: int | None = None) -> dict | None:
    """Return what to keep of a log that is a record of its exercise, else None.

    It is measured by the latest record, or by the latest one ``before`` that award.
    """
    latest = _latest(user, trophy, log.exercise_id, before)
    record = personal_record(number(log.weight), number(log.repetitions), number(log.rir), latest)
    if record is None:
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
        "one_rep_max_estimate": record.one_rep_max_estimate,
    }


def _latest(user: int, trophy: int, exercise: int, before: int | None) -> Record | None:
    is_for_exercise = Clause(_is_for_exercise, (trophy, str(exercise)))
    clauses: tuple[Clause, ...] = (equals(UserTrophy.user, user), is_for_exercise, VALID)
    if before is not None:
        clauses += (Clause(_is_before, (before,)),)
    rows = Selection(UserTrophy, clauses, ("-earned_at", "-id")).rows((UserTrophy.context_data,), 1)
    if not rows:
        return None
    context = rows[0][0]
    estimate = context.get("one_rep_max_estimate") if isinstance(context, dict) else None
    return Record(estimate if isinstance(estimate, int | float) else None)


def _is_before(award):
    return UserTrophy.id < award


def _is_for_exercise(trophy, exercise):
    # A sum has no index: records of all users have this trophy, and only the user's own are to be looked through.
    return (UserTrophy.trophy + 0 == trophy) & (UserTrophy.context_data.text("exercise_id") == exercise)


def _is_still_open(user):
    void = AwardMark.select(1).where((AwardMark.award == UserTrophy.id) & AwardMark.is_void)
    given = UserTrophy.select(UserTrophy.trophy).where(UserTrophy.user == user, ~fn.EXISTS(void))
    return Trophy.is_repeatable | Trophy.id.not_in(given)


def _float(value) -> float | None:
    return None if value is None else float(value)
