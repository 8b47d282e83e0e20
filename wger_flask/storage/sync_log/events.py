"""Read what of a user's rows changed, in the order in which that became visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..database import database
from ..dialects.sync_log import BUCKET, OPERATION
from . import buckets, reading
from .nodes import Node
from .tables import CLEAR, PUT, REMOVE, state


class Cursor(NamedTuple):
    """A place in the log: the epoch, and the number of the last operation that was read."""

    epoch: str
    number: int


class Event(NamedTuple):
    """A row that was changed or deleted: its table, its key as REST has it, the moment in milliseconds since 1970."""

    number: int
    table: str
    key: str | int
    is_deletion: bool
    moment: int


class Events(NamedTuple):
    """Some events, where the next ones begin, and whether there are more already."""

    events: list[Event]
    cursor: Cursor
    more: bool


class EventsLost(LookupError):
    """The log does not reach back to a cursor any more, or never had it."""


def read_events(
    nodes: Sequence[Node], by_table: Mapping[str, Node], user_id: int, since: Cursor | None, most: int
) -> Events:
    """Return at most ``most`` events since a cursor; without one, none, and the cursor of now.

    Brings the log up to date first, and begins to keep the user's rows in it.  Raises :class:`EventsLost`.
    """
    held = database.obj
    with reading.up_to_date(held, nodes, user_id):
        return _read(held, by_table, user_id, since, most)


def _read(held: Any, by_table: Mapping[str, Node], user_id: int, since: Cursor | None, most: int) -> Events:
    now = state(held)
    epoch, last = now.epoch, now.last_op_id
    if since is None:
        return Events([], Cursor(epoch, last), False)
    if since.epoch != epoch or since.number > last:
        raise EventsLost()
    given = held.param
    query = f"""SELECT op_id, op, object_type, object_id, moment FROM {OPERATION}
        WHERE bucket IN (SELECT id FROM {BUCKET} WHERE kind IN ({buckets.KINDS_OF_USERS}) AND key = {given})
        AND op_id > {given} AND op IN ({PUT}, {REMOVE}, {CLEAR}) ORDER BY op_id LIMIT {given}"""
    rows = held.execute_sql(query, (user_id, since.number, most + 1)).fetchall()
    if any(op == CLEAR for _, op, *_ in rows):
        raise EventsLost()  # what was deleted in between is not known any more
    events = [
        Event(number, table, _key(held, by_table[table], key), op == REMOVE, moment)
        for number, op, table, key, moment in rows[:most]
        if table in by_table
    ]
    more = len(rows) > most
    return Events(events, Cursor(epoch, rows[most - 1][0] if more else last), more)


def _key(held: Any, node: Node, key: Any) -> str | int:
    text: str = held.dialect.sync_log.client_key(node.key_kind, key)
    return int(text) if node.key_kind == "integer" else text
