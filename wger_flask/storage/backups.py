"""Copy the database to a file while it is in use, and put such a copy in its place."""

from __future__ import annotations

from pathlib import Path

from .database import database, has_table
from .upgrades import Progress, no_progress


class BackupRefused(Exception):
    """Say in one line why no backup is made, or one is not restored."""


def kind() -> str:
    """Return the name of the database's program: a copy is put in the place of another one of the same."""
    return database.obj.dialect.name


def suffix() -> str:
    """Return what the name of a copy ends with, such as ``.sqlite``.

    Raises :class:`BackupRefused` where none is made of this database.
    """
    found = database.obj.dialect.backup_suffix
    if not found:
        raise BackupRefused(f"no backup is made of this database ({kind()}): use the tools of its server")
    return found


def dump(target: Path, progress: Progress = no_progress) -> None:
    """Copy the database, as it is committed now, to ``target``, readable by its owner alone; others go on writing.

    Raises :class:`BackupRefused`, and leaves no whole file.
    """
    database.obj.dialect.dump(database.obj, target, progress)


def check(copy: Path) -> None:
    """Raise :class:`BackupRefused` where a file is no whole copy of a database."""
    database.obj.dialect.check_dump(copy)


def demand_alone() -> None:
    """Raise :class:`BackupRefused` where another program has the database open, as far as that can be told."""
    database.obj.dialect.demand_alone(database.obj)


def load(copy: Path, moment: str, progress: Progress = no_progress) -> str | None:
    """Put ``copy``, which goes by that, in the place of the database, whole or not at all.

    Returns where that is now what was there, by a name with ``moment``; None where there was nothing.  ``copy`` lies in
    :func:`workshop`.  Raises :class:`BackupRefused` where another program has the database open.
    """
    return database.obj.dialect.load_dump(database.obj, copy, moment, progress)


def workshop(otherwise: Path) -> Path:
    """Return the folder in which a copy is to lie that is put in the database's place."""
    return database.obj.dialect.workshop(database.obj) or otherwise


def applied_steps() -> list[str]:
    """Return the names of the migrations that are applied, without making the table of them."""
    from .migrations import Migration

    if not has_table(Migration._meta.table_name):
        return []
    return sorted(row.name for row in Migration.select())
