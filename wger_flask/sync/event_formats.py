"""The forms in which changes are told, and cursors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..rest.services import services
from .log import Cursor, Event, Events

_CURSOR = re.compile("([0-9a-f]{1,16})-([0-9]{1,18})")


def format_cursor(cursor: Cursor) -> str:
    """Return a cursor as programs keep it."""
    return f"{cursor.epoch}-{cursor.number}"


def parse_cursor(text: str) -> Cursor:
    """Return the cursor that a text is; raises ValueError for any other text."""
    found = _CURSOR.fullmatch(text)
    if not found:
        raise ValueError("no cursor")
    return Cursor(found[1], int(found[2]))


def serialize_events(found: Events, names: Mapping[str, str]) -> dict[str, Any]:
    """Return events as the body of an answer; ``names`` are those of :func:`resource_names`."""
    return {
        "cursor": format_cursor(found.cursor),
        "more": found.more,
        "results": [serialize_event(event, names) for event in found.events],
    }


def serialize_event(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an event as it is told."""
    moment = datetime.fromtimestamp(event.moment / 1000, UTC).isoformat(timespec="milliseconds")
    return {
        "resource": names.get(event.table, event.table),
        "key": event.key,
        "kind": "deleted" if event.is_deletion else "changed",
        "moment": moment.replace("+00:00", "Z"),
    }


def resource_names() -> Mapping[str, str]:
    """Return the names of the resources of whose rows something is told, by table."""
    return services().registry.names_of_synced


def server_sent_event(event: Event, cursor: Cursor, names: Mapping[str, str]) -> bytes:
    """Return an event as one of ``text/event-stream``; ``cursor`` is the place behind it."""
    name = "deleted" if event.is_deletion else "changed"
    return f"id: {format_cursor(cursor)}\nevent: {name}\ndata: {json.dumps(serialize_event(event, names))}\n\n".encode()


def events_body(found: Events, names: Mapping[str, str]) -> bytes:
    """Return events as a whole body."""
    return json.dumps(serialize_events(found, names), separators=(",", ":")).encode()
