"""Give profiles a time zone; those of wger 2.7.0 have one."""

from __future__ import annotations

from .. import alter, columns
from ..dialects.base import Database


def apply(database: Database) -> None:
    """Add the column; empty means that nothing was told, and the server's zone is in force."""
    alter.add_column("core_userprofile", "time_zone", columns.Char(max_length=50, default=""))
