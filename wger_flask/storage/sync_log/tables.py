"""The tables of the log.

* ``pending``: what may have changed since the sequencer last ran; triggers write it.
* ``bucket``: the buckets that a phone has asked for, with the sum of their operations' checksums, the number of their
  live rows and the number of their last operation.
* ``row``: in which bucket a row of a synced table is now, its one live operation, and the food that it makes its owner
  need.
* ``operation``: the operations, with the row as JSON where it is live, and the moment in milliseconds since 1970.
* ``client``: the number by which the writes of a user's phone are acknowledged; the number of its newest stream, and
  when it began (``seen``) and ended, in milliseconds since 1970, 0 while it is open; the last operation that the phone
  has, and what went wrong.
* ``state``: the one row with the epoch, the last number given, the moment of the last compaction, and what the
  triggers were made from.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, NamedTuple

from ..dialects.sync_log import BUCKET, CLIENT, OPERATION, PENDING, ROW, STATE

TABLES = (PENDING, BUCKET, ROW, OPERATION, CLIENT, STATE)
MOVE, PUT, REMOVE, CLEAR = range(4)
NAMES = ("MOVE", "PUT", "REMOVE", "CLEAR")
CHECKSUMS = 1 << 32

_DEFINITIONS = (
    "CREATE TABLE {pending} (n {serial}, object_type TEXT NOT NULL, object_id {key} NOT NULL)",
    """CREATE TABLE {bucket} (id {serial}, kind TEXT NOT NULL, key {number} NOT NULL,
       checksum {number} NOT NULL DEFAULT 0, live {number} NOT NULL DEFAULT 0, last_op {number} NOT NULL DEFAULT 0,
       UNIQUE (kind, key))""",
    """CREATE TABLE {row} (object_type TEXT NOT NULL, object_id {key} NOT NULL, bucket {number} NOT NULL,
       op_id {number} NOT NULL, food {number}, PRIMARY KEY (object_type, object_id)) {keyed}""",
    "CREATE INDEX {row}_food ON {row} (bucket, food) WHERE food IS NOT NULL",
    """CREATE TABLE {operation} (op_id {number} PRIMARY KEY, bucket {number} NOT NULL, op {number} NOT NULL,
       checksum {number} NOT NULL, moment {number} NOT NULL, object_type TEXT, object_id {key}, data TEXT)""",
    "CREATE INDEX {operation}_bucket ON {operation} (bucket, op_id, op, checksum)",
    """CREATE TABLE {client} (user_id {number} NOT NULL, client_id TEXT NOT NULL, number {number} NOT NULL,
       stream {number} NOT NULL DEFAULT 0, seen {number} NOT NULL DEFAULT 0, ended {number} NOT NULL DEFAULT 0,
       position {number} NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
       PRIMARY KEY (user_id, client_id)) {keyed}""",
    """CREATE TABLE {state} (id {number} PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL, generation {number} NOT NULL,
       last_op_id {number} NOT NULL, compacted {number} NOT NULL, fingerprint TEXT NOT NULL)""",
)


def make(database: Any) -> None:
    """Make the tables of the log, none of which may be there."""
    names = {"pending": PENDING, "bucket": BUCKET, "row": ROW, "operation": OPERATION, "client": CLIENT, "state": STATE}
    for definition in _DEFINITIONS:
        database.execute_sql(definition.format(**names, **database.dialect.sync_log.types))


def empty(database: Any, fingerprint: str) -> None:
    """Begin the log anew: no bucket, no operation, another epoch.

    The numbers of clients stay: a phone waits for the one that it was told.  So does the last number of an operation:
    what was told as the end of the log stays behind its end.
    """
    for table in (PENDING, ROW, OPERATION, BUCKET):
        database.execute_sql(f"DELETE FROM {table}")
    query = f"SELECT max(generation), max(last_op_id) FROM {STATE}"
    generation, last = database.execute_sql(query).fetchone()
    database.execute_sql(f"DELETE FROM {STATE}")
    epoch = secrets.token_hex(4)  # at random: a restored backup would count on from an old number
    values = (1, epoch, (generation or 0) + 1, last or 0, int(time.time() * 1000), fingerprint)
    columns = "id, epoch, generation, last_op_id, compacted, fingerprint"
    slots = ", ".join([database.param] * len(values))
    database.execute_sql(f"INSERT INTO {STATE} ({columns}) VALUES ({slots})", values)


class State(NamedTuple):
    """The epoch that names of buckets begin with, the number that compactions raise, the last operation's number, and
    the moment of the last compaction in milliseconds since 1970."""

    epoch: str
    generation: int
    last_op_id: int
    compacted: int


class LogLost(LookupError):
    """Nothing is left of the log in its tables."""


def state(database: Any) -> State:
    """Return the state of the log; raises :class:`LogLost`."""
    row = database.execute_sql(f"SELECT epoch, generation, last_op_id, compacted FROM {STATE}").fetchone()
    if row is None:
        raise LogLost("the log of changes was emptied")
    return State(*row)
