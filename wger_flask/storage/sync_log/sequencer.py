"""Turn marks into operations, whose numbers rise in the order in which they become visible.

Triggers mark rows, within the transactions that change them.  One sequencer at a time takes all marks that are
committed, reads each row once with the bucket that it belongs to now, and compares that with where it was.  So several
changes of a row are one operation, each row has one live operation, and what one transaction changed is taken whole.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..chunks import chunks
from ..dialects.sync_log import BUCKET, OPERATION, PENDING, ROW, STATE
from . import buckets
from .nodes import Node
from .specification import INGREDIENTS
from .tables import CHECKSUMS, MOVE, PUT, REMOVE, state

AT_ONCE = 1000
"""Rows that are read and written by one statement."""

COLUMNS = "op_id, bucket, op, checksum, moment, object_type, object_id, data"
"""The columns of an operation, in the order in which they are written."""


@dataclass(slots=True)
class _Run:
    """What a run has written so far."""

    database: Any
    nodes: Sequence[Node]
    last: int
    moment: int
    sums: dict[int, int] = field(default_factory=dict)
    live: dict[int, int] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)
    foods: set[int] = field(default_factory=set)


def has_marks(database: Any) -> bool:
    """Tell whether something was changed since the sequencer last ran."""
    return database.execute_sql(f"SELECT 1 FROM {PENDING} LIMIT 1").fetchone() is not None


def run(database: Any, nodes: Sequence[Node]) -> None:
    """Turn all marks into operations; only within ``sequencing`` of the dialect."""
    work = _Run(database, nodes, state(database).last_op_id, int(time.time() * 1000))
    marked = {row[0] for row in database.execute_sql(f"SELECT DISTINCT object_type FROM {PENDING}")}
    foods_known = False
    for node in nodes:
        if node.synced is not None and node.synced.stream == INGREDIENTS and not foods_known:
            foods_known = True
            if work.foods:
                buckets.make_for_foods(database, nodes, work.foods)
                marked |= {other.table for other in nodes if other.synced and other.synced.stream == INGREDIENTS}
        if node.table in marked:
            marked |= _take(work, node)
    # What was marked since is not visible here, and stays: only what this transaction sees is deleted.
    newest = database.execute_sql(f"SELECT max(n) FROM {PENDING}").fetchone()[0]
    database.execute_sql(f"DELETE FROM {PENDING} WHERE n <= {database.param}", (newest or 0,))
    _note(work)


def _take(work: _Run, node: Node) -> set[str]:
    """Take the marks of one table; returns the tables in which rows were marked because they belong to these."""
    sql = work.database.dialect.sync_log
    if node.synced is None:
        marked = f"SELECT object_id AS value FROM {PENDING} WHERE object_type = '{node.table}'"
        return _mark_children(work, node, marked, ())
    tables: set[str] = set()
    for keys in chunks(_keys(work, node), AT_ONCE):
        if moved := _write(work, node, keys):
            tables |= _mark_children(work, node, sql.marks, (sql.listed(moved),))
    return tables


def _source(node: Node, relation: str, sql: Any) -> str:
    """Return the SQL that joins marks with their rows, where these belong now, and where they were."""
    assert node.synced is not None
    kept = f'AND NOT t."{node.synced.unless}"' if node.synced.unless else ""
    return f"""FROM {relation} LEFT JOIN "{node.table}" t ON t."{node.key}" = {sql.key(node.key_kind, "m.object_id")}
        {node.joins}
        LEFT JOIN {BUCKET} b ON b.kind = '{buckets.kind_of(node)}' AND b.key = {node.bucket_key}
            AND t."{node.key}" IS NOT NULL {kept}
        LEFT JOIN {ROW} r ON r.object_type = '{node.table}' AND r.object_id = m.object_id"""


def _keys(work: _Run, node: Node) -> list[Any]:
    """Return the keys of marked rows that are in a bucket, or were."""
    relation = f"(SELECT DISTINCT object_id FROM {PENDING} WHERE object_type = '{node.table}') m"
    source = _source(node, relation, work.database.dialect.sync_log)
    query = f"SELECT m.object_id {source} WHERE b.id IS NOT NULL OR r.op_id IS NOT NULL"
    return [row[0] for row in work.database.execute_sql(query)]


def _write(work: _Run, node: Node, keys: list[Any]) -> list[Any]:
    """Write the operations for some rows of a table; returns the keys of those that are in another bucket now."""
    database, sql = work.database, work.database.dialect.sync_log
    assert node.synced is not None
    needed = node.synced.food if node.synced.stream != INGREDIENTS else ""
    row = sql.row([(name, sql.form(kind, f't."{name}"')) for name, kind in node.forms])
    food = f't."{needed}"' if needed else "NULL"
    relation = f"(SELECT value AS object_id FROM ({sql.marks}) v) m"
    query = f"""SELECT m.object_id, r.bucket, r.op_id, o.data, b.id, CASE WHEN b.id IS NOT NULL THEN {row} END, {food}
        {_source(node, relation, sql)} LEFT JOIN {OPERATION} o ON o.op_id = r.op_id"""
    replaced: list[int] = []
    operations: list[tuple[Any, ...]] = []
    placed: list[tuple[Any, ...]] = []
    gone: list[Any] = []
    moved: list[Any] = []

    def add(bucket: int, op: int, key: Any, data: str | None) -> int:
        work.last += 1
        checksum = random.getrandbits(32)
        operations.append((work.last, bucket, op, checksum, work.moment, node.table, key, data))
        work.sums[bucket] = work.sums.get(bucket, 0) + checksum
        work.newest[bucket] = work.last
        return work.last

    for key, was_in, was, had, is_in, data, need in database.execute_sql(query, (sql.listed(keys),)).fetchall():
        if was_in == is_in and had == data:
            continue
        if was is not None:
            replaced.append(was)
            gone.append(key)
        if was_in != is_in:
            moved.append(key)
            if was_in is not None:
                add(was_in, REMOVE, key, None)
                work.live[was_in] = work.live.get(was_in, 0) - 1
            if is_in is not None:
                work.live[is_in] = work.live.get(is_in, 0) + 1
        if is_in is not None:
            placed.append((node.table, key, is_in, add(is_in, PUT, key, data), need))
            if need is not None:
                work.foods.add(need)
    if replaced:
        to_move(database, replaced)
        query = f"DELETE FROM {ROW} WHERE object_type = '{node.table}' AND object_id IN ({sql.marks})"
        database.execute_sql(query, (sql.listed(gone),))
    if operations:
        sql.insert(database, OPERATION, COLUMNS, operations)
    if placed:
        sql.insert(database, ROW, "object_type, object_id, bucket, op_id, food", placed)
    return moved if node.children else []


def to_move(database: Any, numbers: Sequence[int]) -> None:
    """Make operations that were replaced MOVEs, of which number and checksum are left."""
    sql = database.dialect.sync_log
    database.execute_sql(
        f"""UPDATE {OPERATION} SET op = {MOVE}, object_type = NULL, object_id = NULL, data = NULL
            WHERE op_id IN ({sql.values})""",
        (sql.listed(numbers),),
    )


def _mark_children(work: _Run, node: Node, parents: str, values: tuple[Any, ...]) -> set[str]:
    """Mark the rows that belong to those whose keys the SQL ``parents`` gives as ``value``."""
    database, sql = work.database, work.database.dialect.sync_log
    keys = {other.table: other.key for other in work.nodes}
    for table, reference in node.children:
        chosen = f"SELECT {sql.key(node.key_kind, 'p.value')} FROM ({parents}) p"
        mark = sql.mark_of(f'c."{keys[table]}"')
        database.execute_sql(
            f"""INSERT INTO {PENDING} (object_type, object_id)
                SELECT '{table}', {mark} FROM "{table}" c WHERE c."{reference}" IN ({chosen})""",
            values,
        )
    return {table for table, _ in node.children}


def _note(work: _Run) -> None:
    """Note the sums of buckets, and the last number."""
    given = work.database.param
    for bucket, checksum in work.sums.items():
        work.database.execute_sql(
            f"""UPDATE {BUCKET} SET checksum = (checksum + {given}) & {CHECKSUMS - 1}, live = live + {given},
                last_op = {given} WHERE id = {given}""",
            (checksum % CHECKSUMS, work.live.get(bucket, 0), work.newest[bucket], bucket),
        )
    work.database.execute_sql(f"UPDATE {STATE} SET last_op_id = {given}", (work.last,))
