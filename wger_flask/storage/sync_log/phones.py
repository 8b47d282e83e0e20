"""Keep what is known of each phone: the number of its last write, which of its streams is the newest, how far it came.

All belong to a user and a phone together: the name of a phone alone proves nothing.
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
    change = "stream = {table}.stream + 1, seen = excluded.seen, position = excluded.position, ended = 0"
    values = {"number": 0, "stream": 1, "seen": _now(), "position": position}
    return _write("stream", user_id, client_id, values, change)


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


def raise_number(user_id: int, client_id: str) -> int:
    """Raise the number of a phone's writes by one, and return it once it is committed."""
    return _write("number", user_id, client_id, {"number": 1}, "number = {table}.number + 1")


def keep_number(user_id: int, client_id: str, number: int) -> int:
    """Keep the greater of a phone's number and ``number``; returns it once it is committed."""
    greater = "CASE WHEN excluded.number > {table}.number THEN excluded.number ELSE {table}.number END"
    return _write("number", user_id, client_id, {"number": number}, f"number = {greater}")


def _write(told: str, user_id: int, client_id: str, values: dict[str, int], change: str) -> int:
    """Write a phone's row, with ``values`` where it is new, else by ``change``; return its column ``told``."""
    held = database.obj
    given = held.param
    with transaction():
        held.execute_sql(
            f"""INSERT INTO {CLIENT} (user_id, client_id, {", ".join(values)})
                VALUES ({", ".join([given] * (2 + len(values)))})
                ON CONFLICT (user_id, client_id) DO UPDATE SET {change.format(table=CLIENT)}""",
            (user_id, client_id, *values.values()),
        )
        query = f"SELECT {told} FROM {CLIENT} WHERE user_id = {given} AND client_id = {given}"
        number = int(held.execute_sql(query, (user_id, client_id)).fetchone()[0])
        held.dialect.sync_log.notify(held)
    return number


def _now() -> int:
    return int(time.time() * 1000)
