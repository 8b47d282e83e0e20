"""How far upgrades of a database are, and why one may be refused."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


class UpgradeRefused(Exception):
    """Say in one line why a database is not upgraded, or not by this command."""


def no_progress(what: str, done: int, total: int) -> None:
    """Do not show how far an upgrade is."""
