"""Keep the statistics of a whole training life up to date.

They are stored in one row a user and change in two ways.  :func:`recalculate` reads the whole
history; it is the definition.  :func:`with_workout` and :func:`with_log` continue a row with
one more session or log, at a cost that does not grow with the history.  The two agree, for any
order of additions; three things have to be said about that.

*Today.*  A streak that was not continued is over, but no write happens when it ends.  A row is
therefore exact as of its last workout, and :func:`expired` says what is left of it on a given
day; ``recalculate`` applies it, additions do not: a workout of last year, entered today, starts
a streak of one, as the recorded server answers.  Agreement means agreement after ``expired``.

*Additions in the past.*  The recorded rules leave streaks alone when a session is earlier than
the last one, until something forces a recalculation.  Here a new training day in the past is
counted at once.  That takes the dates around it, so ``with_workout`` gets them as a callable
and calls it only when the row itself cannot know: for a new day in the past, or when an
expired streak is taken up again.  A row is trusted otherwise: it may start from nothing beside
an imported history that it does not count, as rows of the recorded server do.

*Edits and deletions* take something away, which no row can do: recalculate.  The start or end of a
session is the exception: the recorded server goes on from the row then, so nothing expires by such
an edit.  :func:`with_changed_workout` does so too, from all sessions.  Neither does that server take
a complete weekend, or the earliest and the latest time, back by such an edit, only by the next
recalculation: those are then ahead of the history; nothing else is.

The recorded rule for a log without repetitions counts it as one repetition when it is added and
as nothing when history is recalculated; it is nothing in both here.  Weights count in kg, and
each log's volume is rounded to the stored two decimals, so that a sum does not depend on its
order.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from .rounding import PRECISION
from .streaks import LONG_PAUSE, Streaks, saturday_of, streaks_in
from .units import KILOGRAM, kilograms

_CENT = Decimal("0.01")
_DAY = datetime.timedelta(days=1)
_WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Workout:
    """Hold what counts of a session: the day on which it began, and when, of one that has ended."""

    date: datetime.date
    time: datetime.time | None = None

    @classmethod
    def of(cls, start: datetime.datetime, end: datetime.datetime | None, zone: datetime.tzinfo) -> Workout:
        """Return what counts of a session from ``start`` to ``end``, None while it goes on, on a zone's calendar."""
        local = start.astimezone(zone)
        return cls(local.date(), None if end is None else local.time())


@dataclass(frozen=True, slots=True)
class Lift:
    """Hold what counts of a log; ``weight`` in its unit."""

    weight: Decimal | None
    repetitions: Decimal | None
    weight_unit: int | None = KILOGRAM

    @property
    def volume(self) -> Decimal:
        """kg × repetitions with two decimals; 0 where one of them is missing."""
        if self.weight is None or self.repetitions is None:
            return Decimal("0.00")
        lifted = PRECISION.multiply(kilograms(self.weight, self.weight_unit), self.repetitions)
        return lifted.quantize(_CENT, context=PRECISION)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Hold one row of user statistics, field by field as it is stored."""

    total_weight_lifted: Decimal = Decimal("0.00")  # kg × repetitions
    total_workouts: int = 0
    current_streak: int = 0  # days
    longest_streak: int = 0  # days
    last_workout_date: datetime.date | None = None
    earliest_workout_time: datetime.time | None = None
    latest_workout_time: datetime.time | None = None
    weekend_workout_streak: int = 0  # weekends
    last_complete_weekend_date: datetime.date | None = None  # its Saturday
    last_inactive_date: datetime.date | None = None  # the day before the latest pause of 30 days or more
    worked_out_jan_1: bool = False


def recalculate(workouts: Iterable[Workout], lifts: Iterable[Lift], today: datetime.date) -> Lifetime:
    """Compute the statistics of a whole history as of ``today``."""
    workouts = list(workouts)
    row = Lifetime(total_weight_lifted=sum((lift.volume for lift in lifts), Decimal("0.00")))
    return expired(_with_streaks(_with_times(row, workouts), streaks_in({workout.date for workout in workouts})), today)


def with_changed_workout(row: Lifetime, workouts: Iterable[Workout], today: datetime.date, *, moved: bool) -> Lifetime:
    """Continue ``row`` after the time of a session, or its date too where it ``moved``, was changed.

    ``workouts`` are all sessions as they are now.  A streak counts as of the last of them; one that
    has expired in ``row`` counts if it does so on ``today``.
    """
    workouts = list(workouts)
    row = _with_times(row, workouts)
    if not moved:
        return row
    counted = _with_streaks(row, streaks_in({workout.date for workout in workouts}))
    left, weekends = expired(counted, today), (row.last_complete_weekend_date, counted.last_complete_weekend_date)
    return replace(
        counted,
        current_streak=(counted if row.current_streak else left).current_streak,
        weekend_workout_streak=(counted if row.weekend_workout_streak else left).weekend_workout_streak,
        last_complete_weekend_date=max(filter(None, weekends), default=None),
    )


def expired(row: Lifetime, today: datetime.date) -> Lifetime:
    """Return ``row`` with the streaks that still count on ``today``.

    Days in a row count when the last of them is today or yesterday; weekends when the last
    complete one is at most a week before the most recent Saturday.
    """
    last, weekend = row.last_workout_date, row.last_complete_weekend_date
    saturday = today - datetime.timedelta(days=(today.weekday() + 2) % 7)
    if last is None or last not in (today, today - _DAY):
        row = replace(row, current_streak=0)
    if weekend is None or saturday - weekend > _WEEK:
        row = replace(row, weekend_workout_streak=0)
    return row


def with_log(row: Lifetime, lift: Lift) -> Lifetime:
    """Continue ``row`` with a new log; its session, if that is new too, by :func:`with_workout`."""
    return replace(row, total_weight_lifted=row.total_weight_lifted + lift.volume)


def with_workout(
    row: Lifetime,
    workout: Workout,
    total_workouts: int,
    dates: Callable[[], Collection[datetime.date]],
    other_day: Callable[[], bool] = bool,
    is_first: Callable[[], bool] = lambda: True,
) -> Lifetime:
    """Continue ``row`` with a new session.

    ``total_workouts`` is the number of sessions now; ``dates`` returns the dates of all sessions
    and is called only when ``row`` does not know enough.  ``other_day`` tells of a session at a
    weekend whether there is one on its other day too: a row that started beside an imported
    history does not know that.  ``is_first`` tells whether it is the first of its day, where that is in the past.
    """
    row = replace(row, total_workouts=total_workouts)
    if (time := workout.time) is not None:
        earliest, latest = row.earliest_workout_time, row.latest_workout_time
        row = replace(
            row,
            earliest_workout_time=time if earliest is None else min(earliest, time),
            latest_workout_time=time if latest is None else max(latest, time),
        )
    date, last = workout.date, row.last_workout_date
    if date == last:
        return row
    if last is None or (date > last and not _resumes(row, date)):
        return _continued(row, date, other_day)
    if date < last and not is_first():
        return row
    return _recounted(row, streaks_in(dates()))


def _with_times(row: Lifetime, workouts: Collection[Workout]) -> Lifetime:
    """Count ``workouts`` and have their times widen the span of those in ``row``."""
    times = [workout.time for workout in workouts if workout.time is not None]
    times += [time for time in (row.earliest_workout_time, row.latest_workout_time) if time is not None]
    return replace(
        row,
        total_workouts=len(workouts),
        earliest_workout_time=min(times, default=None),
        latest_workout_time=max(times, default=None),
    )


def _resumes(row: Lifetime, date: datetime.date) -> bool:
    """Say whether ``date`` continues a streak whose length has expired from ``row``."""
    last = row.last_workout_date
    days = row.current_streak == 0 and last is not None and date - last == _DAY
    return days or (row.weekend_workout_streak == 0 and _next_weekend(row, date))


def _next_weekend(row: Lifetime, date: datetime.date) -> bool:
    weekend = row.last_complete_weekend_date
    return weekend is not None and saturday_of(date) == weekend + _WEEK


def _continued(row: Lifetime, date: datetime.date, other_day: Callable[[], bool]) -> Lifetime:
    """Add the latest date so far: all that matters of the others is in the row."""
    last = row.last_workout_date
    gap = None if last is None else (date - last).days
    streak = row.current_streak + 1 if gap == 1 else 1
    row = replace(
        row,
        last_workout_date=date,
        current_streak=streak,
        longest_streak=max(row.longest_streak, streak),
        last_inactive_date=last if gap is not None and gap >= LONG_PAUSE else row.last_inactive_date,
        worked_out_jan_1=row.worked_out_jan_1 or date.month == date.day == 1,
    )
    saturday = saturday_of(date)
    if saturday not in (None, row.last_complete_weekend_date) and (saturday == last or other_day()):
        streak = row.weekend_workout_streak + 1 if _next_weekend(row, date) else 1
        row = replace(row, weekend_workout_streak=streak, last_complete_weekend_date=saturday)
    return row


def _recounted(row: Lifetime, streaks: Streaks) -> Lifetime:
    """Take everything from all dates, except that what has expired stays expired."""
    days_over = row.current_streak == 0 and row.last_workout_date == streaks.last
    weekends_over = row.weekend_workout_streak == 0 and row.last_complete_weekend_date == streaks.last_weekend
    recounted = _with_streaks(row, streaks)
    return replace(
        recounted,
        current_streak=0 if days_over else recounted.current_streak,
        weekend_workout_streak=0 if weekends_over else recounted.weekend_workout_streak,
    )


def _with_streaks(row: Lifetime, streaks: Streaks) -> Lifetime:
    return replace(
        row,
        current_streak=streaks.last_run,
        longest_streak=streaks.longest_run,
        last_workout_date=streaks.last,
        weekend_workout_streak=streaks.weekend_run,
        last_complete_weekend_date=streaks.last_weekend,
        last_inactive_date=streaks.last_pause,
        worked_out_jan_1=streaks.new_year,
    )
