"""Hevy: a row a set, weights and distances in the units that the names of their columns tell."""

from __future__ import annotations

from collections.abc import Iterator

from ..effort import reserve
from ..formats import ImportFormat, ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read ``workouts.csv``."""
    orders: dict[object, int] = {}
    for row in source.table():
        start = row.moment("start_time", options=options)
        if start is None:
            row.refuse("a set needs the start of its workout", "start_time")
        exercise = row.text("exercise_title")
        if not exercise:
            row.refuse("a set needs an exercise", "exercise_title")
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
            rir=reserve(row.decimal("rpe")),
        )  # fmt: skip


FORMAT = ImportFormat(
    "hevy", "Hevy", "Settings, Export & Import Data, Export Workouts", read, (WorkoutSet,),
    columns=("title", "start_time", "end_time", "exercise_title", "set_index", "set_type", "reps"),
)  # fmt: skip
