"""Lay the days of a routine on the calendar.

Days follow each other endlessly; two flags bend the line.  A day that needs logs is repeated
until the date after the user trained it: the past stalls, but from tomorrow on progress is
assumed, or a plan could never be looked at in advance.  A routine fitted into weeks pauses
after its last day until the next Monday, so that every round starts on the same weekday.

The calendar knows dates, not moments: daylight saving and time zones end with the caller,
who also says which date ``today`` is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .routine import Day, Label, Routine

_ONE_DAY = datetime.timedelta(days=1)
_WEEK = 7


class ScheduledDay(NamedTuple):
    """Say what is done on ``date``; ``day`` is None while a week is filled up."""

    date: datetime.date
    iteration: int
    day: Day | None
    label: str | None = None


def schedule(routine: Routine, today: datetime.date) -> list[ScheduledDay]:
    """Return one :class:`ScheduledDay` for every date of ``routine``, ascending; none if it has no days."""
    labels = sorted(routine.labels, key=lambda label: label.start_offset)
    return [
        ScheduledDay(date, iteration, day, _label(labels, (date - routine.start).days) if labels else None)
        for date, iteration, day in _walk(routine, today)
    ]


def _walk(routine: Routine, today: datetime.date) -> Iterator[tuple[datetime.date, int, Day | None]]:
    days = routine.days
    if not days:
        return
    pads = routine.fit_in_week and len(days) % _WEEK != 0
    iterations = [1] * len(days)
    current, shown = 0, False
    dates = _dates(routine)
    for date in dates:
        if shown and _may_leave(days[current], date, today):
            iterations[current] += 1
            current = (current + 1) % len(days)
            if pads and current == 0:
                for _ in range(_WEEK - date.weekday()):
                    yield date, iterations[0] - 1, None
                    following = next(dates, None)
                    if following is None:
                        return
                    date = following
        yield date, iterations[current], days[current]
        shown = True


def _dates(routine: Routine) -> Iterator[datetime.date]:
    """Yield every date of ``routine``; there is none to count on to after the calendar's last."""
    for number in range(routine.start.toordinal(), routine.end.toordinal() + 1):
        yield datetime.date.fromordinal(number)


def _may_leave(day: Day, date: datetime.date, today: datetime.date) -> bool:
    return not day.need_logs_to_advance or date > today or date - _ONE_DAY in day.session_dates


def _label(labels: Iterable[Label], offset: int) -> str | None:
    """Return the label that starts last among those that cover ``offset``."""
    current = None
    for label in labels:
        if label.start_offset <= offset <= label.end_offset:
            current = label.label
    return current
