"""Tell programs what of a user's rows changed: ``/api/v2/events/``, at once, when something has, or as a stream.

What is told is read from the same log as the phones' operations, so it is of the same tables: those of the user that
are synced, those of plugins included.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Response, current_app

from ..rest.blueprint import Endpoints
from ..rest.call import EVENT_STREAM, Call
from ..rest.errors import Detailed, Invalid
from ..rest.fields import Integer, String
from ..rest.permissions import Access, logged_in
from ..rest.registry import Registry
from ..rest.schema import Schema
from ..rest.services import services
from . import log
from .event_formats import parse_cursor, resource_names, serialize_events
from .event_stream import EventStream
from .log import Cursor
from .routes import may_last, pieces_of
from .source import Pace
from .tokens import SyncToken, stamp_of

MOST, USUAL = 1000, 100
LONGEST_WAIT = 60
LONGER_THAN_STREAMS = 86_400  # seconds: what is looked at is the account's stamp, at each wake


class Gone(Detailed):
    """410: the log does not reach back to where a reader was."""

    status = 410
    message = "What changed since is not known any more. Read everything, and begin without since."


class EventsQuery(Schema):
    """From where on, how many, and for how long to wait."""

    since = String(
        max_length=60, help="the cursor of an earlier answer; without it there are no results, only the cursor of now"
    )
    limit = Integer(min=1, max=MOST, load_default=USUAL, help="the most results")
    wait = Integer(min=0, max=LONGEST_WAIT, load_default=0, help="seconds to wait where nothing has changed yet")


_RESULT = {
    "type": "object",
    "properties": {
        "resource": {"type": "string", "description": "the name of the resource"},
        "key": {"type": ["integer", "string"], "description": "the key of the row"},
        "kind": {"type": "string", "enum": ["changed", "deleted"], "description": "changed: made, or changed"},
        "moment": {"type": "string", "format": "date-time", "description": "when it was noticed, in UTC"},
    },
}
ANSWER = {
    "type": "object",
    "description": "What changed, in its order.",
    "properties": {
        "cursor": {"type": "string", "description": "what to send as since the next time"},
        "more": {"type": "boolean", "description": "whether there is more already"},
        "results": {"type": "array", "items": _RESULT},
    },
}

events = Endpoints("events", "What changes of a user's rows.")


@events.endpoint(
    "events", access=Access(read=logged_in, write=logged_in), response=ANSWER, query=EventsQuery, streams=True
)
def changes(call: Call) -> Any:
    """Tell what of yours changed since a cursor; each row once, with its last change. Also as text/event-stream."""
    asked = call.query()
    since = asked.get("since") or (call.request.headers.get("Last-Event-ID") if call.wants_stream else None)
    start = None
    if since:
        try:
            start = parse_cursor(since)
        except ValueError:
            raise Invalid({"since": ["This is no cursor of an earlier answer."]}) from None
    try:
        found = log.read_events(call.required_user.id, start, asked["limit"])
    except log.EventsLost:
        raise Gone() from None
    may_go_on = may_last(current_app)
    if call.wants_stream:
        lifetime = services().settings.WGER_SYNC_STREAM_LIFETIME * 60 if may_go_on else 0
        return _streamed(call, start or found.cursor, asked["limit"], lifetime)
    if asked["wait"] and start is not None and not found.events and not call.format.is_html and may_go_on:
        return _streamed(call, start, asked["limit"], asked["wait"], once=True)
    return serialize_events(found, resource_names())


def _streamed(call: Call, start: Cursor, limit: int, lifetime: int, once: bool = False) -> Response:
    """Return an answer that goes on for ``lifetime`` seconds, or with ``once`` until there is something to tell."""
    pace = Pace(services().settings.WGER_SYNC_KEEPALIVE, lifetime)
    token = SyncToken(call.required_user.id, stamp_of(call), int(time.time()) + LONGER_THAN_STREAMS)
    pieces = pieces_of(current_app, EventStream(token, start, limit, resource_names(), pace, once))
    mimetype = "application/json" if once else EVENT_STREAM
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(pieces, mimetype=mimetype, headers=headers, direct_passthrough=True)


def register(registry: Registry) -> None:
    """Register the endpoint."""
    registry.add_blueprint(events)
