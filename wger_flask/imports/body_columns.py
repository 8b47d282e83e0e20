"""Read measurements of the body from the columns of a table: which column is which, and in which unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wger_flask.engine.units import KG_PER_LB

from .options import ImportOptions
from .records import BodyMeasurement
from .table import Row

CUSTOM = "custom"
_WEIGHTS = "body_weight", "lean_body_mass"
_LB_PER_ST = 14
_KILOGRAMS = {"kg": Decimal(1), "g": Decimal("0.001"), "lb": KG_PER_LB, "lbs": KG_PER_LB, "st": KG_PER_LB * _LB_PER_ST}
_INCH = Decimal("2.54")  # centimetres, exactly
_CENTIMETRES = {"cm": Decimal(1), "m": Decimal(100), "mm": Decimal("0.1"), "in": _INCH, "ft": 12 * _INCH}
_KILOMETRES = {"km": Decimal(1), "m": Decimal("0.001")}


@dataclass(frozen=True, slots=True)
class BodyColumn:
    """A column that holds measurements: what it may be called, the type of what is measured, and the unit.

    ``metric`` is a type that clients know, or ``custom``, whose category is called ``name``. A weight without a
    ``unit`` is in the one that the person chooses, kilograms unless that is done.
    """

    columns: tuple[str, ...]
    metric: str
    unit: str = ""
    name: str = ""


def measurements(
    row: Row, moment: datetime, columns: Iterable[BodyColumn], options: ImportOptions, notes: str = ""
) -> Iterator[BodyMeasurement]:
    """Yield what a row says of the body at a moment; the first of it has the notes.

    Zero is what apps write for what was not measured.
    """
    for column in columns:
        value = row.decimal(*column.columns, decimal_comma=options.decimal_comma)
        if value:
            unit = column.unit or (options.weight_unit or "kg" if column.metric in _WEIGHTS else "")
            yield measured(row.line, moment, column.metric, value, unit, column.name, notes)
            notes = ""


def measured(
    line: int, moment: datetime, metric: str, value: Decimal, unit: str, name: str = "", notes: str = ""
) -> BodyMeasurement:
    """Return a measurement in the unit that its type is kept in: of masses kilograms, of
    heights centimetres, of ways kilometres.

    Body weight keeps pounds; raises ValueError for a unit that its type cannot be in.
    """
    if metric == "body_weight" and unit in ("lb", "lbs", "st"):
        value, unit = value * (_LB_PER_ST if unit == "st" else 1), "lb"
    elif metric in _WEIGHTS:
        value, unit = _converted(value, unit, _KILOGRAMS), "kg"
    elif metric == "distance":
        value, unit = _converted(value, unit, _KILOMETRES), "km"
    elif metric == "height":
        value, unit = _converted(value, unit, _CENTIMETRES), "cm"
    return BodyMeasurement(line, moment, metric, round(value, 2), unit, name, notes)


def _converted(value: Decimal, unit: str, factors: dict[str, Decimal]) -> Decimal:
    if unit not in factors:
        raise ValueError(f"{unit!r} is no unit that is known here")
    return value * factors[unit]
