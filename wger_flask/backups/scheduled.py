"""Backups that are made again and again: one folder, a name with the moment, the latest few."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..storage.columns import now
from . import making
from .making import Made

if TYPE_CHECKING:
    from ..settings import Settings

logger = logging.getLogger("wger_flask.backups")

_NAME = re.compile(r"wger-\d{8}-\d{6}\.tar\.zst")
_LEFT = re.compile(rf"\.{_NAME.pattern}\.(?:part|database)")


def name_at(moment: datetime) -> str:
    """Return the name of a backup of a moment; names in their order are those of moments."""
    return f"wger-{moment:%Y%m%d-%H%M%S}.tar.zst"


def make(settings: Settings) -> Made:
    """Make the backup that is due, and remove those that are too many; raises :class:`..storage.backups.BackupRefused`.

    Nothing is removed unless the new one is whole, and nothing that has another name.  Those of a later moment than the
    new one's are a clock's that was wrong, then or now: they go first.
    """
    folder = Path(settings.WGER_BACKUP_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.iterdir():  # by a process that was killed
        if _LEFT.fullmatch(left.name):
            left.unlink(missing_ok=True)
    moment = now()
    made = making.make(folder / name_at(moment), settings, moment, settings.WGER_BACKUP_MEDIA)
    logger.info("made the backup %s (%d bytes)", made.path, made.size)
    ours = [one for one in folder.iterdir() if _NAME.fullmatch(one.name)]
    ours.sort(key=lambda one: (one.name <= made.path.name, one.name))
    for old in ours[: -settings.WGER_BACKUP_KEEP]:
        old.unlink(missing_ok=True)
    return made
