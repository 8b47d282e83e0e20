"""Read the log of changes: what a phone's checkpoint says, and the operations that lead to it.

The log itself (tables, triggers, the sequencer that gives operations their numbers) is
:mod:`wger_flask.storage.sync_log`; this is what streams, write checkpoints and events ask it.  None of these functions
leaves a transaction open.
"""

from __future__ import annotations

from typing import NamedTuple

STREAMS: tuple[str, ...] = ("core", "user_profile", "user_ingredients", "user_planning", "user_activity")
"""The streams that every phone gets, in the order in which buckets refer to them by number."""


class Bucket(NamedTuple):
    """A bucket of a user: its full name, epoch included; its stream's place in :data:`STREAMS`; its priority; the sum
    of the checksums of its operations modulo 2^32; the number of its live rows."""

    name: str
    stream: int
    priority: int
    checksum: int
    count: int


class Snapshot(NamedTuple):
    """The log at one moment, for one phone: ``number`` is the phone's write number, 0 where it has none.

    ``generation`` is raised by each compaction; ``buckets`` are in the order of their priority.
    """

    last_op_id: int
    generation: int
    number: int
    buckets: tuple[Bucket, ...]


class Batch(NamedTuple):
    """Some operations of a bucket, rising, each as the text of a JSON object.

    At most 1,000 of them, and one MiB.  ``last_op_id`` is the number after which the next batch begins; ``more`` tells
    whether there is one.
    """

    lines: list[str]
    last_op_id: int
    more: bool


def take_snapshot(user_id: int, client_id: str) -> Snapshot:
    """Return what a checkpoint for this user and phone says now.

    Runs the sequencer first where changes are marked; one short transaction.
    """
    raise NotImplementedError


def read_batch(bucket: str, after: int, until: int, new: bool | None = None) -> Batch:
    """Return the operations of a bucket with ``after < op_id <= until``, as many as a line takes.

    ``new`` tells that the phone had nothing of the bucket when this checkpoint began (by default: ``after`` is 0): what
    was removed is then left out, all but its checksums.  It holds for all batches of one checkpoint, and no longer.  An
    unknown bucket is empty.
    """
    raise NotImplementedError


def generation() -> int:
    """Return the number that each compaction raises."""
    raise NotImplementedError


def raise_number(user_id: int, client_id: str) -> int:
    """Raise the write number of a user's phone by one, and return it once it is committed."""
    raise NotImplementedError


def keep_number(user_id: int, client_id: str, number: int) -> int:
    """Keep the greater of the write number of a user's phone and ``number``; returns it once it is committed."""
    raise NotImplementedError


def change_marker() -> object:
    """Return a value that differs from an earlier one where something may have been committed meanwhile; cheap."""
    raise NotImplementedError
