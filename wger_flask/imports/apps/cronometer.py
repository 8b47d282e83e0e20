"""Cronometer: each food that was eaten, ``servings.csv``."""

from __future__ import annotations

from collections.abc import Iterator

from ..food_columns import amount_of, nutrients
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import FoodDiaryEntry
from ..source import ImportSource

_NUTRIENTS = (
    ("energy", ("Energy (kcal)", "Energy (kJ)")),
    ("protein", ("Protein (g)",)),
    ("carbohydrates", ("Carbs (g)", "Carbohydrates (g)")),
    ("sugar", ("Sugars (g)",)),
    ("fat", ("Fat (g)",)),
    ("saturated_fat", ("Saturated (g)", "Saturated Fat (g)")),
    ("fiber", ("Fiber (g)", "Fibre (g)")),
    ("sodium", ("Sodium (mg)",)),
)


def read(source: ImportSource, options: ImportOptions) -> Iterator[FoodDiaryEntry]:
    """Yield what was eaten."""
    for row in source.table():
        if not (food := row.text("Food Name")):
            row.refuse("there is no food", "Food Name")
        moment = row.day_and_time("Day", "Time", options)
        amount = amount_of(row.text("Amount"), options.decimal_comma)
        time = moment.time() if row.text("Time") else None
        contents = nutrients(row, _NUTRIENTS, options)
        yield FoodDiaryEntry(row.line, moment.date(), food, row.text("Group"), time, **amount, **contents)


FORMAT = ImportFormat(
    "cronometer", "Cronometer", "More > Account > Export data > Food & recipe entries: servings.csv", read,
    (FoodDiaryEntry,), files=("servings.csv",), columns=("Day", "Group", "Food Name", "Amount"),
    options=("decimal_comma", "day_first"),
)  # fmt: skip
