"""Give tables that are searched a stamp, so that what was asked of them is known until they are written to."""

from __future__ import annotations

from ..dialects.base import Database


def apply(database: Database) -> None:
    """Do nothing: what searching needs is made at the end of each upgrade, and this makes one due."""
