"""Decide which trophies are earned, and how far the others are.

A trophy is a row that names a checker and its parameters, so that an administrator can add
"500 workouts" without code.  A checker is a function of those parameters and of what is known
of a training life; it answers with a :class:`Reach`.  :data:`CHECKERS` is the list of them,
open for plugins.

Personal records are different: they belong to one log and are earned again and again.
:func:`personal_record` compares a new log with the latest record of its exercise.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from .lifetime import Lifetime
from .statistics import estimated_one_rep_max
from .streaks import LONG_PAUSE, longest_pause, most_weekends

UNREADABLE = (KeyError, TypeError, ValueError, ArithmeticError)  # what parameters raise that make no sense
_AWAY = datetime.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """The progress of a user towards a trophy; the three texts are None where the trophy has no steps."""

    earned: bool
    progress: float = 0.0  # percent, at most 100
    current_value: str | None = None
    target_value: str | None = None
    progress_display: str | None = None


class Reach(NamedTuple):
    """Whether a trophy is earned and, where it has steps, how many of how many are done, in ``unit``."""

    earned: bool
    current: int | Decimal | None = None
    target: int | float | None = None
    unit: str = ""


Dates = Callable[[], Collection[datetime.date]]
Checker = Callable[[Mapping[str, Any], Lifetime, Dates], Reach]


def check(
    checker: str, params: Mapping[str, Any], row: Lifetime, dates: Dates, *, is_progressive: bool = True
) -> Standing:
    """Return the standing with a trophy that names ``checker``.

    ``dates`` returns all session dates and is called only by checkers that need them.  A trophy
    that is not progressive tells no progress.  An unknown checker, or parameters that
    it cannot read, are a trophy that cannot be earned.
    """
    reach = _reach(checker, params, row, dates)
    return _standing(reach) if is_progressive else Standing(reach.earned)


def is_earned(checker: str, params: Mapping[str, Any], row: Lifetime, dates: Dates) -> bool:
    """Return what :func:`check` says of ``earned``, and put nothing into words: it is asked at every set."""
    try:
        return CHECKERS[checker](params, row, dates).earned
    except UNREADABLE:
        return False


def is_borne(checker: str, params: Mapping[str, Any], row: Lifetime, dates: Dates) -> bool:
    """Say whether a trophy that was given still has what it was given for in a history.

    ``row`` counts the whole history.  That a streak is over takes nothing away.  A checker that
    is unknown, or parameters that it cannot read, say nothing against a trophy.
    """
    try:
        ever = replace(row, weekend_workout_streak=most_weekends(dates())) if checker == "weekend_warrior" else row
        return CHECKERS[checker](params, ever, dates).earned
    except UNREADABLE:
        return True


def _reach(checker: str, params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    try:
        return CHECKERS[checker](params, row, dates)
    except UNREADABLE:
        return Reach(False)


def _standing(reach: Reach) -> Standing:
    earned, current, target, unit = reach
    if current is None or target is None:
        return Standing(earned)
    value, shown = str(current), f"{current} / {target} {unit}"
    if isinstance(current, Decimal):
        value, shown = f"{current:.2f}", f"{_grouped(current)} / {_grouped(Decimal(str(target)))} {unit}"
    percent = min(100.0, float(current) / target * 100) if target else 100.0
    return Standing(earned, percent, value, str(target), shown)


def in_good_standing(trophies_enabled: bool, last_login: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Return whether trophies are evaluated: switched on, and the last login is unknown or at most 30 days old."""
    return trophies_enabled and (last_login is None or now - last_login <= _AWAY)


# -- checkers ------------------------------------------------------------------------------


def workout_count(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for ``count`` sessions."""
    return _counted(row.total_workouts, int(params["count"]), "workouts")


def streak(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for ``days`` in a row, now or ever."""
    return _counted(max(row.current_streak, row.longest_streak), int(params["days"]), "days")


def weekend_warrior(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for ``weekends`` in a row with a session on both days."""
    return _counted(row.weekend_workout_streak, int(params["weekends"]), "weekends")


def volume(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for ``kg`` lifted altogether (kg × repetitions)."""
    lifted = row.total_weight_lifted
    return Reach(lifted >= Decimal(params["kg"]), lifted, float(params["kg"]), "kg")


def time_of_day(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for a session that began ``before`` or ``after`` a time of day ("06:00"), strictly."""
    earliest, latest = row.earliest_workout_time, row.latest_workout_time
    early = "before" in params and earliest is not None and earliest < _time(params["before"])
    late = "after" in params and latest is not None and latest > _time(params["after"])
    return Reach(early or late)


def date_of_year(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for a session on ``day`` of ``month`` in any year; the row knows about 1 January."""
    month, day = int(params["month"]), int(params["day"])
    if (month, day) == (1, 1):
        return Reach(row.worked_out_jan_1)
    return Reach(any((date.month, date.day) == (month, day) for date in dates()))


def inactivity_return(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check for a session after ``inactive_days`` or more; the row knows about pauses of 30 days."""
    pause = int(params.get("inactive_days", LONG_PAUSE))
    if pause != LONG_PAUSE:
        return Reach(longest_pause(dates()) >= pause)
    left, last = row.last_inactive_date, row.last_workout_date
    return Reach(left is not None and last is not None and last > left)


def per_log(params: Mapping[str, Any], row: Lifetime, dates: Dates) -> Reach:
    """Check nothing: personal records are awarded by :func:`personal_record`."""
    return Reach(False)


CHECKERS: dict[str, Checker] = {
    "workout_count_based": workout_count,
    "streak": streak,
    "weekend_warrior": weekend_warrior,
    "volume": volume,
    "time_based": time_of_day,
    "date_based": date_of_year,
    "inactivity_return": inactivity_return,
    "personal_record": per_log,
}
"""The checkers by the name that trophy rows use."""

OF_TIMES = frozenset(("time_based",))
"""Those that look at times of day, of which a row may know more than there is in the history any more."""
OF_SESSIONS = frozenset(CHECKERS) - {"volume", "personal_record"}
"""Those that look at sessions alone: what happens to logs is nothing to them."""


def _counted(current: int, target: int, unit: str) -> Reach:
    return Reach(current >= target, current, target, unit)


def _grouped(kg: Decimal) -> str:
    """Print a mass with grouped thousands; the decimals beyond are cut off, not rounded."""
    places = Decimal(1) if kg >= 1000 else Decimal("0.1")
    return f"{kg.quantize(places, rounding=ROUND_DOWN):,}"


def _time(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


# -- personal records ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Hold a personal record: the estimated 1RM in the unit of the log, None where none can be told."""

    one_rep_max_estimate: float | None


def personal_record(
    weight: Decimal | None, repetitions: Decimal | None, rir: Decimal | None, latest: Record | None
) -> Record | None:
    """Return the record that a new log sets, or None.

    ``latest`` is the newest record of the same exercise.  The first log of an exercise is always
    a record, even without an estimate; later ones have to exceed the latest estimate.  Units are
    not converted: a record is compared with what was written, as clients show it.
    """
    estimate = estimated_one_rep_max(weight, repetitions, rir)
    if latest is None:
        return Record(None if estimate is None else float(estimate))
    if estimate is None or float(estimate) <= (latest.one_rep_max_estimate or 0.0):
        return None
    return Record(float(estimate))
