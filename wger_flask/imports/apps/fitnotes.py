"""FitNotes: a row a set, by day; what it measures of the body is in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource
from .sets import distance, exercise_of, start_of, weight_unit

# Those for iPhones have both units, of which one is empty
_WEIGHTS = {"Weight (kgs)": "kg", "Weight (kg)": "kg", "Weight (lbs)": "lb", "Weight (lb)": "lb", "Weight": ""}


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read ``FitNotes_Export.csv``."""
    orders: dict[object, int] = {}
    for row in source.table():
        start = start_of(row, "Date", options=options)
        order = orders[start] = orders.get(start, -1) + 1
        column = next((name for name in _WEIGHTS if row.text(name)), "")
        weight = row.decimal(column, decimal_comma=options.decimal_comma)
        far = row.decimal("Distance", decimal_comma=options.decimal_comma)
        far, far_unit = distance(row, far, row.text("Distance Unit"), "Distance Unit", options)
        seconds, repetitions = row.seconds("Time"), row.decimal("Reps")
        is_endurance = bool(seconds or far)
        yield WorkoutSet(
            row.line, start, exercise_of(row, "Exercise"), order,
            weight=None if is_endurance and not weight else weight,
            weight_unit=weight_unit(row, _WEIGHTS.get(column) or row.text("Weight Unit"), "Weight Unit", options),
            repetitions=None if is_endurance and not repetitions else repetitions,
            seconds=Decimal(seconds) if seconds else None, distance=far, distance_unit=far_unit,
            comment=row.text("Comment", "Notes"),
        )  # fmt: skip


FORMAT = ImportFormat(
    "fitnotes", "FitNotes", "Settings, Spreadsheet Export, Workout Data", read, (WorkoutSet,),
    columns=("Date", "Exercise", "Category", "Reps"),
    options=("weight_unit", "distance_unit", "decimal_comma", "day_first"),
)  # fmt: skip
