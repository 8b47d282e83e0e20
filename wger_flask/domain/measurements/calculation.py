"""Calculate what the entries of a calculated category are.

An entry is told apart by its external id: that of the measurement that it follows from, or one made of the day that it
is about.  What is returned is what there should be; :mod:`.recalculation` makes it so.
"""

from __future__ import annotations

import datetime
import uuid as uuids
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from wger_flask.api import Clause, Selection, any_of, columns, decode, encode, equals, midnight
from wger_flask.domain.routines.models import WorkoutLog
from wger_flask.engine.body import body_mass_index, body_weight, centimetres, waist_to_height
from wger_flask.engine.strength import MOST_REPETITIONS, WINDOW, Best, LoggedLift, bests, totals

from .dynamic_types import BMI, ONE_REP_MAX, ONE_RM_TOTAL, WHTR, own_entries, source_of
from .models import Category, Measurement, own_unit

_MOST_DAYS = 400  # of which single days are calculated anew, and not all there are
_LARGEST = Decimal("999999.99")

EXERCISES_IN = {ONE_REP_MAX: "exercise_id", ONE_RM_TOTAL: "exercise_ids"}
"""The parameter that names the exercise, or the exercises, for each kind that follows from training."""

Entries = Mapping[uuids.UUID, tuple[datetime.datetime, Decimal]]
"""Moment and value of each entry, by its external id."""


class Entered(NamedTuple):
    """An entry that something may follow from; ``unit`` is its own, None for that of its category."""

    id: uuids.UUID
    moment: datetime.datetime
    value: Decimal
    unit: str | None

    @classmethod
    def of(cls, row: Measurement) -> Entered:
        """Return a row as it is stored."""
        unit = (row.extra_data or {}).get("unit")
        return cls(row.id, row.date, decode(Measurement.value, row.value), None if unit is None else str(unit))


class Source(NamedTuple):
    """A category that another one follows from."""

    id: uuids.UUID
    unit: str


@dataclass(frozen=True, slots=True)
class Calculated:
    """A calculated category, as far as its calculation goes.

    ``zone``, ``height`` (cm) and ``weights``, where their body weight is kept, are its owner's.
    """

    id: uuids.UUID
    user: int
    kind: str
    params: dict
    zone: datetime.tzinfo
    height: int | None
    weights: Source | None

    @property
    def follows_measurements(self) -> bool:
        """Whether its entries follow from measurements, else from training."""
        return self.kind in (BMI, WHTR)

    @property
    def exercises(self) -> list[int]:
        """The keys of the exercises whose sets it follows from."""
        found = self.params[EXERCISES_IN[self.kind]]
        return [int(key) for key in (found if isinstance(found, list) else [found])]

    @property
    def window(self) -> int:
        """For how many days a set counts: a total has some, the best of a day that day."""
        return int(self.params.get("window_days", WINDOW)) if self.kind == ONE_RM_TOTAL else 1

    def key_of(self, day: datetime.date) -> uuids.UUID:
        """Return the external id of the entry about a day."""
        return uuids.uuid5(self.id, day.isoformat())


def is_sound(category: Calculated) -> bool:
    """Tell whether a category has the parameters that its calculation needs; what came from elsewhere may not."""
    params = category.params
    if category.kind not in _NEEDED or not isinstance(params, dict):
        return False
    name, kind = _NEEDED[category.kind]
    if name and not isinstance(params.get(name), kind):
        return False
    numbers = [params[name] for name in ("exercise_id", "max_reps", "window_days") if name in params]
    numbers += params.get("exercise_ids", ())
    return all(isinstance(number, int | float) and columns.storable(int(number)) for number in numbers)


def from_measurements(category: Calculated, source: Source | None, entered: Iterable[Entered] | None = None) -> Entries:
    """Return the entries that follow from those of ``source``, from ``entered`` alone where these are given."""
    if source is None or not category.height:
        return {}
    if entered is None:
        rows = own_entries(source.id).rows(("id", "date", "value", Clause(own_unit)))
        entered = (Entered(*row) for row in rows)
    found = {}
    for entry in entered:
        value = _VALUES[category.kind](entry.value, entry.unit or source.unit, category.height)
        if value is not None and value <= _LARGEST:
            found[entry.id] = entry.moment, value
    return found


def source_of_measurements(category: Calculated) -> Source | None:
    """Return the category whose measurements a calculated one follows from, None where there is none any more."""
    if category.kind == BMI:
        return category.weights
    of = equals(Category.user, category.user), equals(Category.id, source_of(category.params))
    found = Selection(Category, of).rows((Category.id, Category.unit))
    return Source(*found[0]) if found else None


def from_training(category: Calculated, days: Iterable[datetime.date] | None = None) -> Entries:
    """Return the entries that follow from logged sets, those about ``days`` where these are given."""
    whose, of = equals(WorkoutLog.user, category.user), any_of(WorkoutLog.exercise, category.exercises)
    logs = Selection(WorkoutLog, (whose, of))
    about = None if days is None else set(days)
    if about is not None:
        first, last = min(about) - datetime.timedelta(days=category.window - 1), max(about)
        span = [
            encode(WorkoutLog.date, midnight(day, category.zone)) for day in (first, last + datetime.timedelta(days=1))
        ]
        logs = logs.where(Clause(_between, tuple(span)))
    lifts = (LoggedLift(*row) for row in logs.rows(_COLUMNS))
    best = bests(lifts, _day_in(category.zone), int(category.params.get("max_reps", MOST_REPETITIONS)))
    by_day = _BY_DAY[category.kind](best, category)
    return {
        category.key_of(day): (found.moment, found.kilograms)
        for day, found in by_day.items()
        if (about is None or day in about) and found.kilograms <= _LARGEST
    }


def days_about(category: Calculated, moments: Iterable[tuple[int, datetime.datetime]]) -> set[datetime.date] | None:
    """Return the days whose entries follow from sets of an exercise at these moments; None for all there are."""
    day_in, exercises = _day_in(category.zone), set(category.exercises)
    of = {day_in(moment) for exercise, moment in moments if exercise in exercises}
    if len(of) * category.window > _MOST_DAYS or any(day.year in (datetime.MINYEAR, datetime.MAXYEAR) for day in of):
        return None
    return {day + datetime.timedelta(days=later) for day in of for later in range(category.window)}


def _day_in(zone: datetime.tzinfo) -> Callable[[datetime.datetime], datetime.date]:
    def day_in(moment: datetime.datetime) -> datetime.date:
        try:
            return moment.astimezone(zone).date()
        except OverflowError:  # on the first or the last day that there is
            return moment.date()

    return day_in


# -- what each type adds -------------------------------------------------------------------------------
def _index(value: Decimal, unit: str, height: int) -> Decimal | None:
    return body_mass_index(body_weight(value, unit), height)


def _ratio(value: Decimal, unit: str, height: int) -> Decimal | None:
    waist = centimetres(value, unit)
    return None if waist is None else waist_to_height(waist, height)


def _best_of_days(best: Mapping[int, Mapping[datetime.date, Best]], category: Calculated):
    return best.get(category.exercises[0], {})


def _totals_of_days(best: Mapping[int, Mapping[datetime.date, Best]], category: Calculated):
    return totals(best, category.exercises, category.window)


_NEEDED = {
    BMI: ("", dict),
    WHTR: ("category_id", str),
    ONE_REP_MAX: ("exercise_id", int | float),
    ONE_RM_TOTAL: ("exercise_ids", list),
}
_VALUES = {BMI: _index, WHTR: _ratio}
_BY_DAY = {ONE_REP_MAX: _best_of_days, ONE_RM_TOTAL: _totals_of_days}
_COLUMNS = ("date", "exercise", "repetitions", "weight", "weight_unit", "repetitions_unit")


# -- rows ------------------------------------------------------------------------------------------------
def _between(first, last):
    return (WorkoutLog.date >= first) & (WorkoutLog.date < last)
