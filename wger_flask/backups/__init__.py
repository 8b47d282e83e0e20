"""Backups: one archive of the database, the files that people uploaded, and the keys that sign what clients hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ..rest.registry import Registry

if TYPE_CHECKING:
    from ..settings import Settings

JOB = "backup"
"""The job that makes scheduled ones."""

__all__ = ["JOB", "register"]


def register(registry: Registry, settings: Settings) -> None:
    """Have backups made again and again, where ``WGER_BACKUP_DIR`` says where to."""
    if settings.WGER_BACKUP_DIR:

        def run() -> None:
            from .scheduled import make

            make(settings)

        registry.add_job(JOB, run, timedelta(hours=settings.WGER_BACKUP_EVERY))
