"""Sum up what was really done in a routine: sets, volume and intensity.

Every logged set is counted in four ways at once (by iteration, by ISO week, by day and in the
whole mesocycle), and in each of them by exercise, by primary muscle and in total.  Only sets
in kilograms or pounds and in plain repetitions are counted, pounds converted as everywhere else:
adding seconds or plates to them would make the sums meaningless.

Intensity is the mean share of the one-repetition maximum at which sets were done.  With
Brzycki's equation (M. Brzycki, "Strength testing: predicting a one-rep max from
reps-to-fatigue", JOPERD 64(1), 1993) the share depends on the repetitions alone:
1.0278 - 0.0278 × repetitions.  The recorded answers reckon with the binary doubles that these
two constants become in many languages, in 28-digit decimals; so do we.

An ISO week has no year here: weeks of different years share a key, as clients expect.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from .rounding import PRECISION, quantised
from .units import KILOGRAM, MASSES, REPETITIONS, kilograms

_INTERCEPT = Decimal(1.0278)  # the double, exactly: see above
_SLOPE = Decimal(0.0278)
_ZERO = Decimal(0)
_CENT = Decimal("0.01")


Performed = tuple[datetime.date, int | None, int, Decimal | None, Decimal | None, int | None, int | None]
"""A :class:`PerformedSet`, or the same values in a plain tuple: where there are very many, to make it takes longest."""


class PerformedSet(NamedTuple):
    """Hold one logged set with the date of its session, ``weight`` in its unit; None means not noted."""

    date: datetime.date
    iteration: int | None
    exercise: int
    weight: Decimal | None
    repetitions: Decimal | None
    weight_unit: int | None = KILOGRAM
    repetitions_unit: int | None = REPETITIONS

    @property
    def kilograms(self) -> Decimal | None:
        """The weight in kg, pounds with four decimals."""
        return None if self.weight is None else kilograms(self.weight, self.weight_unit)


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one measure for a span of time: by exercise, by primary muscle, and in total."""

    exercises: Mapping[int, Decimal]
    muscles: Mapping[int, Decimal]
    total: Decimal

    def as_json(self, measure: str) -> dict[str, Any]:
        """Return the cell as clients get it; the body halves are part of the format and never computed."""
        return {
            "exercises": {str(key): float(value) for key, value in self.exercises.items()},
            "muscle": {str(key): float(value) for key, value in self.muscles.items()},
            "upper_body": "0.00",
            "lower_body": "0.00",
            "total": str(quantised(self.total, measure, digits=10)),
        }


@dataclass(frozen=True, slots=True)
class Grouped:
    """Hold one measure by iteration (None for logs without one), by ISO week, by day, and as a whole."""

    iteration: Mapping[int | None, Cell]
    weekly: Mapping[int, Cell]
    daily: Mapping[datetime.date, Cell]
    mesocycle: Cell

    def as_json(self, measure: str) -> dict[str, Any]:
        """Return the groups with their keys printed; ``measure`` names them in errors."""
        return {
            "iteration": {str(key): cell.as_json(measure) for key, cell in self.iteration.items()},
            "weekly": {str(key): cell.as_json(measure) for key, cell in self.weekly.items()},
            "daily": {key.isoformat(): cell.as_json(measure) for key, cell in self.daily.items()},
            "mesocycle": self.mesocycle.as_json(measure),
        }

    def cells(self) -> Iterable[Cell]:
        """Yield every cell once."""
        for group in (self.iteration, self.weekly, self.daily):
            yield from group.values()
        yield self.mesocycle


@dataclass(frozen=True, slots=True)
class RoutineStatistics:
    """Hold volume (kg × repetitions), number of sets, and mean intensity (share of the 1RM)."""

    intensity: Grouped
    sets: Grouped
    volume: Grouped

    def as_json(self) -> dict[str, Any]:
        """Return the document of the statistics endpoint.

        Raises :class:`~wger_flask.engine.errors.TooManyDigits` for a total beyond ten digits.
        """
        return {name: getattr(self, name).as_json(name) for name in ("intensity", "sets", "volume")}


def share_of_one_rep_max(repetitions: Decimal) -> Decimal:
    """Return which share of the 1RM can be lifted ``repetitions`` times (Brzycki 1993); 1 for one.

    The equation is linear and turns negative beyond 36 repetitions.
    """
    return _INTERCEPT - _SLOPE * repetitions


def estimated_one_rep_max(
    weight: Decimal | None, repetitions: Decimal | None, rir: Decimal | None = None
) -> Decimal | None:
    """Estimate the one-repetition maximum in the unit of ``weight``, two decimals, half to even.

    Brzycki (1993) in its fractional form, weight × 36 / (37 - n), where n counts the
    repetitions done and those left in reserve.  None where the equation has no answer: a
    missing value, or 37 repetitions and more.
    """
    if weight is None or repetitions is None:
        return None
    left = PRECISION.subtract(37, PRECISION.add(repetitions, rir or 0))
    if left <= 0:
        return None
    return PRECISION.quantize(PRECISION.divide(PRECISION.multiply(weight, 36), left), _CENT)


def estimated_maxima(performed: Iterable[PerformedSet]) -> dict[int, dict[datetime.date, Decimal]]:
    """Return the best estimated 1RM (kg) of every exercise on every date it was done."""
    best: dict[int, dict[datetime.date, Decimal]] = {}
    for item in performed:
        if _counts(item) and (estimate := estimated_one_rep_max(item.kilograms, item.repetitions)) is not None:
            dates = best.setdefault(item.exercise, {})
            dates[item.date] = max(estimate, dates.get(item.date, estimate))
    return best


def routine_statistics(performed: Iterable[Performed], muscles: Mapping[int, Iterable[int]]) -> RoutineStatistics:
    """Sum up ``performed`` sets; ``muscles`` gives the primary muscles of each exercise.

    Each primary muscle gets the full value of a set; keys appear in the order of the sets.
    """
    iterations: dict[int | None, _Sum] = defaultdict(_Sum)
    days: dict[datetime.date, _Sum] = defaultdict(_Sum)
    weeks: dict[int, _Sum] = defaultdict(_Sum)
    whole = _Sum()
    with localcontext(PRECISION):
        for (date, iteration, exercise), total in _totals(performed).items():
            iterations[iteration].add(exercise, total)
            days[date].add(exercise, total)
        # An exercise has no more totals of days than it has sets, and mostly far fewer.
        for date, day in days.items():
            week = weeks[date.isocalendar().week]
            for exercise, total in day.exercises.items():
                week.add(exercise, total)
        for week in weeks.values():
            for exercise, total in week.exercises.items():
                whole.add(exercise, total)
        for part in (*iterations.values(), *weeks.values(), *days.values(), whole):
            part.finish(muscles)

        def grouped(measure: Callable[[_Total], Decimal], counts: Callable[[_Total], int]) -> Grouped:
            by_iteration, by_week, by_day = (_cells(one, measure, counts) for one in (iterations, weeks, days))
            return Grouped(by_iteration, by_week, by_day, whole.cell(measure, counts))

        return RoutineStatistics(
            intensity=grouped(_Total.mean_intensity, _complete),
            sets=grouped(_number, _sets),
            volume=grouped(_volume, _sets),
        )


def _counts(item: PerformedSet) -> bool:
    return item.weight_unit in MASSES and item.repetitions_unit == REPETITIONS


def _intensity(weight: Decimal, repetitions: Decimal) -> Decimal:
    one_rep_max = weight / share_of_one_rep_max(repetitions)
    return weight / one_rep_max if one_rep_max else _ZERO


class _Total:
    """What some sets add up to."""

    __slots__ = ("complete", "intensities", "sets", "volume")

    def __init__(self) -> None:
        self.sets = self.complete = 0  # all, and those with weight and repetitions
        self.volume = self.intensities = _ZERO

    @classmethod
    def of(cls, sets: list[_Worth]) -> _Total:
        """Return what sets add up to, in their order."""
        made, complete = cls(), [worth for worth in sets if worth]
        made.sets, made.complete = len(sets), len(complete)
        made.volume = sum([volume for volume, _ in complete], _ZERO)
        made.intensities = sum([intensity for _, intensity in complete], _ZERO)
        return made

    def add(self, other: _Total) -> None:
        self.sets += other.sets
        self.complete += other.complete
        self.volume += other.volume
        self.intensities += other.intensities

    def mean_intensity(self) -> Decimal:
        return self.intensities / self.complete if self.complete else _ZERO


def _totals(performed: Iterable[Performed]) -> dict[tuple[datetime.date, int | None, int], _Total]:
    """Return the totals of each day, iteration and exercise."""
    found: dict[tuple[datetime.date, int | None, int], list[_Worth]] = defaultdict(list)
    worths = _Worths()
    for date, iteration, exercise, weight, repetitions, weight_unit, repetitions_unit in performed:
        worth = worths[weight, repetitions, weight_unit, repetitions_unit]
        if worth is not None:
            found[date, iteration, exercise].append(worth)
    return {key: _Total.of(sets) for key, sets in found.items()}


_Worth = tuple[()] | tuple[Decimal, Decimal]
"""Volume and intensity of a set, nothing where it has no weight or no repetitions."""


class _Worths(dict[tuple[Any, ...], "_Worth | None"]):
    """What a set counts, by its weight, repetitions and their units, None where it does not: many sets are alike."""

    def __missing__(self, done: tuple[Any, ...]) -> _Worth | None:
        weight, repetitions, weight_unit, repetitions_unit = done
        worth: _Worth | None = None
        if weight_unit in MASSES and repetitions_unit == REPETITIONS:
            worth = ()
            if weight is not None and repetitions is not None:
                weight = kilograms(weight, weight_unit)
                worth = weight * repetitions, _intensity(weight, repetitions)
        self[done] = worth
        return worth


class _Sum:
    """The totals of a span of time while it grows."""

    __slots__ = ("exercises", "muscles", "total")

    def __init__(self) -> None:
        self.exercises: dict[int, _Total] = defaultdict(_Total)
        self.muscles: dict[int, _Total] = defaultdict(_Total)
        self.total = _Total()

    def add(self, exercise: int, total: _Total) -> None:
        self.exercises[exercise].add(total)

    def finish(self, muscles: Mapping[int, Iterable[int]]) -> None:
        """Sum up all exercises, and give each primary muscle the full totals of its own; called once."""
        for exercise, total in self.exercises.items():
            self.total.add(total)
            for muscle in muscles.get(exercise, ()):
                self.muscles[muscle].add(total)

    def cell(self, measure: Callable[[_Total], Decimal], counts: Callable[[_Total], int]) -> Cell:
        """Return what ``measure`` tells of all totals that have something which ``counts``."""
        exercises, muscles = (
            MappingProxyType({key: measure(total) for key, total in totals.items() if counts(total)})
            for totals in (self.exercises, self.muscles)
        )
        return Cell(exercises, muscles, measure(self.total))


_Key = TypeVar("_Key")


def _cells(
    span: Mapping[_Key, _Sum], measure: Callable[[_Total], Decimal], counts: Callable[[_Total], int]
) -> Mapping[_Key, Cell]:
    return MappingProxyType({key: part.cell(measure, counts) for key, part in span.items() if counts(part.total)})


_sets: Callable[[_Total], int] = attrgetter("sets")
_volume: Callable[[_Total], Decimal] = attrgetter("volume")
_complete: Callable[[_Total], int] = attrgetter("complete")


def _number(total: _Total) -> Decimal:
    return Decimal(total.sets)
