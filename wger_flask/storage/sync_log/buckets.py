"""Find and make the buckets in which the rows of phones lie.

A bucket comes into being when a phone first asks for it, and only then do its rows enter the log: users who never sync
cost no more than marks, which the sequencer drops.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ..dialects.sync_log import BUCKET, PENDING
from .nodes import Node
from .specification import CORE, INGREDIENTS, OF_USERS

INGREDIENT = "ingredient"
"""The kind of the buckets of ``user_ingredients``: one a food, shared by all who use it."""

STREAM_OF = {CORE: CORE, INGREDIENT: INGREDIENTS, **{stream: stream for stream in OF_USERS}}
KINDS_OF_USERS = ", ".join(f"'{stream}'" for stream in OF_USERS)


def name_of(epoch: str, kind: str, key: int) -> str:
    """Return the name by which phones know a bucket: ``1f0c9a2e|user_planning[7]``, ``1f0c9a2e|core``."""
    return f"{epoch}|{kind}" if kind == CORE else f"{epoch}|{kind}[{key}]"


def kind_and_key(epoch: str, name: str) -> tuple[str, int] | None:
    """Return what bucket a name means in this epoch, None for a name that means none."""
    told, _, rest = name.partition("|")
    kind, _, number = rest.partition("[")
    if told != epoch or kind not in STREAM_OF:
        return None
    if kind == CORE:
        return (CORE, 0) if not number else None
    digits = number[:-1]
    if not number.endswith("]") or not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        return None
    return kind, int(digits)


def kind_of(node: Node) -> str:
    """Return the kind of the bucket that rows of a table are in."""
    assert node.synced is not None
    return INGREDIENT if node.synced.stream == INGREDIENTS else node.synced.stream


def missing_for(database: Any, user_id: int) -> list[tuple[str, int]]:
    """Return the buckets of a user, and that of everybody, that are not there yet: kind and key."""
    query = f"SELECT kind, key FROM {BUCKET} WHERE kind IN ({KINDS_OF_USERS}) AND key = {database.param} "
    query += f"UNION ALL SELECT kind, key FROM {BUCKET} WHERE kind = '{CORE}'"
    present = {(kind, key) for kind, key in database.execute_sql(query, (user_id,))}
    wanted = [(CORE, 0), *((stream, user_id) for stream in OF_USERS)]
    return [bucket for bucket in wanted if bucket not in present]


def make(database: Any, nodes: Sequence[Node], wanted: Iterable[tuple[str, int]]) -> None:
    """Make buckets and mark all rows that belong into them; only within the sequencer's transaction."""
    by_kind: dict[str, list[int]] = {}
    for kind, key in wanted:
        by_kind.setdefault(kind, []).append(key)
    sql = database.dialect.sync_log
    for kind, keys in by_kind.items():
        sql.insert(database, BUCKET, "kind, key", [(kind, key) for key in keys])
        for node in nodes:
            if node.synced is None or kind_of(node) != kind:
                continue
            mark = sql.mark_of(f't."{node.key}"')
            among = f"WHERE {node.bucket_key} IN ({sql.values})" if kind != CORE else ""
            database.execute_sql(
                f"""INSERT INTO {PENDING} (object_type, object_id)
                    SELECT '{node.table}', {mark} FROM "{node.table}" t {node.joins} {among}""",
                (sql.listed(keys),) if among else (),
            )


def make_for_foods(database: Any, nodes: Sequence[Node], foods: Collection[int]) -> None:
    """Make the buckets of foods that have none yet."""
    sql = database.dialect.sync_log
    query = f"SELECT key FROM {BUCKET} WHERE kind = '{INGREDIENT}' AND key IN ({sql.values})"
    present = {key for (key,) in database.execute_sql(query, (sql.listed(list(foods)),))}
    make(database, nodes, [(INGREDIENT, food) for food in sorted(set(foods) - present)])
