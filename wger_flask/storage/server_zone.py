"""Know the server's time zone, in which moments are written and bare dates are read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

_zone: tzinfo = UTC


def set_server_zone(zone: tzinfo) -> None:
    """Make ``zone`` the server's; called once, at start."""
    global _zone
    _zone = zone


def server_zone() -> tzinfo:
    """Return the server's time zone (the setting ``TIME_ZONE``)."""
    return _zone


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which ``day`` begins in ``zone``, an aware ``datetime``.

    Where UTC does not have that moment, it is the first or the last that there is.
    """
    moment = datetime.combine(day, time(), zone)
    try:
        moment.astimezone(UTC)
    except OverflowError:
        moment = (datetime.min if day.year == 1 else datetime.max).replace(tzinfo=UTC)
    return moment
