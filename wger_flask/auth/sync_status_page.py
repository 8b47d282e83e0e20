"""The page on which administrators see which phones sync, how far they are, and how large the log is."""

from __future__ import annotations

from flask import Response

from ..storage.database import database, has_table
from ..storage.dialects.sync_log import STATE
from ..storage.sync_log import status
from ..storage.sync_log.tables import LogLost
from .page_parts import administrators, page, show
from .policy import policy


@page("/user/sync", methods=("GET",), access=administrators)
def sync_status() -> Response:
    """Show administrators the phones that sync."""
    return show("sync_status", log=_status())


def _status() -> status.Status | None:
    settings = policy().settings
    if not settings.serves_sync or not has_table(STATE):
        return None
    try:
        return status.read(database.obj, settings.WGER_SYNC_STREAM_LIFETIME * 60 + settings.WGER_SYNC_KEEPALIVE)
    except LogLost:
        return None
