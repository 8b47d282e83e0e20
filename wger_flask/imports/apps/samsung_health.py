"""Samsung Health: body weight and what it consists of.

The archive holds a table for each type of data, of which ``com.samsung.health.weight.<date>.csv`` is read. Its first
line names the type, the second the columns, in some versions with the type before each. Moments are in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from ..body_columns import CUSTOM, BodyColumn, measurements
from ..day_and_time import moment_of
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource
from ..table import Row

_TYPE = "com.samsung.health.weight"
_HEADER_LINE = 2
_MILLISECONDS = re.compile(r"[1-3]\d{12}", re.ASCII)  # since 1970: of the years from 2001 to 2096


def _called(name: str) -> tuple[str, str]:
    return name, f"{_TYPE}.{name}"


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
)


def is_samsung_health(source: ImportSource) -> bool:
    """Tell whether the first line names the type of data, and the second the columns."""
    if source.header()[:1] != (_TYPE,):
        return False
    header = {cell.lower() for cell in source.header(_HEADER_LINE)}
    return all(header.intersection(_called(name)) for name in ("start_time", "weight"))


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what was measured."""
    for row in source.table(_HEADER_LINE):
        yield from measurements(row, _moment(row, options), _COLUMNS, options, row.text(*_called("comment")))


def _moment(row: Row, options: ImportOptions) -> datetime:
    column = row.column(*_called("start_time"))
    text = row.text(column)
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    return moment_of(row, column, "", replace(options, zone=UTC))


FORMAT = ImportFormat(
    "samsung-health", "Samsung Health", "Settings > Download personal data: com.samsung.health.weight.<date>.csv",
    read, (BodyMeasurement,), files=(f"*{_TYPE}.*.csv",), header_line=_HEADER_LINE, recognises=is_samsung_health,
    options=("decimal_comma",),
)  # fmt: skip
