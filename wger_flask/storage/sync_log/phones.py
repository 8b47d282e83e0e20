"""Keep what is known of each phone: which of its streams is the newest, and how far it came.

Its row is the one that holds the number of its writes.  It is written when a stream begins and when it ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

from ..database import database, transaction
from ..dialects.sync_log import CLIENT


class Ended(NamedTuple):
    """A stream that ended: ``position`` is the last operation that its phone has, ``error`` what went wrong or ""."""

    user_id: int
    client_id: str
    stream: int
    position: int
    error: str


def begin_stream(user_id: int, client_id: str, position: int) -> int:
    """Return the number of a phone's new stream, above those of all before, once it is committed.

    ``position`` is the last operation that the phone says it has.
    """
    held = database.obj
    given = held.param
    with transaction():
        held.execute_sql(
            f"""INSERT INTO {CLIENT} (user_id, client_id, number, stream, seen, position)
                VALUES ({given}, {given}, 0, 1, {given}, {given})
                ON CONFLICT (user_id, client_id) DO UPDATE SET stream = {CLIENT}.stream + 1, seen = excluded.seen,
                position = excluded.position, ended = 0""",
            (user_id, client_id, _now(), position),
        )
        query = f"SELECT stream FROM {CLIENT} WHERE user_id = {given} AND client_id = {given}"
        number = int(held.execute_sql(query, (user_id, client_id)).fetchone()[0])
        held.dialect.sync_log.notify(held)
    return number


def end_streams(ended: Iterable[Ended]) -> None:
    """Note streams that ended; one whose phone has a newer one already is not noted."""
    held = database.obj
    given = held.param
    with transaction():
        for user_id, client_id, stream, position, error in ended:
            held.execute_sql(
                f"""UPDATE {CLIENT} SET ended = {given}, position = {given}, error = {given}
                    WHERE user_id = {given} AND client_id = {given} AND stream = {given}""",
                (_now(), position, error, user_id, client_id, stream),
            )


def _now() -> int:
    return int(time.time() * 1000)
