"""Google Fit, as Google Takeout gives it: body weight, blood pressure, steps and the way of each day.

Takeout has a table of all days, ``Daily activity metrics.csv`` (``Daily Summaries.csv`` in older ones), in a folder
``Fit``. The tables of single days beside it do not say which day they are of.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..body_columns import BodyColumn, measurements
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource

_WEIGHT, _STEPS, _WAY = "Average weight (kg)", "Step count", "Distance (m)"
_COLUMNS = (
    BodyColumn((_WEIGHT,), "body_weight", "kg"),
    BodyColumn(("Average weight (lb)",), "body_weight", "lb"),
    BodyColumn(("Average systolic blood pressure (mmHg)",), "blood_pressure_systolic", "mmHg"),
    BodyColumn(("Average diastolic blood pressure (mmHg)",), "blood_pressure_diastolic", "mmHg"),
    BodyColumn((_STEPS,), "steps"),
    BodyColumn((_WAY,), "distance", "m"),
)


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what each day says."""
    for row in source.table():
        moment = row.day_and_time("Date", "", options)
        yield from measurements(row, moment, _COLUMNS, options)


FORMAT = ImportFormat(
    "google-fit", "Google Fit", "takeout.google.com, Fit: the archive, or its Daily activity metrics.csv", read,
    (BodyMeasurement,), files=("Daily activity metrics.csv", "Daily Summaries.csv"), options=("decimal_comma",),
    recognises=lambda source: any(map(source.has_columns, (("Date", _WEIGHT), ("Date", "Move Minutes count", _STEPS)))),
)  # fmt: skip
