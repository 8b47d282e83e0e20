"""Find out whether this process can do its work: the database, its tables, the media folder, room on the disk."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..backups.status import status
from ..media.errors import NotStored
from ..media.store import open_store
from ..rest.registry import Registry
from ..storage.database import DatabaseError, connect, database, database_file, release_connection, take_up
from ..storage.migrations import is_current

if TYPE_CHECKING:
    from ..settings import Settings

logger = logging.getLogger("wger_flask.operations")

OK = "ok"
OVERDUE, FAILED, NONE = "overdue", "failed", "none"
LATE = 2
"""After how many times the pause between two backups the last one is too old."""
MEGABYTE = 2**20


class NotReady(Exception):
    """Say in a few words, without anything secret, why a part does not work."""


def look(settings: Settings, registry: Registry) -> dict[str, str]:
    """Return ``"ok"`` for each part that works, else what is wrong with it in a few words.

    Parts are ``database``, ``migrations``, ``media`` and ``disk``.  Nothing of an error's own text is told: the log has
    it.  No exception is raised.
    """
    parts: dict[str, Callable[[], None]] = {
        "database": check_database,
        "migrations": lambda: check_migrations(registry),
        "media": lambda: check_bucket(settings) if settings.WGER_MEDIA_URL else check_media(settings.WGER_MEDIA_ROOT),
        "disk": lambda: check_room(settings),
    }
    return {name: _told(name, check) for name, check in parts.items()}


def look_at_backups(settings: Settings) -> dict[str, object] | None:
    """Return when the last backup was made (as text, in UTC), its age in seconds, and whether that is well.

    None where the database does not tell; no exception is raised.
    """
    try:
        found = status()
    except Exception as wrong:  # what is wrong with the database, the checks tell
        logger.warning("backups: %s: %s", type(wrong).__name__, " ".join(str(wrong).split()))
        release_connection()
        return None
    age = found.age()
    if settings.WGER_BACKUP_DIR and found.error:
        told = FAILED
    elif settings.WGER_BACKUP_DIR and (age is None or age > LATE * settings.WGER_BACKUP_EVERY * 3600):
        told = OVERDUE
    else:
        told = NONE if age is None else OK
    return {"last": found.made.isoformat() if found.made else None, "age": age and int(age), "status": told}


def _told(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as wrong:
        told = str(wrong)
    except Exception as wrong:  # whatever it is, this process is not ready
        logger.warning("%s: %s: %s", name, type(wrong).__name__, " ".join(str(wrong).split()))
        told = "cannot be looked at"
    else:
        return OK
    logger.warning("not ready: %s %s", name, told)
    return told


def check_database() -> None:
    """Raise :class:`NotReady` where the database does not answer, or is a file that cannot be written to."""
    try:
        take_up()
        connect()
        database.obj.execute_sql("SELECT 1").fetchone()
        file = database_file()
    except (DatabaseError, ValueError, OSError) as wrong:
        logger.warning("the database: %s", " ".join(str(wrong).split()))
        release_connection()
        raise NotReady("does not answer") from None
    if file is not None:
        demand_writable(file)
        demand_writable(file.parent)


def check_migrations(registry: Registry) -> None:
    """Raise :class:`NotReady` where ``wger-flask migrate`` has something to do."""
    try:
        current = is_current(registry.models, registry.plugins)
    except (DatabaseError, ValueError, OSError):
        raise NotReady("cannot be looked at") from None
    if not current:
        raise NotReady("are missing: run wger-flask migrate")


def check_media(folder: Path) -> None:
    """Raise :class:`NotReady` where files cannot be read from ``folder``, or written to it."""
    nearest = nearest_existing(folder)
    if not nearest.is_dir():
        raise NotReady("is no folder")
    if not os.access(nearest, os.R_OK | os.X_OK):
        raise NotReady("cannot be read")
    demand_writable(nearest)


def demand_writable(path: Path) -> None:
    """Raise :class:`NotReady` where this user may not write to a file or a folder, or a folder's disk takes nothing.

    What the rights say is not all: a file system that found a mistake in itself refuses writes in spite of them.
    """
    try:
        if os.access(path, os.W_OK):
            if path.is_dir():
                tempfile.TemporaryFile(dir=path).close()  # has no name in the folder
            return
    except OSError as wrong:
        logger.warning("%s: %s", path, wrong)
    raise NotReady("cannot be written to")


def check_bucket(settings: Settings) -> None:
    """Raise :class:`NotReady` where the store of uploaded files does not answer, or has no such bucket."""
    try:
        open_store(settings.WGER_MEDIA_URL, settings.WGER_MEDIA_ROOT).demand_writable()
    except NotStored:
        raise NotReady("cannot be reached") from None


def data_folders(settings: Settings) -> dict[str, Path]:
    """Return the folders in which the server keeps what is written, by whose they are: "instance", "media" ..."""
    folders = {"instance": settings.WGER_INSTANCE_PATH}
    if (file := database_file()) is not None:
        folders["database's"] = file.parent
    if not settings.WGER_MEDIA_URL:
        folders["media"] = settings.WGER_MEDIA_ROOT
    return folders


def check_room(settings: Settings) -> None:
    """Raise :class:`NotReady` where less than ``WGER_MIN_FREE_DISK`` megabytes are free for data or for media."""
    least = settings.WGER_MIN_FREE_DISK
    for what, folder in data_folders(settings).items():
        if free_megabytes(folder) < least:
            raise NotReady(f"of the {what} folder has less than {least} MB left")


def free_megabytes(folder: Path) -> int:
    """Return how many megabytes the disk of ``folder`` has left for this user."""
    return shutil.disk_usage(nearest_existing(folder)).free // MEGABYTE


def nearest_existing(folder: Path) -> Path:
    """Return ``folder``, or the nearest folder above it that exists: there it would be made."""
    return next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
