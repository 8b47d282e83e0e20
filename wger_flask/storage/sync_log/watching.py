"""Find out, once for all phones of a process, whom a commit concerns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ..database import database
from ..dialects.sync_log import BUCKET, CLIENT, OPERATION
from . import buckets, reading, tables
from .nodes import Node
from .specification import OF_USERS


class Place(NamedTuple):
    """A place in the log: its epoch, and the last operation."""

    epoch: str
    last_op_id: int


class Changes(NamedTuple):
    """What is new since a place: the names of ``buckets`` with new operations, None where it may be any.

    ``phones`` gives, by user and client, the number of a phone's writes and that of its newest stream.
    """

    place: Place
    buckets: frozenset[str] | None
    phones: dict[tuple[int, str], tuple[int, int]]

    def concerns(self, user_id: int) -> bool:
        """Tell whether rows of a user may have changed."""
        changed, epoch = self.buckets, self.place.epoch
        return changed is None or any(buckets.name_of(epoch, kind, user_id) in changed for kind in OF_USERS)


def changes_since(nodes: Sequence[Node], place: Place | None, users: Collection[int]) -> Changes:
    """Return what is new since ``place``, with the phones of ``users``; brings the log up to date before."""
    held = database.obj
    sql = held.dialect.sync_log
    with reading.up_to_date(held, nodes):
        state = tables.state(held)
        now = Place(state.epoch, state.last_op_id)
        changed = None
        if place is not None and place.epoch == now.epoch and place.last_op_id <= now.last_op_id:
            query = f"""SELECT kind, key FROM {BUCKET} WHERE id IN (
                SELECT bucket FROM {OPERATION} WHERE op_id > {held.param})"""
            rows = held.execute_sql(query, (place.last_op_id,))
            changed = frozenset(buckets.name_of(now.epoch, kind, key) for kind, key in rows)
        query = f"SELECT user_id, client_id, number, stream FROM {CLIENT} WHERE user_id IN ({sql.values})"
        phones = {
            (user, client): (number, stream)
            for user, client, number, stream in held.execute_sql(query, (sql.listed(sorted(users)),))
        }
    return Changes(now, changed, phones)
