"""Read what the files of all apps for training say in the same way."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ..options import ImportOptions
from ..table import Row

_WEIGHTS = {
    "kg": ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"),
    "lb": ("lb", "lbs", "pound", "pounds"),
}
_WEIGHT_OF = {name: unit for unit, names in _WEIGHTS.items() for name in names}
_KILOMETRES = {
    "km": "1", "kms": "1", "kilometers": "1", "kilometres": "1", "m": "0.001", "meters": "0.001", "metres": "0.001",
    "cm": "0.00001", "ft": "0.0003048", "feet": "0.0003048", "in": "0.0000254", "yd": "0.0009144",
    "yards": "0.0009144",
}  # fmt: skip
_MILES = ("mi", "mile", "miles")


def start_of(row: Row, *names: str, options: ImportOptions) -> datetime:
    """Return the start of the workout of a set; raises ImportRefused where there is none."""
    start = row.moment(*names, options=options)
    if start is None:
        row.refuse("a set needs the start of its workout", row.column(*names))
    return start


def exercise_of(row: Row, *names: str) -> str:
    """Return what the exercise of a set is called; raises ImportRefused where it has no name."""
    exercise = row.text(*names)
    if not exercise:
        row.refuse("a set needs an exercise", row.column(*names))
    return exercise


def weight_unit(row: Row, text: str, column: str, options: ImportOptions) -> str:
    """Return the unit, "kg" or "lb", that ``text`` names; that of ``options`` for none; raises ImportRefused."""
    if not text:
        return options.weight_unit or "kg"
    found = _WEIGHT_OF.get(text.lower().strip(". "))
    if found is None:
        row.refuse(f'"{text[:30]}" is no unit of weights', column)
    return found


def distance(
    row: Row, amount: Decimal | None, text: str, column: str, options: ImportOptions
) -> tuple[Decimal | None, str]:
    """Return a distance, None for one of 0, and its unit, "km" or "mi": what ``text`` names; raises ImportRefused."""
    unit = text.lower().strip(". ") or options.distance_unit or ("mi" if options.weight_unit == "lb" else "km")
    if unit in _MILES:
        return amount or None, "mi"
    if unit not in _KILOMETRES:
        row.refuse(f'"{text[:30]}" is no unit of distances', column)
    return (amount * Decimal(_KILOMETRES[unit]) if amount else None), "km"


def reserve(rpe: Decimal | None) -> Decimal | None:
    """Return the repetitions in reserve that a rating of perceived exertion stands for: 10 less the rating.

    None for none, and for what is no rating of 1 to 10. Source: Zourdos et al., "Novel resistance training-specific
    rating of perceived exertion scale measuring repetitions in reserve", 2016.
    """
    return 10 - rpe if rpe is not None and 1 <= rpe <= 10 else None
