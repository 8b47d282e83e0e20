"""MyFitnessPal: what each meal contained.

The archive of Settings > Export data holds a table ``Nutrition-Summary-….csv`` with a row for each meal of each day. It
does not say which foods a meal had, so a meal is one entry.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..food_columns import nutrients
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import FoodDiaryEntry
from ..source import ImportSource

_NUTRIENTS = (
    ("energy", ("Calories", "Energy (kcal)", "Calories (kcal)", "Kilojoules", "Energy (kJ)")),
    ("protein", ("Protein (g)", "Protein")),
    ("carbohydrates", ("Carbohydrates (g)", "Carbs (g)", "Carbohydrates")),
    ("sugar", ("Sugar", "Sugar (g)", "Sugars (g)")),
    ("fat", ("Fat (g)", "Fat")),
    ("saturated_fat", ("Saturated Fat", "Saturated Fat (g)")),
    ("fiber", ("Fiber", "Fiber (g)", "Dietary Fiber (g)")),
    ("sodium", ("Sodium (mg)",)),
)
_COLUMNS = ("Date", "Meal", "Fat (g)", "Protein (g)")
_SUMS = ("total", "totals", "daily total")


def read(source: ImportSource, options: ImportOptions) -> Iterator[FoodDiaryEntry]:
    """Yield an entry for each meal."""
    for row in source.table():
        meal = row.text("Meal")
        if meal.lower() in _SUMS or row.text("Date").lower() in _SUMS:
            continue
        day = row.day_and_time("Date", "", options).date()
        yield FoodDiaryEntry(row.line, day, food=meal or "Meal", meal=meal, **nutrients(row, _NUTRIENTS, options))


FORMAT = ImportFormat(
    "myfitnesspal", "MyFitnessPal", "Settings > Export data: the archive, or its Nutrition-Summary-….csv", read,
    (FoodDiaryEntry,), files=("*nutrition-summary*.csv",), options=("decimal_comma", "day_first"),
    recognises=lambda source: source.has_columns(_COLUMNS) and not source.has_columns(("Food Name",)),
)  # fmt: skip
