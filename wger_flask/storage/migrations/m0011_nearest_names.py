"""Index names by their length, too: the nearest of very many are found without looking at all of them."""

from __future__ import annotations

from ..dialects.base import Database


def apply(database: Database) -> None:
    """Do nothing: what searching needs is made at the end of each upgrade, and this makes one due."""
