"""Note what was deleted, so that copies of the catalogue elsewhere can follow."""

from __future__ import annotations

import uuid as uuids

from .models import DeletionLog


def note(kind: str, uuid: uuids.UUID, comment: str = "", replaced_by: uuids.UUID | None = None) -> None:
    """Note that something was deleted; a second time for the same thing renews its line."""
    row = DeletionLog.get_or_none(DeletionLog.uuid == uuid) or DeletionLog(uuid=uuid)
    row.model_type, row.comment, row.replaced_by = kind, comment[: DeletionLog.comment.max_length], replaced_by
    row.save()
