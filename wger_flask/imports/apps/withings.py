"""Withings (Health Mate): body weight and what it consists of, blood pressure, height, steps and the way of each day.

Of the archive that Withings sends, ``weight.csv``, ``bp.csv``, ``height.csv``, ``aggregates_steps.csv`` and
``aggregates_distance.csv`` are read. Headers are in the language of the account. Masses are in kilograms or pounds, as
the header says; the share of fat is its mass beside the weight. The last two have a day and a value, whatever it is of:
they are known by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ..body_columns import CUSTOM, BodyColumn, measured, measurements
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource

_DATES = ("Date", "Datum", "Fecha", "Data")
_NOTES = ("Comments", "Kommentare", "Commentaires", "Comentarios", "Commenti")
_MASSES = {
    "body_weight": ("Weight", "Gewicht", "Poids", "Peso"),
    "fat": ("Fat mass", "Fettmasse", "Masse grasse", "Masa grasa", "Massa grassa"),
    "Bone mass": ("Bone mass", "Knochenmasse", "Masse osseuse", "Masa ósea", "Massa ossea"),
    "Muscle mass": ("Muscle mass", "Muskelmasse", "Masse musculaire", "Masa muscular", "Massa muscolare"),
    "Hydration": ("Hydration", "Hydratation", "Hidratación", "Idratazione"),
}
_PRESSURES = (
    BodyColumn(("Systolic", "Systolisch", "Systolique", "Systole"), "blood_pressure_systolic", "mmHg"),
    BodyColumn(("Diastolic", "Diastolisch", "Diastolique", "Diastole"), "blood_pressure_diastolic", "mmHg"),
    BodyColumn(("Heart rate", "Herzfrequenz", "Fréquence cardiaque"), "heart_rate", "bpm"),
)
_HEIGHTS = ("Height", "Größe", "Taille", "Altura", "Altezza")
_BY_NAME = {
    "height.csv": BodyColumn(tuple(f"{name}{unit}" for name in _HEIGHTS for unit in (" (m)", "")), "height", "m"),
    "aggregates_steps.csv": BodyColumn(("value",), "steps"),
    "aggregates_distance.csv": BodyColumn(("value",), "distance", "m"),
}
_WITH_UNIT = re.compile(r"(.+?) \((kg|lbs?)\)")


def _masses(header: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return the column and the unit of each mass that the header names."""
    named = {name.lower(): mass for mass, names in _MASSES.items() for name in names}
    found = ((cell, match) for cell in header if (match := _WITH_UNIT.fullmatch(cell)))
    return {named[match[1].lower()]: (cell, match[2]) for cell, match in found if match[1].lower() in named}


def is_withings(source: ImportSource) -> bool:
    """Tell whether the columns are those of Withings, of any of its files."""
    header = source.header()
    if not header or header[0].capitalize() not in _DATES:
        return False
    if column := _by_name(source):
        return any(source.has_columns((name,)) for name in column.columns)
    pressures = {name for column in _PRESSURES[:2] for name in column.columns}
    return len(pressures & set(header)) == 2 or {"body_weight", "fat"} <= _masses(header).keys()


def _by_name(source: ImportSource) -> BodyColumn | None:
    return _BY_NAME.get(source.name.rpartition("/")[2].lower())


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what was measured."""
    if column := _by_name(source):
        for row in source.table():
            moment = row.day_and_time(row.column(*_DATES), "", options)
            yield from measurements(row, moment, (column,), options)
        return
    masses = _masses(source.header())
    for row in source.table():
        moment, notes = row.day_and_time(row.column(*_DATES), "", options), row.text(*_NOTES)
        said = {
            mass: (value, unit)
            for mass, (column, unit) in masses.items()
            if (value := row.decimal(column, decimal_comma=options.decimal_comma))
        }
        for mass, (value, unit) in said.items():
            if mass == "body_weight":
                yield measured(row.line, moment, mass, value, unit, notes=notes)
            elif mass != "fat":
                yield measured(row.line, moment, CUSTOM, value, "lb" if unit == "lbs" else unit, mass)
        if "fat" in said and "body_weight" in said:
            share = 100 * said["fat"][0] / said["body_weight"][0]
            yield measured(row.line, moment, "body_fat", Decimal(share), "%")
        yield from measurements(row, moment, _PRESSURES, options)


FORMAT = ImportFormat(
    "withings", "Withings", "the archive of Settings > Download your data, or its weight.csv or bp.csv", read,
    (BodyMeasurement,), files=("weight.csv", "bp.csv", *_BY_NAME), recognises=is_withings,
    options=("decimal_comma", "day_first"), reads_all=True,
)  # fmt: skip
