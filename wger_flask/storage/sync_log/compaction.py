"""Drop what the log has no more use for, while it is used.

The operations of a bucket up to its first live one become a single CLEAR, with the number of the last of them and the
sum of their checksums: a phone that is past it notices nothing, one that is behind it loads the bucket again.  Where a
live row lies in front of too many dead operations it is written anew, at the end.  All of it happens in many short
transactions, between which others write and streams go on.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..database import database
from ..dialects.sync_log import BUCKET, CLIENT, OPERATION, ROW, STATE
from . import buckets, reading, sequencer
from .nodes import Node
from .tables import CHECKSUMS, CLEAR, PUT, state

log = logging.getLogger("wger_flask")

AT_ONCE = 20_000
"""Operations that one transaction drops."""

_DAY = 24 * 3600 * 1000
_REST = 0.2  # of the time that a transaction took, for others


@dataclass(slots=True)
class Compaction:
    """What a compaction found and left: numbers of operations, and how many buckets it dropped."""

    before: int = 0
    after: int = 0
    dropped: int = 0


def is_due(compacted: int) -> bool:
    """Tell whether a day has passed since the moment ``compacted``, in milliseconds since 1970.

    One that is more than a day ahead was noted by a clock that was wrong, and is not waited for.
    """
    return abs(int(time.time() * 1000) - compacted) > _DAY


def claim() -> bool:
    """Note that a compaction begins; returns False where another process has just noted that."""
    held = database.obj
    with held.dialect.sync_log.sequencing(held):
        if not is_due(state(held).compacted):
            return False
        _note(held)
    return True


def compact(nodes: Sequence[Node]) -> Compaction:
    """Compact the whole log; safe at any moment, and by several at once."""
    held = database.obj
    sql = held.dialect.sync_log
    with sql.sequencing(held):
        reading.catch_up(held, nodes)
        _note(held)
    done = Compaction(before=_count(held))
    done.dropped = _drop_unused(held)
    for bucket, live, dead in _sizes(held):
        if dead > 1 and dead * 4 > live:
            _write_anew(held, bucket, live, dead)
        while _clear(held, bucket):
            pass
    done.after = _count(held)
    return done


def _note(held: Any) -> None:
    held.execute_sql(f"UPDATE {STATE} SET compacted = {held.param}", (int(time.time() * 1000),))


def _count(held: Any) -> int:
    return int(held.execute_sql(f"SELECT count(*) FROM {OPERATION}").fetchone()[0])


def _sizes(held: Any) -> list[tuple[int, int, int]]:
    """Return the buckets with the numbers of their live and their other operations."""
    query = f"""SELECT bucket, sum(CASE WHEN op = {PUT} THEN 1 ELSE 0 END),
        sum(CASE WHEN op = {PUT} THEN 0 ELSE 1 END) FROM {OPERATION} GROUP BY bucket"""
    return [(bucket, int(live), int(dead)) for bucket, live, dead in held.execute_sql(query)]


def _drop_unused(held: Any) -> int:
    """Drop buckets of users who are gone, of foods that no phone needs, and those whose sums do not fit any more."""
    sql = held.dialect.sync_log
    unused = f"""SELECT id FROM {BUCKET} WHERE kind IN ({buckets.KINDS_OF_USERS})
        AND key NOT IN (SELECT id FROM auth_user)
        OR kind = '{buckets.INGREDIENT}' AND key NOT IN (SELECT food FROM {ROW} WHERE food IS NOT NULL)"""
    with sql.sequencing(held):
        gone = {row[0] for row in held.execute_sql(unused)}
        damaged = _damaged(held) - gone
        if damaged:
            log.warning("%s buckets of the log of changes were damaged and are made anew", len(damaged))
        listed = (sql.listed(sorted(gone | damaged)),)
        if gone or damaged:
            for table in (ROW, OPERATION):
                held.execute_sql(f"DELETE FROM {table} WHERE bucket IN ({sql.values})", listed)
            held.execute_sql(f"DELETE FROM {BUCKET} WHERE id IN ({sql.values})", listed)
            _raise_generation(held)
        held.execute_sql(f"DELETE FROM {CLIENT} WHERE user_id NOT IN (SELECT id FROM auth_user)")
    return len(gone | damaged)


def _damaged(held: Any) -> set[int]:
    """Return the buckets whose kept sum or number of rows is not that of their operations."""
    query = f"""SELECT b.id, b.checksum, b.live, sum(o.checksum), sum(CASE WHEN o.op = {PUT} THEN 1 ELSE 0 END)
        FROM {BUCKET} b LEFT JOIN {OPERATION} o ON o.bucket = b.id GROUP BY b.id, b.checksum, b.live"""
    return {
        bucket
        for bucket, checksum, live, total, sum_now in held.execute_sql(query)
        if checksum != int(total or 0) % CHECKSUMS or live != int(sum_now or 0)
    }


def _write_anew(held: Any, bucket: int, live: int, dead: int) -> None:
    """Write the oldest live rows of a bucket anew, until few dead operations lie behind the first live one."""
    given = held.param
    shown = f"FROM {OPERATION} WHERE bucket = {given}"
    # Behind this number lie few dead operations.
    skip = min(dead - 1, live // 4)
    query = f"SELECT op_id {shown} AND op <> {PUT} ORDER BY op_id DESC LIMIT 1 OFFSET {given}"
    row = held.execute_sql(query, (bucket, skip)).fetchone()
    if row is None:
        return
    end = row[0]
    before = f"SELECT count(*) {shown} AND op_id < {given} AND op"
    alive = held.execute_sql(f"{before} = {PUT}", (bucket, end)).fetchone()[0]
    buried = held.execute_sql(f"{before} <> {PUT}", (bucket, end)).fetchone()[0]
    if alive > buried:  # phones would have to load more again than goes
        return
    while _rewrite(held, bucket, end):
        pass


def _rewrite(held: Any, bucket: int, end: int) -> bool:
    """Write some live rows in front of the operation ``end`` anew; tells whether there may be more."""
    sql, given = held.dialect.sync_log, held.param
    query = f"""SELECT op_id, object_type, object_id, data FROM {OPERATION}
        WHERE bucket = {given} AND op_id < {given} AND op = {PUT} ORDER BY op_id LIMIT {sequencer.AT_ONCE}"""
    begin = time.monotonic()
    with sql.sequencing(held):
        rows = held.execute_sql(query, (bucket, end)).fetchall()
        if not rows:
            return False
        last, now, total = state(held).last_op_id, int(time.time() * 1000), 0
        operations, places = [], []
        for number, (_, table, key, data) in enumerate(rows, last + 1):
            checksum = random.getrandbits(32)
            total += checksum
            operations.append((number, bucket, PUT, checksum, now, table, key, data))
            places.append((number, table, key))
        sequencer.to_move(held, [row[0] for row in rows])
        sql.insert(held, OPERATION, sequencer.COLUMNS, operations)
        moved = f"UPDATE {ROW} SET op_id = {given} WHERE object_type = {given} AND object_id = {given}"
        held.cursor().executemany(moved, places)
        held.execute_sql(
            f"""UPDATE {BUCKET} SET checksum = (checksum + {given}) & {CHECKSUMS - 1}, last_op = {given}
                WHERE id = {given}""",
            (total % CHECKSUMS, operations[-1][0], bucket),
        )
        held.execute_sql(f"UPDATE {STATE} SET last_op_id = {given}", (operations[-1][0],))
    _rest(begin)
    return len(rows) == sequencer.AT_ONCE


def _clear(held: Any, bucket: int) -> bool:
    """Make the first dead operations of a bucket one CLEAR; tells whether there may be more of them."""
    sql, given = held.dialect.sync_log, held.param
    dead = f"""SELECT op_id, checksum FROM {OPERATION} WHERE bucket = {given} AND op_id < coalesce(
        (SELECT min(op_id) FROM {OPERATION} WHERE bucket = {given} AND op = {PUT}), {1 << 62})
        ORDER BY op_id LIMIT {AT_ONCE}"""
    query = f"SELECT count(*), max(op_id), sum(checksum) FROM ({dead}) dead"
    begin = time.monotonic()
    with sql.sequencing(held):
        count, last, total = held.execute_sql(query, (bucket, bucket)).fetchone()
        if count < 2:
            return False
        held.execute_sql(f"DELETE FROM {OPERATION} WHERE bucket = {given} AND op_id < {given}", (bucket, last))
        held.execute_sql(
            f"""UPDATE {OPERATION} SET op = {CLEAR}, checksum = {given}, object_type = NULL, object_id = NULL
                WHERE op_id = {given}""",
            (int(total) % CHECKSUMS, last),
        )
        _raise_generation(held)
    _rest(begin)
    return bool(count == AT_ONCE)


def _raise_generation(held: Any) -> None:
    held.execute_sql(f"UPDATE {STATE} SET generation = generation + 1")


def _rest(begin: float) -> None:
    """Leave others some time."""
    time.sleep((time.monotonic() - begin) * _REST)
