"""Follow a user's strength from day to day: the best estimated one-repetition maximum, and totals of several.

What a set says about the maximum is :func:`~.statistics.share_of_one_rep_max`; here it counts for
few repetitions only, where such equations hold.  A *total* adds the best of several lifts, as in
powerlifting; they need not be done on one day, but within some days of each other.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from .rounding import PRECISION, exact
from .statistics import share_of_one_rep_max
from .units import KILOGRAM, MASSES, REPETITIONS, kilograms

MOST_REPETITIONS = 5
"""The repetitions of the longest set that counts, unless the user chose another."""

WINDOW = 30
"""The days within which the lifts of a total are done, unless the user chose another number."""

_LARGEST = 25  # repetitions from which on the share of the maximum is small, then negative: it says nothing


@dataclass(frozen=True, slots=True)
class LoggedLift:
    """Hold one logged set and its moment; ``weight`` is in its unit, None means not noted."""

    moment: datetime.datetime
    exercise: int
    repetitions: Decimal | None
    weight: Decimal | None
    weight_unit: int | None = KILOGRAM
    repetitions_unit: int | None = REPETITIONS


@dataclass(frozen=True, slots=True)
class Best:
    """Hold what was best: an estimate (kg, two decimals), and the moment of the set that it is of."""

    kilograms: Decimal
    moment: datetime.datetime


def estimate(lift: LoggedLift, most: int = MOST_REPETITIONS) -> Decimal | None:
    """Return the one-repetition maximum (kg, two decimals) that a set hints at; None for one that does not count.

    Counted are sets of one to ``most`` repetitions, fractions included, with a mass.
    """
    if lift.repetitions is None or lift.weight is None or lift.repetitions_unit != REPETITIONS:
        return None
    if lift.weight_unit not in MASSES or lift.weight <= 0 or not 1 <= lift.repetitions <= min(most, _LARGEST):
        return None
    with localcontext(PRECISION):
        return exact(kilograms(lift.weight, lift.weight_unit) / share_of_one_rep_max(lift.repetitions), 2)


def bests(
    lifts: Iterable[LoggedLift], day_of: Callable[[datetime.datetime], datetime.date], most: int = MOST_REPETITIONS
) -> dict[int, dict[datetime.date, Best]]:
    """Return the best of each day on which a counted set was done, by exercise.

    ``day_of`` tells on which day a moment lies.  Of equal estimates the later set is the best.
    """
    found: dict[int, dict[datetime.date, Best]] = defaultdict(dict)
    for lift in lifts:
        kilograms = estimate(lift, most)
        if kilograms is None:
            continue
        days, day = found[lift.exercise], day_of(lift.moment)
        known = days.get(day)
        if known is None or (kilograms, lift.moment) > (known.kilograms, known.moment):
            days[day] = Best(kilograms, lift.moment)
    return dict(found)


def totals(
    by_exercise: Mapping[int, Mapping[datetime.date, Best]], exercises: Iterable[int], window: int = WINDOW
) -> dict[datetime.date, Best]:
    """Return the total of ``exercises`` on each day on which a counted set of one of them was done.

    Added are the bests of the ``window`` days that end with the day; a day on which one of the
    exercises has none has no total.  Its moment is the latest of the day's own bests.
    """
    lifts = [by_exercise.get(exercise, {}) for exercise in exercises]
    found = {}
    for day in sorted({day for days in lifts for day in days}):
        recent = [_best_until(days, day, window) for days in lifts]
        counted = [best for best in recent if best is not None]
        if len(counted) == len(recent):
            total = sum((best.kilograms for best in counted), Decimal(0))
            found[day] = Best(total, max(days[day].moment for days in lifts if day in days))
    return found


def _best_until(days: Mapping[datetime.date, Best], day: datetime.date, window: int) -> Best | None:
    """Return the best of the ``window`` days that end with ``day``."""
    earlier = (day - datetime.timedelta(days=back) for back in range(window) if back < day.toordinal())
    return max((days[found] for found in earlier if found in days), key=lambda best: best.kilograms, default=None)
