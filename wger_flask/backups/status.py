"""When the last backup was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..jobs.models import JobRun
from ..storage.columns import now
from ..storage.database import has_table, write_if_able
from ..storage.model import table_of
from . import JOB

_BY_COMMAND = "backup by command"


@dataclass(frozen=True, slots=True)
class Status:
    """When the last backup was made, None for never; why the last one that was due was not made."""

    made: datetime | None
    error: str

    def age(self) -> float | None:
        """Return how many seconds ago that is."""
        return (now() - self.made).total_seconds() if self.made else None


def status() -> Status:
    """Return when the last backup was made, by the schedule or the command, as the database knows it."""
    if not has_table(table_of(JobRun)):
        return Status(None, "")
    held = list(JobRun.select().where(JobRun.name.in_((JOB, _BY_COMMAND))))
    made = [row.ended for row in held if row.ended is not None]
    return Status(max(made, default=None), next((row.error for row in held if row.name == JOB), ""))


def note(moment: datetime) -> None:
    """Note that the command has made one; where the database cannot be written to, the log says so."""
    if has_table(table_of(JobRun)):
        write_if_able("the note of a backup", lambda: _write(moment))


def _write(moment: datetime) -> None:
    JobRun.delete().where(JobRun.name == _BY_COMMAND).execute()
    JobRun.create(name=_BY_COMMAND, ended=moment, due=moment)
