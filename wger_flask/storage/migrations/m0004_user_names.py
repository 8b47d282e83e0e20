"""Bring the names of users into form NFKC, in which new ones are stored and looked for."""

from __future__ import annotations

from ..dialects.base import Database
from ..unicode_names import normalize


def apply(database: Database) -> None:
    """Rename who is spelled otherwise, but for names that would become one: the log tells of those."""
    normalize()
