"""Values on a database that has no types for them, as Django spells them there.

UUIDs are 32 hex digits, moments in UTC have no zone, JSON is text.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from ..types import Reader
from .values import Values, dashed, load_json, wire_moment


class PlainValues(Values):
    """The answers about values, of a driver that gives moments as :class:`datetime.datetime`."""

    wire_boolean = bool
    wire_json = staticmethod(load_json)
    wire_uuid = staticmethod(lru_cache(8192)(dashed))  # the catalogue is read over and over

    def write_moment(self, value: datetime) -> str:
        return value.replace(tzinfo=None).isoformat(sep=" ")

    def read_moment(self, value: datetime) -> datetime:
        return value.replace(tzinfo=UTC)

    def wire_moment(self, zone: tzinfo) -> Reader:
        return lambda value: wire_moment(value.replace(tzinfo=UTC), zone)
