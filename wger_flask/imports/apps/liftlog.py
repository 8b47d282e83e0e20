"""LiftLog: a row a set with its own moment, the latest first; a workout begins with its first set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource
from ..table import Row
from .sets import exercise_of, start_of, weight_unit

_MOMENT = ("Timestamp", "Date")


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read the plaintext export."""
    workouts: dict[str, list[tuple[datetime, Row]]] = defaultdict(list)
    for row in source.table():
        workouts[row.text("SessionId")].append((start_of(row, *_MOMENT, options=options), row))
    for sets in workouts.values():
        sets.sort(key=lambda found: found[0])
        for order, (moment, row) in enumerate(sets):
            yield WorkoutSet(
                row.line, sets[0][0], exercise_of(row, "Exercise"), order,
                weight=row.decimal("Weight", decimal_comma=options.decimal_comma),
                weight_unit=weight_unit(row, row.text("WeightUnit"), "WeightUnit", options),
                repetitions=row.decimal("Reps"), moment=moment, comment=row.text("Notes"),
            )  # fmt: skip


FORMAT = ImportFormat(
    "liftlog", "LiftLog", "Settings, Export, Backup, and Restore, Plaintext Export", read, (WorkoutSet,),
    columns=("SessionId", "Exercise", "Weight", "WeightUnit", "Reps", "TargetReps"),
    options=("weight_unit", "decimal_comma", "day_first"),
)  # fmt: skip
