"""Hevy: a row a set, weights and distances in the units that the names of their columns tell."""

from __future__ import annotations

from collections.abc import Iterator

from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource
from .sets import exercise_of, reserve, start_of


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read ``workouts.csv``."""
    orders: dict[object, int] = {}
    for row in source.table():
        start = start_of(row, "start_time", options=options)
        exercise = exercise_of(row, "exercise_title")
        title = row.text("title")
        order = orders[start, title] = orders.get((start, title), -1) + 1
        weight, distance = ("weight_kg", "weight_lbs"), ("distance_km", "distance_miles")
        yield WorkoutSet(
            row.line, start, exercise, order,
            workout=title, end=row.moment("end_time", options=options), notes=row.text("description"),
            weight=row.decimal(*weight), weight_unit="lb" if row.column(*weight) == "weight_lbs" else "kg",
            repetitions=row.decimal("reps"), seconds=row.decimal("duration_seconds"),
            distance=row.decimal(*distance),
            distance_unit="mi" if row.column(*distance) == "distance_miles" else "km",
            rir=reserve(row.decimal("rpe")), comment=row.text("exercise_notes"),
        )  # fmt: skip


FORMAT = ImportFormat(
    "hevy", "Hevy", "Settings, Export & Import Data, Export Workouts", read, (WorkoutSet,),
    columns=("title", "start_time", "end_time", "exercise_title", "set_index", "set_type", "reps"),
)  # fmt: skip
