"""The log of changes on SQLite.

Marks have the keys as they are in the tables: whole numbers, and UUIDs of 32 hex digits.  A trigger speaks of its own
table and of the log's alone: SQLite would refuse to rename a table while a trigger names one that is not there, and
rebuilding a table renames one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .sync_log import BUCKET, PENDING, PREFIX, SyncLogSql, Trigger

if TYPE_CHECKING:
    from ..sync_log.nodes import Node

_TRIGGERS = f"SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{PREFIX}%'"


class SqliteSyncLog(SyncLogSql):
    """Answers of SQLite."""

    types = {
        "serial": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "number": "INTEGER",
        "key": "",
        "keyed": "WITHOUT ROWID",
    }

    def triggers(self, node: Node) -> list[Trigger]:
        made = []
        moments = [("insert", "INSERT", "NEW"), ("update", "UPDATE", "NEW"), ("delete", "DELETE", "OLD")]
        moments.append(("key", f'UPDATE OF "{node.key}"', "OLD"))
        for name, moment, row in moments:
            called, condition = f"{PREFIX}{node.table}_{name}", ""
            if node.synced is not None and node.synced.stream == "user_ingredients":
                # Of the many foods a few are in use.  Who adds a bucket has the lock, so nothing is missed.
                food = f"""SELECT 1 FROM {BUCKET} WHERE kind = 'ingredient' AND key = {row}."{node.synced.food}\""""
                condition = f"WHEN EXISTS ({food})"
                if name == "update" and node.synced.food != node.key:
                    before = food.replace(f"{row}.", "OLD.")
                    condition = f"WHEN EXISTS ({food}) OR EXISTS ({before})"
            values = f"""('{node.table}', {row}."{node.key}")"""
            body = f"INSERT INTO {PENDING} (object_type, object_id) VALUES {values};"
            text = f"""CREATE TRIGGER "{called}" AFTER {moment} ON "{node.table}" {condition} BEGIN {body} END"""
            made.append(Trigger(called, node.table, text))
        return made

    def is_installed(self, database: Any, triggers: Sequence[Trigger]) -> bool:
        return {Trigger(*row) for row in database.execute_sql(_TRIGGERS)} == set(triggers)

    def drop(self, database: Any) -> int:
        held = database.execute_sql(_TRIGGERS).fetchall()
        for name, _, _ in held:
            database.execute_sql(f'DROP TRIGGER "{name}"')
        return len(held)

    def form(self, kind: str, column: str) -> str:
        if kind == "moment":
            return f"substr({column}, 1, 10) || 'T' || substr({column}, 12, 15) || 'Z'"
        if kind == "uuid":
            parts = " || '-' || ".join(f"substr({column}, {start}, {size})" for start, size in _UUID)
            return f"lower({parts})"
        # Nothing keeps a column of SQLite to its type, and JSON has no place for bytes.
        return f"CAST({column} AS {_TYPES.get(kind, 'TEXT')})"

    def row(self, forms: Sequence[tuple[str, str]]) -> str:
        pairs = ", ".join(f"'{name}', {sql}" for name, sql in forms)
        return f"json_object({pairs})"

    def client_key(self, kind: str, key: Any) -> str:
        text = str(key)
        if kind != "uuid":
            return text
        return "-".join(text[start - 1 : start - 1 + size] for start, size in _UUID).lower()

    values = marks = "SELECT value FROM json_each(?)"

    def listed(self, values: Sequence[Any]) -> str:
        return json.dumps(list(values))

    def insert(self, database: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        slots = ", ".join("?" * len(columns.split(",")))
        database.cursor().executemany(f"INSERT INTO {table} ({columns}) VALUES ({slots})", rows)

    def reading(self, database: Any) -> Any:
        return database.atomic()

    @contextmanager
    def sequencing(self, database: Any) -> Iterator[None]:
        with database.dialect.write_transaction(database):
            yield

    def change_marker(self, database: Any) -> object:
        return database.dialect.change_marker(database)


_UUID = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
_TYPES = {"integer": "INTEGER", "boolean": "INTEGER", "decimal": "NUMERIC"}
