"""Follow what changes of a user's rows: as server-sent events, or until there is something to tell once."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from time import monotonic
from uuid import uuid4

from . import event_formats, log
from .log import Changes, Cursor
from .source import Pace, Source
from .tokens import SyncToken

RECONNECT = b"retry: 5000\n\n"  # milliseconds until a reader comes back
LOST = b"event: lost\ndata: {}\n\n"  # its reader must read everything, and begin without a cursor
KEEPALIVE = b":\n\n"  # a comment, so that no proxy takes the connection for dead


class EventStream(Source):
    """What changed of a user's rows since a cursor.

    ``limit`` is how many events are read at a time, ``names`` are those of resources by table.  With ``once`` it is one
    JSON object, as soon as there is something to tell, or at the end of its lifetime; without, server-sent events (the
    HTML standard, section 9.2).
    """

    def __init__(
        self,
        token: SyncToken,
        since: Cursor,
        limit: int,
        names: Mapping[str, str],
        pace: Pace,
        once: bool,
        now: Callable[[], float] = monotonic,
    ):
        super().__init__(token, f"events {uuid4()}", pace, now)
        self._since, self._limit, self._names, self._once = since, limit, names, once

    def notify(self, changes: Changes) -> None:
        """Wake it if rows of its user changed."""
        if changes.concerns(self.user_id):
            self.wake()

    def _run(self) -> Generator[bytes, None, None]:
        if not self._once:
            yield RECONNECT
        self.due = self._next_look()
        while True:
            self._woken.clear()  # what comes from here on is looked at the next time
            if self._token.caller() is None:
                return  # a user who may not log in any more is told nothing more
            is_over = self._stopped or self._now() >= self._end
            try:
                found = log.read_events(self.user_id, self._since, self._limit)
            except log.EventsLost:
                yield event_formats.events_body(log.Events([], self._since, False), self._names) if self._once else LOST
                return
            if found.events and not self._once:
                epoch, names = found.cursor.epoch, self._names
                cursors = [Cursor(epoch, event.number) for event in found.events]
                pairs = zip(found.events, cursors, strict=True)
                yield b"".join(event_formats.server_sent_event(event, cursor, names) for event, cursor in pairs)
            elif self._once and (found.events or is_over):
                yield event_formats.events_body(found, self._names)
                return
            elif self._now() >= self.due:
                yield KEEPALIVE
            self._since, self.due = found.cursor, self._next_look()
            if is_over:
                return
            while not found.more and not self.is_due:
                yield b""
