"""Tell an administrator how the log is: how much is in it, and which phones there are and how far they came."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..dialects.sync_log import CLIENT, OPERATION, PENDING
from .tables import PUT, state

MOST_PHONES = 500
_GRACE = 60  # seconds by which a stream may outlive its time
_BYTES = 100  # of an operation besides its row, index included, about


class Phone(NamedTuple):
    """A phone: ``behind`` is how many operations of the log are newer than what it has, its user's and others'.

    ``seen`` is when it last connected and ``ended`` when that ended, None where it is unknown or not over; ``error`` is
    what went wrong last, or "".
    """

    username: str
    client_id: str
    is_connected: bool
    seen: datetime | None
    ended: datetime | None
    position: int
    behind: int
    error: str


class Status(NamedTuple):
    """The log: ``live`` and ``dead`` are numbers of operations, ``waiting`` of changes that are no operations yet,
    ``size`` is in bytes, about; ``phones`` are those that came last, of ``all_phones``."""

    last_op_id: int
    live: int
    dead: int
    waiting: int
    size: int
    compacted: datetime | None
    connected: int
    all_phones: int
    phones: tuple[Phone, ...]


def read(held: Any, open_for: float) -> Status:
    """Return the state of the log; ``open_for`` is for how many seconds a stream is open at most."""
    since = int((time.time() - open_for - _GRACE) * 1000)
    given, known = held.param, state(held)
    operations, live, letters = held.execute_sql(
        f"SELECT count(*), sum(CASE WHEN op = {PUT} THEN 1 ELSE 0 END), sum(length(data)) FROM {OPERATION}"
    ).fetchone()
    waiting = held.execute_sql(f"SELECT count(*) FROM {PENDING}").fetchone()[0]
    is_open = f"c.seen > {given} AND c.ended = 0"
    count, connected = held.execute_sql(
        f"SELECT count(*), sum(CASE WHEN {is_open} THEN 1 ELSE 0 END) FROM {CLIENT} c", (since,)
    ).fetchone()
    rows = held.execute_sql(
        f"""SELECT u.username, c.client_id, CASE WHEN {is_open} THEN 1 ELSE 0 END, c.seen, c.ended, c.position, c.error
            FROM {CLIENT} c JOIN auth_user u ON u.id = c.user_id ORDER BY c.seen DESC, c.client_id LIMIT {given}""",
        (since, MOST_PHONES),
    ).fetchall()
    phones = tuple(
        Phone(
            name, client, bool(is_connected), _moment(seen), _moment(ended), position,
            0 if is_connected else max(0, known.last_op_id - position), error,
        )
        for name, client, is_connected, seen, ended, position, error in rows
    )  # fmt: skip
    live, operations, connected = int(live or 0), int(operations), int(connected or 0)
    size, compacted = int(letters or 0) + operations * _BYTES, _moment(known.compacted)
    dead = operations - live
    return Status(known.last_op_id, live, dead, int(waiting), size, compacted, connected, int(count), phones)


def _moment(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
