"""Read moments whose day and time are in two columns."""

from __future__ import annotations

from datetime import datetime

from . import values
from .options import ImportOptions
from .table import Row


def moment_of(row: Row, day_column: str, time_column: str, options: ImportOptions) -> datetime:
    """Return the moment that two columns spell, midnight where the second is empty; raises ImportRefused."""
    day, clock = row.text(day_column), row.text(time_column)
    if not day:
        row.refuse("there is no date", day_column)
    try:
        return values.moment(f"{day} {clock}", options.zone, options.day_first)
    except ValueError as wrong:
        row.refuse(str(wrong), day_column)
