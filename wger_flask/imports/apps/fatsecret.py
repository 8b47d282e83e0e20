"""FatSecret: the food diary's detailed report as CSV.

The report is no table but an outline. Below its header stand days, below a day its meals, which one blank leads, below
a meal its foods, which two blanks lead, and below a food how much of it was eaten, in a row of one cell::

    "Tuesday, May 1, 2018",1523,46.06,20.7,122,6,71,69.2,3297,206,348
     Breakfast,250,4,1,26,0,22,26,1274,70,0
      Salmon,160,4,1,4,0,2,26,1260,70,
    "   2  x 1 oz, 56 g"

What is not opened in the report is there as a sum: a meal without foods is one entry, and so is a day without meals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from wger_flask.engine.units import KJ_PER_KCAL

from .. import values
from ..errors import ImportRefused
from ..food_columns import MOST_ENERGY, MOST_MILLIGRAMS, amount_of
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import FoodDiaryEntry
from ..source import ImportSource

_FIELDS = ("energy", "fat", "saturated_fat", "carbohydrates", "fiber", "sugar", "protein", "sodium")
"""What the columns behind the first are, in whatever language the header names them."""

_DETAILS = "# report details"
_SUMS = ("total", "totals", "daily total", "daily average")
_WEEKDAY = ", "
_BEFORE_TITLE = b"\xef\xbb\xbf#-\r\n "


@dataclass(slots=True)
class _Level:
    """The day or the meal that is being read: what it says itself, and whether anything below it was taken."""

    entry: FoodDiaryEntry
    is_opened: bool = field(default=False)


def read(source: ImportSource, options: ImportOptions) -> Iterator[FoodDiaryEntry]:
    """Yield what was eaten."""
    in_kilojoules: bool | None = None
    day: _Level | None = None
    meal: _Level | None = None
    food: FoodDiaryEntry | None = None
    for line, cells in _details(source):
        if in_kilojoules is None:
            if len(cells) <= len(_FIELDS):
                raise ImportRefused("the header of the report lacks columns: export the detailed report", line)
            in_kilojoules = "kj" in cells[1].lower()
            continue
        label, depth = cells[0].strip(), len(cells[0]) - len(cells[0].lstrip())
        if food is not None and depth > 2 and not any(cells[1:]):
            food = replace(food, **amount_of(label, options.decimal_comma))
            continue
        if food is not None:
            yield food
            food = None
        if label.lower() in _SUMS:
            continue
        said = _nutrients(line, cells, options, in_kilojoules)
        if depth >= 2 and day is not None:
            name = meal.entry.meal if meal is not None else ""
            food = FoodDiaryEntry(line, day.entry.day, label or "Food", name, **said)
            day.is_opened = True
            if meal is not None:
                meal.is_opened = True
            continue
        yield from _unopened(meal)
        meal = None
        if (begun := _day(label, options)) is not None:
            yield from _unopened(day)
            day = _Level(FoodDiaryEntry(line, begun, "Day", **said))
        elif day is not None:
            day.is_opened = True
            meal = _Level(FoodDiaryEntry(line, day.entry.day, label or "Meal", label, **said))
        else:
            raise ImportRefused(f'"{label[:30]}" is no date', line)
    if food is not None:
        yield food
    yield from _unopened(meal)
    yield from _unopened(day)


def _details(source: ImportSource) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the report's details that are not blank, with their lines; raises ImportRefused."""
    is_there = False
    for line, text in source.lines():
        if text.startswith("#"):
            is_there = is_there or text.strip().lower() == _DETAILS
        elif is_there and text.strip():
            try:
                cells = next(csv.reader([text], strict=True))
            except csv.Error as wrong:
                raise ImportRefused(f"this is no row of a report: {wrong}", line) from None
            if any(cell.strip() for cell in cells):
                yield line, cells
    if not is_there:
        raise ImportRefused("there are no details: export the detailed report", 1)


def _unopened(level: _Level | None) -> Iterator[FoodDiaryEntry]:
    """Yield what a day or a meal says itself, where nothing below it was taken and it is not empty."""
    if level is not None and not level.is_opened and level.entry.energy:
        yield level.entry


def _day(label: str, options: ImportOptions) -> date | None:
    """Return the day that a label spells, behind the day of the week in most languages; None for other labels."""
    first, _, rest = label.partition(_WEEKDAY)
    for text in (label, rest if not any(letter.isdigit() for letter in first) else ""):
        try:
            return values.day(text, options.day_first)
        except ValueError:
            continue
    return None


def _nutrients(line: int, cells: list[str], options: ImportOptions, in_kilojoules: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, name in enumerate(_FIELDS, 1):
        text = cells[place].strip() if place < len(cells) else ""
        if not text:
            continue
        try:
            value = values.number(text, options.decimal_comma)
            if not 0 <= value <= (MOST_MILLIGRAMS if name == "sodium" else MOST_ENERGY):
                raise ValueError(f'"{text[:30]}" is out of range')
        except ValueError as wrong:
            raise ImportRefused(str(wrong), line, name) from None
        if name == "sodium":
            value *= Decimal("0.001")
        elif name == "energy" and in_kilojoules:
            value /= KJ_PER_KCAL
        found[name] = value
    return found


FORMAT = ImportFormat(
    "fatsecret", "FatSecret", "the report of the food diary, detailed, as CSV", read, (FoodDiaryEntry,),
    recognises=lambda source: source.head[:4000].lower().lstrip(_BEFORE_TITLE).startswith(b"food diary report"),
    options=("decimal_comma", "day_first"),
)  # fmt: skip
