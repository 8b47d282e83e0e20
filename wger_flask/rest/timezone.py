"""Know in which time zone moments are written, bare dates are read and days begin.

The zone in force for a request is that in the profile of the user who asks, else the server's.  What is
computed for another user's data, or without any request, names its zone: see :func:`wger_flask.auth.zones.zone_of`.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flask import g

from ..storage.server_zone import midnight, server_zone, set_server_zone

__all__ = ["active_zone", "midnight", "server_zone", "set_server_zone", "today", "zone_for", "zone_named", "zone_names"]


def zone_for(user: object) -> tzinfo:
    """Return the zone of a user as :attr:`Context.user` and :attr:`Call.user` hold them, the server's for None."""
    return getattr(user, "zone", None) or server_zone()


def active_zone() -> tzinfo:
    """Return the zone in force: of the user whose request is answered, else the server's."""
    try:
        known = g._get_current_object()  # once: what stands for it takes a moment at each use
    except RuntimeError:  # no request is answered
        return server_zone()
    return zone_for(known.get("user"))


def today(zone: tzinfo | None = None) -> date:
    """Return the date in ``zone``, the zone in force unless given."""
    return datetime.now(zone or active_zone()).date()


@lru_cache(1)
def zone_names() -> frozenset[str]:
    """Return the names of all IANA time zones."""
    return frozenset(available_timezones())


@lru_cache(1024)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone with an IANA name, None for a name that is none (or is empty)."""
    return ZoneInfo(name) if name in zone_names() else None
