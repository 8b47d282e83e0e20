"""What files of other apps say, in plain values: the same for every app.

Moments are aware; quantities are exact decimals in the unit that stands beside them.  ``line`` is that in the ``file``,
which is named where it is one of several in an archive: readers leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class WorkoutSet:
    """A set of a workout.

    * ``line``: where in the file it is, from 1.
    * ``start``: when its workout began; sets of one start and ``workout`` (its title) are one session, which ended at
      ``end`` and has ``notes``.
    * ``exercise``: what the app calls it; ``order``: its place among the sets of its workout.
    * ``weight`` in ``weight_unit`` ("kg" or "lb"); None is without.
    * ``repetitions``, ``seconds``, ``distance`` in ``distance_unit`` ("km" or "mi"): at least one of them, or a weight.
    * ``rir``: repetitions in reserve, 10 less the RPE of apps that ask for that; ``rest``: seconds.
    * ``moment``: when it was done, None where the app does not say.
    * ``comment``: what was noted on it, or on its exercise.
    """

    line: int
    start: datetime
    exercise: str
    order: int
    workout: str = ""
    end: datetime | None = None
    notes: str = ""
    weight: Decimal | None = None
    weight_unit: str = "kg"
    repetitions: Decimal | None = None
    seconds: Decimal | None = None
    distance: Decimal | None = None
    distance_unit: str = "km"
    rir: Decimal | None = None
    rest: int | None = None
    moment: datetime | None = None
    comment: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class BodyMeasurement:
    """A value of the body at a moment.

    ``metric`` is a type of measurement that clients know, such as ``body_weight`` or ``body_fat``; ``custom`` is one of
    the person's own, which ``name`` names. ``unit`` is that of the value ("kg", "lb", "%", "cm").
    """

    line: int
    moment: datetime
    metric: str
    value: Decimal
    unit: str
    name: str = ""
    notes: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class FoodDiaryEntry:
    """A food that was eaten on a day.

    ``amount`` is in ``unit``, which may be a household measure; ``grams`` is its weight, where the app tells.
    ``energy`` (kcal) and nutrients (grams) are those of all that was eaten, None where the app does not tell.
    """

    line: int
    day: date
    food: str
    meal: str = ""
    time: time | None = None
    brand: str = ""
    barcode: str = ""
    amount: Decimal | None = None
    unit: str = ""
    grams: Decimal | None = None
    energy: Decimal | None = None
    protein: Decimal | None = None
    carbohydrates: Decimal | None = None
    sugar: Decimal | None = None
    fat: Decimal | None = None
    saturated_fat: Decimal | None = None
    fiber: Decimal | None = None
    sodium: Decimal | None = None
    file: str = ""


Record = WorkoutSet | BodyMeasurement | FoodDiaryEntry
KINDS = (WorkoutSet, BodyMeasurement, FoodDiaryEntry)
