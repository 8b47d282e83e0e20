"""Strong: a row a set, between which there are rows for rests and notes.

Its files differ by telephone and release: commas or semicolons, units in names of columns, in columns of their own, or
nowhere; the workout's length in words or in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource
from ..table import Row
from .sets import distance, exercise_of, reserve, start_of, weight_unit

_WEIGHTS = {"Weight": "", "Weight (kg)": "kg", "Weight (lbs)": "lb", "Weight (lb)": "lb"}
_DISTANCES = {
    "Distance": "", "Distance (meters)": "m", "Distance (km)": "km", "Distance (miles)": "mi", "Distance (mi)": "mi",
}  # fmt: skip


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read ``strong.csv``."""
    orders: dict[object, int] = {}
    pending: WorkoutSet | None = None
    note = ""
    for row in source.table():
        kind = row.text("Set Order").lower()
        if kind == "rest timer":  # of the set before it
            rest = row.seconds("Seconds")
            pending = pending and replace(pending, rest=rest)
            continue
        if kind == "note":  # of the exercise that follows
            note = row.text("Notes")
            continue
        if pending is not None:
            yield pending
        pending, note = _set(row, orders, options, note), ""
    if pending is not None:
        yield pending


def _set(row: Row, orders: dict[object, int], options: ImportOptions, note: str) -> WorkoutSet:
    start, title = start_of(row, "Date", options=options), row.text("Workout Name")
    order = orders[start, title] = orders.get((start, title), -1) + 1
    length = row.seconds("Duration", "Duration (sec)", "Workout Duration")
    weight, repetitions = _number(row, options, *_WEIGHTS), _number(row, options, "Reps")
    column = row.column(*_DISTANCES)
    far, far_unit = distance(
        row, _number(row, options, column), row.text("Distance Unit") or _DISTANCES.get(column, ""), column, options
    )
    seconds = _number(row, options, "Seconds") or None
    is_endurance = bool(seconds or far)  # where it does not apply, there is a zero
    unit = row.text("Weight Unit") or _WEIGHTS.get(row.column(*_WEIGHTS), "")
    return WorkoutSet(
        row.line, start, exercise_of(row, "Exercise Name"), order,
        workout=title, end=start + timedelta(seconds=length) if length else None, notes=row.text("Workout Notes"),
        weight=None if is_endurance and not weight else weight,
        weight_unit=weight_unit(row, unit, "Weight Unit", options),
        repetitions=None if is_endurance and not repetitions else repetitions,
        seconds=seconds, distance=far, distance_unit=far_unit, rir=reserve(_number(row, options, "RPE")),
        comment=row.text("Notes") or note,
    )  # fmt: skip


def _number(row: Row, options: ImportOptions, *names: str) -> Decimal | None:
    return row.decimal(*names, decimal_comma=options.decimal_comma)


FORMAT = ImportFormat(
    "strong", "Strong", "Settings, Export Strong Data", read, (WorkoutSet,),
    columns=("Date", "Workout Name", "Exercise Name", "Set Order", "Reps"),
    options=("weight_unit", "distance_unit", "decimal_comma", "day_first"),
)  # fmt: skip
