"""Sum up what was really done in a routine: sets, volume and intensity.

Every logged set is counted in four ways at once (by iteration, by ISO week, by day and in the
whole mesocycle), and in each of them by exercise, by primary muscle and in total.  Only sets
in kilograms and in plain repetitions are counted: adding seconds or plates to them would make
the sums meaningless.

Intensity is the mean share of the one-repetition maximum at which sets were done.  With
Brzycki's equation (M. Brzycki, "Strength testing: predicting a one-rep max from
reps-to-fatigue", JOPERD 64(1), 1993) the share depends on the repetitions alone:
1.0278 - 0.0278 × repetitions.  The recorded answers reckon with the binary doubles that these
two constants become in many languages, in 28-digit decimals; so do we.

An ISO week has no year here: weeks of different years share a key, as clients expect.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from .rounding import PRECISION, quantised
from .units import KILOGRAM, REPETITIONS

__all__ = [
    "Cell", "Grouped", "PerformedSet", "RoutineStatistics", "estimated_maxima", "estimated_one_rep_max",
    "routine_statistics", "share_of_one_rep_max",
]  # fmt: skip

_INTERCEPT = Decimal(1.0278)  # the double, exactly: see above
_SLOPE = Decimal(0.0278)
_ZERO = Decimal(0)
_ONE = Decimal(1)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PerformedSet:
    """Hold one logged set with the date of its session; None means not noted."""

    date: datetime.date
    iteration: int | None
    exercise: int
    weight: Decimal | None
    repetitions: Decimal | None
    weight_unit: int | None = KILOGRAM
    repetitions_unit: int | None = REPETITIONS


@dataclass(slots=True)
class Cell:
    """Hold one measure for a span of time: by exercise, by primary muscle, and in total."""

    exercises: dict[int, Decimal] = field(default_factory=dict)
    muscles: dict[int, Decimal] = field(default_factory=dict)
    total: Decimal = _ZERO

    def as_json(self, measure: str) -> dict[str, Any]:
        """Return the cell as clients get it; the body halves are part of the format and never computed."""
        return {
            "exercises": {str(key): float(value) for key, value in self.exercises.items()},
            "muscle": {str(key): float(value) for key, value in self.muscles.items()},
            "upper_body": "0.00",
            "lower_body": "0.00",
            "total": str(quantised(self.total, measure, digits=10)),
        }


@dataclass(slots=True)
class Grouped:
    """Hold one measure by iteration (None for logs without one), by ISO week, by day, and as a whole."""

    iteration: dict[int | None, Cell] = field(default_factory=dict)
    weekly: dict[int, Cell] = field(default_factory=dict)
    daily: dict[datetime.date, Cell] = field(default_factory=dict)
    mesocycle: Cell = field(default_factory=Cell)

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

    def spans(self, performed: PerformedSet) -> tuple[Cell, ...]:
        """Return the four cells that ``performed`` belongs to, made where they were missing."""
        return (
            self.iteration.setdefault(performed.iteration, Cell()),
            self.weekly.setdefault(performed.date.isocalendar().week, Cell()),
            self.daily.setdefault(performed.date, Cell()),
            self.mesocycle,
        )


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
    with localcontext(PRECISION):
        left = 37 - (repetitions + (rir or 0))
        return (weight * 36 / left).quantize(_CENT) if left > 0 else None


def estimated_maxima(performed: Iterable[PerformedSet]) -> dict[int, dict[datetime.date, Decimal]]:
    """Return the best estimated 1RM (kg) of every exercise on every date it was done."""
    best: dict[int, dict[datetime.date, Decimal]] = {}
    for item in performed:
        if _counts(item) and (estimate := estimated_one_rep_max(item.weight, item.repetitions)) is not None:
            dates = best.setdefault(item.exercise, {})
            dates[item.date] = max(estimate, dates.get(item.date, estimate))
    return best


def routine_statistics(
    performed: Iterable[PerformedSet], muscles: Mapping[int, Iterable[int]]
) -> RoutineStatistics:
    """Sum up ``performed`` sets; ``muscles`` gives the primary muscles of each exercise.

    Each primary muscle gets the full value of a set; keys appear in the order of the sets.
    """
    volume, sets, intensity, counts = Grouped(), Grouped(), Grouped(), Grouped()
    with localcontext(PRECISION):
        for item in performed:
            if not _counts(item):
                continue
            trained = tuple(muscles.get(item.exercise, ()))
            _add(sets, item, trained, _ONE)
            if item.weight is None or item.repetitions is None:
                _add(volume, item, trained, _ZERO)
                continue
            _add(volume, item, trained, item.weight * item.repetitions)
            _add(intensity, item, trained, _intensity(item.weight, item.repetitions))
            _add(counts, item, trained, _ONE)
        for total, count in zip(intensity.cells(), counts.cells(), strict=True):
            _divide(total, count)
    return RoutineStatistics(intensity=intensity, sets=sets, volume=volume)


def _counts(item: PerformedSet) -> bool:
    return item.weight_unit == KILOGRAM and item.repetitions_unit == REPETITIONS


def _intensity(weight: Decimal, repetitions: Decimal) -> Decimal:
    one_rep_max = weight / share_of_one_rep_max(repetitions)
    return weight / one_rep_max if one_rep_max else _ZERO


def _add(measure: Grouped, item: PerformedSet, muscles: Iterable[int], value: Decimal) -> None:
    for cell in measure.spans(item):
        cell.exercises[item.exercise] = cell.exercises.get(item.exercise, _ZERO) + value
        for muscle in muscles:
            cell.muscles[muscle] = cell.muscles.get(muscle, _ZERO) + value
        cell.total += value


def _divide(total: Cell, count: Cell) -> None:
    for sums, numbers in ((total.exercises, count.exercises), (total.muscles, count.muscles)):
        for key in sums:
            sums[key] /= numbers[key]
    if count.total:
        total.total /= count.total
