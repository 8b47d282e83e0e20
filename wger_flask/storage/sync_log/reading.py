"""Read the log for a phone: what its checkpoint says, and the operations up to there."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from ..database import database
from ..dialects.sync_log import BUCKET, CLIENT, OPERATION, ROW
from . import buckets, sequencer
from .nodes import Node
from .specification import CORE, PRIORITIES, STREAMS
from .tables import CHECKSUMS, CLEAR, MOVE, NAMES, PUT, state

MOST_OPERATIONS, MOST_BYTES = 1000, 1 << 20
_KEPT_BYTES = 32 << 20
_escape = json.JSONEncoder(ensure_ascii=False).encode


class Bucket(NamedTuple):
    """A bucket as a checkpoint lists it: ``stream`` is a place in STREAMS, ``count`` the number of its live rows."""

    name: str
    stream: int
    priority: int
    checksum: int
    count: int  # type: ignore[assignment]  # the name that phones read


class Snapshot(NamedTuple):
    """The log at one moment, for one phone."""

    last_op_id: int
    generation: int
    number: int
    buckets: tuple[Bucket, ...]


class Batch(NamedTuple):
    """Some operations as JSON, the number after which the next batch begins, and whether there is one."""

    lines: list[str]
    last_op_id: int
    more: bool


def take_snapshot(nodes: Sequence[Node], user_id: int, client_id: str) -> Snapshot:
    """Return what a checkpoint says now.

    The number of the phone's writes is of the same state as the rows: a phone that sees the number sees what
    was uploaded before it was given.
    """
    held = database.obj
    with up_to_date(held, nodes, user_id):
        return _snapshot(held, user_id, _number(held, user_id, client_id))


@contextmanager
def up_to_date(held: Any, nodes: Sequence[Node], user_id: int | None = None) -> Iterator[None]:
    """Run a block that reads one state of the log, brought up to date, with the buckets of a user.

    The sequencer's lock is taken only where there is something to do.
    """
    sql = held.dialect.sync_log
    with sql.reading(held):
        if not sequencer.has_marks(held) and (user_id is None or not buckets.missing_for(held, user_id)):
            yield
            return
    with sql.sequencing(held):
        catch_up(held, nodes, user_id)
        yield


def catch_up(held: Any, nodes: Sequence[Node], user_id: int | None = None) -> None:
    """Bring the log up to date, with the buckets of a user; only within ``sequencing`` of the dialect."""
    if user_id is not None and (missing := buckets.missing_for(held, user_id)):
        buckets.make(held, nodes, missing)
    if sequencer.has_marks(held):
        sequencer.run(held, nodes)


def generation() -> int:
    """Return the number that each compaction raises."""
    return state(database.obj).generation


def _number(held: Any, user_id: int, client_id: str) -> int:
    query = f"SELECT number FROM {CLIENT} WHERE user_id = {held.param} AND client_id = {held.param}"
    row = held.execute_sql(query, (user_id, client_id)).fetchone()
    return int(row[0]) if row else 0


def _snapshot(held: Any, user_id: int, number: int) -> Snapshot:
    epoch, generation, last, _ = state(held)
    own = f"kind IN ({buckets.KINDS_OF_USERS}) AND key = {held.param}"
    query = f"""SELECT kind, key, checksum, live FROM {BUCKET} WHERE {own} OR kind = '{CORE}' AND key = 0
        UNION ALL
        SELECT kind, key, checksum, live FROM {BUCKET} WHERE kind = '{buckets.INGREDIENT}' AND key IN (
            SELECT food FROM {ROW} WHERE food IS NOT NULL AND bucket IN (SELECT id FROM {BUCKET} WHERE {own}))"""
    found = []
    for kind, key, checksum, live in held.execute_sql(query, (user_id, user_id)):
        stream = buckets.STREAM_OF[kind]
        place = STREAMS.index(stream)
        found.append(Bucket(buckets.name_of(epoch, kind, key), place, PRIORITIES[stream], checksum, live))
    found.sort(key=lambda bucket: (bucket.priority, bucket.stream, bucket.name))
    return Snapshot(last, generation, number, tuple(found))


# -- operations -----------------------------------------------------------------------------------
def read_batch(nodes: dict[str, Node], name: str, after: int, until: int, new: bool) -> Batch:
    """Return operations of a bucket, as many as fit into a line, what was replaced folded into one MOVE."""
    held = database.obj
    sql = held.dialect.sync_log
    given = held.param
    with sql.reading(held):
        epoch, generation, _, _ = state(held)
        meant = buckets.kind_and_key(epoch, name)
        query = f"SELECT id, last_op, checksum FROM {BUCKET} WHERE kind = {given} AND key = {given}"
        row = meant and held.execute_sql(query, meant).fetchone()
        if not row or after >= min(until, row[1]):
            return Batch([], until, False)
        bucket, newest, checksum = row
        # What everybody reads is kept, as far as nothing is written to it.  A restored backup counts on from an old
        # number: the sum tells its operations from those that had the same numbers.
        kept = meant is not None and meant[0] in (CORE, buckets.INGREDIENT) and newest <= until
        place = (held, name, generation, newest, checksum, after, new)
        if kept and (known := _kept.get(place)) is not None:
            return known if known.more else known._replace(last_op_id=until)
        batch = _read(held, nodes, bucket, after, min(until, newest), until, new)
    if kept:
        _kept.put(place, batch)
    return batch


def _read(held: Any, nodes: dict[str, Node], bucket: int, after: int, newest: int, until: int, new: bool) -> Batch:
    given = held.param
    shown = f"op = {PUT}" if new else f"op <> {MOVE}"
    query = f"""SELECT op_id, op, object_type, object_id, checksum, data FROM {OPERATION}
        WHERE bucket = {given} AND op_id > {given} AND op_id <= {given} AND {shown} ORDER BY op_id LIMIT {given}"""
    rows = held.execute_sql(query, (bucket, after, newest, MOST_OPERATIONS)).fetchall()
    lines: list[tuple[int, str]] = []
    size, end = 0, newest
    for number, op, table, key, checksum, data in rows:
        line = _line(held, nodes, number, op, table, key, checksum, data)
        size += len(line.encode()) + 1
        if lines and (size > MOST_BYTES or len(lines) >= MOST_OPERATIONS - 1):  # a place is for what is folded
            end = lines[-1][0]
            break
        lines.append((number, line))
    query = f"""SELECT count(*), max(op_id), sum(checksum) FROM {OPERATION}
        WHERE bucket = {given} AND op_id > {given} AND op_id <= {given} AND NOT ({shown})"""
    count, last, total = held.execute_sql(query, (bucket, after, end)).fetchone()
    if count:
        lines.append((last, f'{{"op_id":"{last}","op":"MOVE","checksum":{int(total) % CHECKSUMS}}}'))
        lines.sort(key=lambda pair: pair[0])
    more = end < newest
    return Batch([line for _, line in lines], end if more else until, more)


def _line(
    held: Any, nodes: dict[str, Node], number: int, op: int, table: str, key: Any, checksum: int, data: str | None
) -> str:
    begin = f'{{"op_id":"{number}","op":"{NAMES[op]}","checksum":{checksum}'
    if op == CLEAR:
        return begin + "}"
    kind = nodes[table].key_kind if table in nodes else "text"
    begin += f',"object_type":"{table}","object_id":{_escape(held.dialect.sync_log.client_key(kind, key))}'
    return f'{begin},"data":{_escape(data)}}}' if op == PUT else begin + "}"


class _Kept:
    """Batches that were read before, the last ones used, up to a size in bytes."""

    def __init__(self, most: int):
        self._most, self._size = most, 0
        self._batches: OrderedDict[tuple[Any, ...], tuple[Batch, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, place: tuple[Any, ...]) -> Batch | None:
        with self._lock:
            batch = self._batches.get(place)
            if batch is None:
                return None
            self._batches.move_to_end(place)
            return batch[0]

    def put(self, place: tuple[Any, ...], batch: Batch) -> None:
        size = sum(map(len, batch.lines)) + 500
        with self._lock:
            if place not in self._batches and size <= self._most // 4:
                self._batches[place] = batch, size
                self._size += size
            while self._size > self._most:
                _, (_, gone) = self._batches.popitem(last=False)
                self._size -= gone


_kept = _Kept(_KEPT_BYTES)
