"""Samsung Health: body weight and what it consists of, blood pressure.

The archive holds a table for each type of data, of which ``com.samsung.health.weight.<date>.csv`` and
``com.samsung.shealth.blood_pressure.<date>.csv`` are read. The first line names the type, the second the columns, in
some versions with the type before each. Moments are in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from ..body_columns import CUSTOM, BodyColumn, measurements
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource
from ..table import Row

_WEIGHT, _PRESSURE = "com.samsung.health.weight", "com.samsung.health.blood_pressure"
_FILES = _WEIGHT, "com.samsung.shealth.blood_pressure", _PRESSURE
_HEADER_LINE = 2
_MILLISECONDS = re.compile(r"[1-3]\d{12}", re.ASCII)  # since 1970: of the years from 2001 to 2096


def _called(name: str) -> tuple[str, ...]:
    return name, f"{_WEIGHT}.{name}", f"{_PRESSURE}.{name}"


_COLUMNS = (
    BodyColumn(_called("weight"), "body_weight", "kg"),
    BodyColumn(_called("body_fat"), "body_fat", "%"),
    BodyColumn(_called("fat_free_mass"), "lean_body_mass", "kg"),
    BodyColumn(_called("muscle_mass"), CUSTOM, "kg", "Muscle mass"),
    BodyColumn(_called("skeletal_muscle_mass"), CUSTOM, "kg", "Skeletal muscle mass"),
    BodyColumn(_called("skeletal_muscle"), CUSTOM, "%", "Skeletal muscle"),
    BodyColumn(_called("total_body_water"), CUSTOM, "kg", "Body water"),
    BodyColumn(_called("basal_metabolic_rate"), CUSTOM, "kcal", "Basal metabolic rate"),
    BodyColumn(_called("vfa_level"), CUSTOM, "", "Visceral fat"),
    BodyColumn(_called("systolic"), "blood_pressure_systolic", "mmHg"),
    BodyColumn(_called("diastolic"), "blood_pressure_diastolic", "mmHg"),
    BodyColumn(_called("pulse"), "heart_rate", "bpm"),
)


def is_samsung_health(source: ImportSource) -> bool:
    """Tell whether the first line names the type of data, and the second the columns."""
    if source.header()[:1] not in [(file,) for file in _FILES]:
        return False
    header = {cell.lower() for cell in source.header(_HEADER_LINE)}
    is_there = [bool(header.intersection(_called(name))) for name in ("start_time", "weight", "systolic")]
    return is_there[0] and any(is_there[1:])


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what was measured."""
    for row in source.table(_HEADER_LINE):
        yield from measurements(row, _moment(row, options), _COLUMNS, options, row.text(*_called("comment")))


def _moment(row: Row, options: ImportOptions) -> datetime:
    column = row.column(*_called("start_time"))
    text = row.text(column)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return row.day_and_time(column, "", replace(options, zone=UTC))


FORMAT = ImportFormat(
    "samsung-health", "Samsung Health", "Settings > Download personal data: com.samsung.health.weight.<date>.csv",
    read, (BodyMeasurement,), files=tuple(f"*{file}.*.csv" for file in _FILES), header_line=_HEADER_LINE,
    recognises=is_samsung_health, options=("decimal_comma",), reads_all=True,
)  # fmt: skip
