"""Find runs in a set of dates: days in a row, weekends in a row, long pauses.

None of this knows what day it is.  A run that ended long ago is still the last run; whether it
still counts is a question for :mod:`wger_flask.engine.lifetime`, which knows "today".
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

LONG_PAUSE = 30
"""Days between two training days that make a return worth a trophy."""

_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class Streaks:
    """Hold what a set of training dates says about regularity."""

    last: datetime.date | None = None  # the latest date
    last_run: int = 0  # days in a row that end with it
    longest_run: int = 0
    last_weekend: datetime.date | None = None  # Saturday of the latest complete weekend
    weekend_run: int = 0  # complete weekends in a row that end with it
    last_pause: datetime.date | None = None  # the date before the latest long pause
    new_year: bool = False  # any 1 January


def saturday_of(date: datetime.date) -> datetime.date | None:
    """Return the Saturday of the weekend that ``date`` lies in; None on weekdays."""
    weekday = date.weekday()
    return date - datetime.timedelta(days=weekday - _SATURDAY) if weekday in (_SATURDAY, _SUNDAY) else None


def streaks_in(dates: Collection[datetime.date]) -> Streaks:
    """Compute the streaks in ``dates``, given in any order and with any repetitions."""
    known = sorted(set(dates))
    if not known:
        return Streaks()
    run = longest = 1
    pause = None
    for before, date in pairwise(known):
        gap = (date - before).days
        run = run + 1 if gap == 1 else 1
        longest = max(longest, run)
        if gap >= LONG_PAUSE:
            pause = before
    weekends = _complete_weekends(known)
    return Streaks(
        last=known[-1],
        last_run=run,
        longest_run=longest,
        last_weekend=weekends[-1] if weekends else None,
        weekend_run=_trailing(weekends),
        last_pause=pause,
        new_year=any(date.month == date.day == 1 for date in known),
    )


def longest_pause(dates: Collection[datetime.date]) -> int:
    """Return the greatest number of days between two neighbouring dates; 0 for fewer than two."""
    known = sorted(set(dates))
    return max(((after - before).days for before, after in pairwise(known)), default=0)


def most_weekends(dates: Collection[datetime.date]) -> int:
    """Return the greatest number of complete weekends in a row that there ever was."""
    run = most = 0
    before = None
    for weekend in _complete_weekends(sorted(set(dates))):
        run = run + 1 if before is not None and (weekend - before).days == 7 else 1
        most, before = max(most, run), weekend
    return most


def _complete_weekends(dates: list[datetime.date]) -> list[datetime.date]:
    return [date for date, after in pairwise(dates) if date.weekday() == _SATURDAY and (after - date).days == 1]


def _trailing(weekends: list[datetime.date]) -> int:
    run = 0
    for index in range(len(weekends) - 1, -1, -1):
        if run and (weekends[index + 1] - weekends[index]).days != 7:
            break
        run += 1
    return run
