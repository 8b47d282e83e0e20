"""Liftosaur: a row a set, warm-ups among them, also of sets that were planned and not done."""

from __future__ import annotations

from collections.abc import Iterator

from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import WorkoutSet
from ..source import ImportSource
from .sets import exercise_of, reserve, start_of, weight_unit

_WEIGHT, _UNIT = ("Completed Weight Value", "Weight Value"), ("Completed Weight Unit", "Weight Unit")


def read(source: ImportSource, options: ImportOptions) -> Iterator[WorkoutSet]:
    """Read the history that is exported as CSV."""
    orders: dict[object, int] = {}
    for row in source.table():
        done = row.decimal("Completed Reps")
        if done is None:
            continue
        start, title = start_of(row, "Workout DateTime", options=options), row.text("Day Name")
        order = orders[start, title] = orders.get((start, title), -1) + 1
        yield WorkoutSet(
            row.line, start, exercise_of(row, "Exercise"), order,
            workout=title, weight=row.decimal(*_WEIGHT),
            weight_unit=weight_unit(row, row.text(*_UNIT), row.column(*_UNIT), options), repetitions=done,
            rir=reserve(row.decimal("Completed RPE", "RPE")),
            moment=row.moment("Completed Reps Time", options=options), comment=row.text("Notes"),
        )  # fmt: skip


FORMAT = ImportFormat(
    "liftosaur", "Liftosaur", "Me, Export history to CSV file", read, (WorkoutSet,),
    columns=("Workout DateTime", "Day Name", "Exercise", "Is Warmup Set?", "Completed Reps"),
)  # fmt: skip
