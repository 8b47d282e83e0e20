"""Read the log of changes: what a phone's checkpoint says, and the operations that lead to it.

The log itself (tables, triggers, the sequencer that gives operations their numbers) is
:mod:`wger_flask.storage.sync_log`; this is what streams, write checkpoints and events ask it.  None of these functions
leaves a transaction open.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from ..storage.database import DatabaseError, database, disconnect
from ..storage.sync_log import compaction, events, installing, phones, reading, watching
from ..storage.sync_log import status as log_status
from ..storage.sync_log.events import Cursor, Event, Events, EventsLost
from ..storage.sync_log.nodes import Node
from ..storage.sync_log.phones import Ended
from ..storage.sync_log.reading import Batch, Bucket, Snapshot
from ..storage.sync_log.specification import STREAMS
from ..storage.sync_log.tables import LogLost, state
from ..storage.sync_log.watching import Changes, Place

__all__ = [
    "STREAMS", "Batch", "Bucket", "Changes", "Cursor", "Ended", "Event", "Events", "EventsLost", "Place", "Snapshot",
    "begin_stream", "change_marker", "changes_since", "compact", "end_streams", "generation", "is_kept", "keep_number",
    "raise_number", "read_batch", "read_events", "rebuild", "status", "take_snapshot", "use",
]  # fmt: skip

Answer = TypeVar("Answer")
logger = logging.getLogger("wger_flask")
_SECONDS_BETWEEN_LOOKS = 600
_nodes: Sequence[Node] = ()
_by_table: dict[str, Node] = {}


def use(nodes: Sequence[Node]) -> None:
    """Make ``nodes`` the tables of this process whose changes phones are told; called once, at start."""
    global _nodes, _by_table
    _nodes, _by_table = nodes, {node.table: node for node in nodes}


def is_kept() -> bool:
    """Tell whether there is a log: the settings want one, and the database can keep it."""
    return bool(_nodes)


def take_snapshot(user_id: int, client_id: str) -> Snapshot:
    """Return what a checkpoint for this user and phone says now.

    Brings the log up to date first where changes are marked; one short transaction.
    """
    return _with_log(lambda: reading.take_snapshot(_nodes, user_id, client_id))


def read_batch(bucket: str, after: int, until: int, new: bool | None = None) -> Batch:
    """Return the operations of a bucket with ``after < op_id <= until``, as many as a line takes.

    ``new`` tells that the phone had nothing of the bucket when this checkpoint began (by default: ``after`` is 0): what
    was removed is then left out, all but its checksums.  It holds for all batches of one checkpoint, and no longer.  An
    unknown bucket is empty.
    """
    return _with_log(lambda: reading.read_batch(_by_table, bucket, after, until, after == 0 if new is None else new))


def read_events(user_id: int, since: Cursor | None, most: int) -> Events:
    """Return at most ``most`` changes of a user's rows since a cursor; without one, none, and the cursor of now.

    Raises :class:`EventsLost` where the log does not reach back so far.
    """
    return _with_log(lambda: events.read_events(_nodes, _by_table, user_id, since, most))


def generation() -> int:
    """Return the number that each compaction raises."""
    return _with_log(reading.generation)


def raise_number(user_id: int, client_id: str) -> int:
    """Raise the write number of a user's phone by one, and return it once it is committed."""
    return _with_log(lambda: phones.raise_number(user_id, client_id))


def keep_number(user_id: int, client_id: str, number: int) -> int:
    """Keep the greater of the write number of a user's phone and ``number``; returns it once it is committed."""
    return _with_log(lambda: phones.keep_number(user_id, client_id, number))


def begin_stream(user_id: int, client_id: str, position: int) -> int:
    """Return the number of a phone's new stream, above those of all before, once it is committed."""
    return _with_log(lambda: phones.begin_stream(user_id, client_id, position))


def end_streams(ended: Collection[Ended]) -> None:
    """Note streams that ended; one whose phone has a newer one already is not noted."""
    _with_log(lambda: phones.end_streams(ended))


def changes_since(place: Place | None, users: Collection[int]) -> Changes:
    """Return what is new since a place in the log (None: all of it), with the phones of ``users``."""
    return _with_log(lambda: watching.changes_since(_nodes, place, users))


def change_marker() -> object:
    """Return a value that differs from an earlier one where something may have been committed meanwhile; cheap.

    Ask before :func:`take_snapshot`: what is committed in between is then noticed.
    """
    held = database.obj
    return held.dialect.sync_log.change_marker(held)


def compact() -> compaction.Compaction:
    """Drop what no phone needs of the log, while it is used; it does so by itself once a day where the log is read."""
    return _with_log(lambda: compaction.compact(_nodes))


def status(open_for: float) -> log_status.Status:
    """Return how large the log is, and which phones there are; a stream is open for ``open_for`` seconds at most."""
    return _with_log(lambda: log_status.read(database.obj, open_for))


def rebuild() -> None:
    """Begin the log anew, in a new epoch: every phone loads everything again."""
    installing.rebuild(_nodes)


_looked = 0.0


def _compact_if_due() -> None:
    """Compact in a thread of its own where that was not done for a day; looks every few minutes."""
    global _looked
    now = time.monotonic()
    if now - _looked < _SECONDS_BETWEEN_LOOKS or database.obj.in_transaction():
        return
    is_first, _looked = not _looked, now
    if not is_first and compaction.is_due(state(database.obj).compacted) and compaction.claim():
        threading.Thread(target=_compact_aside, name="wger_flask compaction", daemon=True).start()


def _compact_aside() -> None:
    try:
        done = compact()
        logger.info("compacted the log of changes: %s of %s operations are left", done.after, done.before)
    except DatabaseError as wrong:
        logger.warning("the log of changes was not compacted: %s", " ".join(str(wrong).split()))
    finally:
        disconnect()


def _with_log(ask: Callable[[], Answer]) -> Answer:
    """Return what ``ask()`` does, with the log made where it is not there, or was made for other tables.

    Afterwards it is looked whether the log is to be compacted.
    """
    held = database.obj
    if held.__dict__.get("log_is_for") is not _nodes:
        installing.install(_nodes)
        held.__dict__["log_is_for"] = _nodes
    try:
        answer = ask()
    except (DatabaseError, LogLost):
        if held.in_transaction() or installing.is_installed(_nodes):
            raise
        installing.install(_nodes)  # another file may have the name of the database
        answer = ask()
    _compact_if_due()
    return answer
