"""Know the server's time zone, in which moments are written and bare dates are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from ..storage.database import database

_zone: tzinfo = UTC


def set_server_zone(zone: tzinfo) -> None:
    """Make ``zone`` the server's; called once, at start."""
    global _zone
    _zone = zone


def server_zone() -> tzinfo:
    """Return the server's time zone."""
    return _zone


def today() -> date:
    """Return the date on the server's calendar."""
    return datetime.now(_zone).date()


def moment_reader():
    """Return a function that turns a moment as the database holds it into the text that JSON has for it."""
    return database.obj.dialect.wire_moment(_zone)
