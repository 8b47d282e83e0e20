"""Google Fit, as Google Takeout gives it: body weight, steps and the way of each day.

Takeout has a table of all days, ``Daily activity metrics.csv`` (``Daily Summaries.csv`` in older ones), in a folder
``Fit``. The tables of single days beside it do not say which day they are of.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..body_columns import BodyColumn, measured, measurements
from ..day_and_time import moment_of
from ..formats import ImportFormat
from ..options import ImportOptions
from ..records import BodyMeasurement
from ..source import ImportSource

_WEIGHT, _STEPS, _WAY = "Average weight (kg)", "Step count", "Distance (m)"
_COLUMNS = (BodyColumn((_WEIGHT,), "body_weight", "kg"), BodyColumn((_STEPS,), "steps"))


def is_google_fit(source: ImportSource) -> bool:
    """Tell whether the columns are those of Takeout's table of days."""
    return source.has_columns(("Date", _WEIGHT)) or source.has_columns(("Date", "Move Minutes count", _STEPS))


def read(source: ImportSource, options: ImportOptions) -> Iterator[BodyMeasurement]:
    """Yield what each day says."""
    for row in source.table():
        moment = moment_of(row, "Date", "", options)
        yield from measurements(row, moment, _COLUMNS, options)
        if metres := row.decimal(_WAY, decimal_comma=options.decimal_comma):
            yield measured(row.line, moment, "distance", metres / Decimal(1000), "km")


FORMAT = ImportFormat(
    "google-fit", "Google Fit", "takeout.google.com, Fit: the archive, or its Daily activity metrics.csv", read,
    (BodyMeasurement,), files=("Daily activity metrics.csv", "Daily Summaries.csv"), recognises=is_google_fit,
    options=("decimal_comma",),
)  # fmt: skip
