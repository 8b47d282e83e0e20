"""Tell which wger made a database, by the table in which Django notes the migrations that it has applied."""

from __future__ import annotations

from collections import defaultdict

import peewee

from ..database import database
from ..upgrades import UpgradeRefused

TABLE = "django_migrations"
# What it is called, and the application and the number of a migration that only it and later ones have.
_RELEASES = (
    ("2.8 in development", "manager", 30),
    ("2.7.0", "core", 29),
    ("2.7.0 before its release", "manager", 29),
    ("2.6 or an alpha of 2.7", "manager", 26),
    ("2.5 or 2.6", "trophies", 1),
)


def applied() -> dict[str, set[str]]:
    """Return the names of the migrations that wger has applied, by application; none where it never was."""
    by_app: dict[str, set[str]] = defaultdict(set)
    if TABLE in database.obj.get_tables():
        rows = peewee.Table(TABLE).bind(database.obj)
        for app, name in rows.select(rows.c.app, rows.c.name).tuples():
            by_app[app].add(name)
    return dict(by_app) if "manager" in by_app else {}


def release() -> str | None:
    """Return which wger made the database, as a person says it (``2.7.0``), None where none did.

    Raises UpgradeRefused for one that is older than 2.5.
    """
    names = applied()
    if not names:
        return None
    for called, app, number in _RELEASES:
        if any(name.startswith(f"{number:04}_") for name in names.get(app, ())):
            return called
    raise UpgradeRefused("the database is of a wger older than 2.5: let wger 2.5 or later upgrade it first")
