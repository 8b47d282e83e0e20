"""Have the indexes made that sums of measurements are read from.

Every migration makes those that are missing at its end (:func:`..value_series.prepare`), since a wger that rebuilds a
table drops what it does not know; this step has one run.
"""

from __future__ import annotations

from ..dialects.base import Database


def apply(database: Database) -> None:
    """Do nothing yet."""
