"""How a whole database is copied, and a copy put in its place (see :mod:`..backups`)."""

from __future__ import annotations

from pathlib import Path
from typing import Generic

from ..types import D
from ..upgrades import Progress


class Copies(Generic[D]):
    """Answer what is asked of a whole database; most of it only where there is a ``backup_suffix``."""

    def copy_beside(self, database: D, progress: Progress) -> str | None:
        """Copy the database, as it was last committed, to a new file beside it; returns its path.

        Raises :class:`..upgrades.UpgradeRefused` where there is no room.  None, and no copy, of a database that is
        no file: its server has tools for that.
        """
        return None

    backup_suffix = ""
    """What the name of a copy ends with; nothing where none is made, and the following are not asked."""

    def dump(self, database: D, target: Path, progress: Progress) -> None:
        """Copy the database, as it is committed now, to the new file ``target``, while others write."""
        raise NotImplementedError

    def check_dump(self, copy: Path) -> None:
        """Raise :class:`..backups.BackupRefused` where a file is no whole copy."""
        raise NotImplementedError

    def demand_alone(self, database: D) -> None:
        """Raise :class:`..backups.BackupRefused` where another program has the database open."""
        raise NotImplementedError

    def load_dump(self, database: D, copy: Path, moment: str, progress: Progress) -> str | None:
        """Put a copy in the place of the database, whole or not at all; returns where what was there is now."""
        raise NotImplementedError

    def workshop(self, database: D) -> Path | None:
        """Return the folder in which such a copy must lie; None for any."""
        return None
