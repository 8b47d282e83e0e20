"""Tell the time as clients are told it: what day it is, and how moments are written."""

from __future__ import annotations

from datetime import date, datetime

from ..storage.database import database
from ..storage.server_zone import midnight, server_zone, set_server_zone

__all__ = ["midnight", "moment_reader", "server_zone", "set_server_zone", "today"]


def today() -> date:
    """Return the date on the server's calendar."""
    return datetime.now(server_zone()).date()


def moment_reader():
    """Return a function that turns a moment as the database holds it into the text that JSON has for it."""
    return database.obj.dialect.wire_moment(server_zone())
