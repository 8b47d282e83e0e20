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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any

from .rounding import PRECISION, quantised
from .units import KILOGRAM, MASSES, REPETITIONS, kilograms

_INTERCEPT = Decimal(1.0278)  # the double, exactly: see above
_SLOPE = Decimal(0.0278)
_ZERO = Decimal(0)
_ONE = Decimal(1)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PerformedSet:
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


def routine_statistics(performed: Iterable[PerformedSet], muscles: Mapping[int, Iterable[int]]) -> RoutineStatistics:
    """Sum up ``performed`` sets; ``muscles`` gives the primary muscles of each exercise.

    Each primary muscle gets the full value of a set; keys appear in the order of the sets.
    """
    volume, sets, intensity, counts = _Tally(), _Tally(), _Tally(), _Tally()
    with localcontext(PRECISION):
        for item in performed:
            if not _counts(item):
                continue
            trained = tuple(muscles.get(item.exercise, ()))
            sets.add(item, trained, _ONE)
            weight = item.kilograms
            if weight is None or item.repetitions is None:
                volume.add(item, trained, _ZERO)
                continue
            volume.add(item, trained, weight * item.repetitions)
            intensity.add(item, trained, _intensity(weight, item.repetitions))
            counts.add(item, trained, _ONE)
        return RoutineStatistics(intensity=intensity.means(counts), sets=sets.sums(), volume=volume.sums())


def _counts(item: PerformedSet) -> bool:
    return item.weight_unit in MASSES and item.repetitions_unit == REPETITIONS


def _intensity(weight: Decimal, repetitions: Decimal) -> Decimal:
    one_rep_max = weight / share_of_one_rep_max(repetitions)
    return weight / one_rep_max if one_rep_max else _ZERO


class _Sum:
    """A cell while it grows."""

    __slots__ = ("exercises", "muscles", "total")

    def __init__(self) -> None:
        self.exercises: dict[int, Decimal] = {}
        self.muscles: dict[int, Decimal] = {}
        self.total = _ZERO

    def add(self, exercise: int, muscles: Iterable[int], value: Decimal) -> None:
        self.exercises[exercise] = self.exercises.get(exercise, _ZERO) + value
        for muscle in muscles:
            self.muscles[muscle] = self.muscles.get(muscle, _ZERO) + value
        self.total += value

    def cell(self) -> Cell:
        return Cell(MappingProxyType(self.exercises), MappingProxyType(self.muscles), self.total)

    def mean(self, count: _Sum) -> Cell:
        """Return the means of what was added, ``count`` times in each place."""
        return Cell(
            MappingProxyType({key: value / count.exercises[key] for key, value in self.exercises.items()}),
            MappingProxyType({key: value / count.muscles[key] for key, value in self.muscles.items()}),
            self.total / count.total if count.total else self.total,
        )


class _Tally:
    """A measure while it grows."""

    __slots__ = ("_spans",)

    def __init__(self) -> None:
        self._spans: tuple[dict[Any, _Sum], ...] = ({}, {}, {}, {None: _Sum()})

    def add(self, item: PerformedSet, muscles: Iterable[int], value: Decimal) -> None:
        """Add ``value`` to the iteration, the week and the day of ``item``, and to the whole."""
        keys = item.iteration, item.date.isocalendar().week, item.date, None
        for span, key in zip(self._spans, keys, strict=True):
            total = span.get(key)
            if total is None:
                total = span[key] = _Sum()
            total.add(item.exercise, muscles, value)

    def sums(self) -> Grouped:
        return self._grouped(lambda span, key: self._spans[span][key].cell())

    def means(self, counts: _Tally) -> Grouped:
        """Return the means of what was added; ``counts`` was told of the same sets."""
        return self._grouped(lambda span, key: self._spans[span][key].mean(counts._spans[span][key]))

    def _grouped(self, cell: Callable[[int, Any], Cell]) -> Grouped:
        iteration, weekly, daily, whole = (
            {key: cell(number, key) for key in span} for number, span in enumerate(self._spans)
        )
        return Grouped(MappingProxyType(iteration), MappingProxyType(weekly), MappingProxyType(daily), whole[None])
