"""The log of changes on PostgreSQL.

Marks have keys as text.  Triggers run once a statement, with all rows that it changed, and wake what waits
(``NOTIFY``).  Operations get their numbers by one process at a time, in a transaction whose snapshot is taken after its
turn has come: numbers of a sequence are given before the commit, and a slow transaction would appear behind what was
told as the end of the log.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from .postgresql_connections import Apart
from .sync_log import LOCK, PENDING, PREFIX, ROW, STATE, SyncLogSql, Trigger

if TYPE_CHECKING:
    from ..sync_log.nodes import Node

_CHANNEL = "wger_flask_sync"
_SLOW_SECONDS = 5  # between two looks at the tables, where no notice comes through
_TRIGGERS = f"""SELECT t.tgname, c.relname, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND starts_with(t.tgname, '{PREFIX}') AND pg_table_is_visible(c.oid)"""
# Those of another schema, such as the one that a restored backup leaves aside, are in use by its triggers.
_FUNCTIONS = f"""SELECT oid::regprocedure::text FROM pg_proc
    WHERE starts_with(proname, '{PREFIX}') AND pg_function_is_visible(oid)"""
# One for each table, so that the statements in it are planned once.  What TRUNCATE took is known from the log.
_FUNCTION = """CREATE FUNCTION {called}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO {pending} (object_type, object_id)
            SELECT object_type, object_id FROM {row} WHERE object_type = '{table}';
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO {pending} (object_type, object_id)
            SELECT '{table}', "{key}"::text FROM changed UNION SELECT '{table}', "{key}"::text FROM former;
    ELSE
        INSERT INTO {pending} (object_type, object_id) SELECT '{table}', "{key}"::text FROM changed;
    END IF;
    PERFORM pg_notify('{channel}', '');
    RETURN NULL;
END $body$"""
_MOMENTS = {
    "insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS changed",
    "update": "AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed OLD TABLE AS former",
    "delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS changed",
    "truncate": "AFTER TRUNCATE ON {table}",
}

log = logging.getLogger("wger_flask")


class PostgresqlSyncLog(SyncLogSql):
    """Answers of PostgreSQL."""

    types = {"serial": "BIGSERIAL PRIMARY KEY", "number": "BIGINT", "key": "TEXT", "keyed": ""}

    def __init__(self) -> None:
        self._listener = _Listener()

    def triggers(self, node: Node) -> list[Trigger]:
        made = []
        for name, moment in _MOMENTS.items():
            called, place = f"{PREFIX}{name}", moment.format(table=f'"{node.table}"')
            text = f"CREATE TRIGGER {called} {place} FOR EACH STATEMENT EXECUTE FUNCTION {_function_of(node)}()"
            made.append(Trigger(called, node.table, text))
        return made

    def functions(self, node: Node) -> list[str]:
        called = _function_of(node)
        return [
            _FUNCTION.format(called=called, table=node.table, key=node.key, pending=PENDING, row=ROW, channel=_CHANNEL)
        ]

    def is_installed(self, database: Any, triggers: Sequence[Trigger]) -> bool:
        held = {(name, table) for name, table, enabled in database.execute_sql(_TRIGGERS) if enabled != "D"}
        return held == {(trigger.name, trigger.table) for trigger in triggers}

    def drop(self, database: Any) -> int:
        held = database.execute_sql(_TRIGGERS).fetchall()
        for name, table, _ in held:
            database.execute_sql(f'DROP TRIGGER "{name}" ON "{table}"')
        for (called,) in database.execute_sql(_FUNCTIONS).fetchall():
            database.execute_sql(f"DROP FUNCTION {called}")
        return len(held)

    def form(self, kind: str, column: str) -> str:
        if kind == "moment":
            # Microseconds only where there are any.
            local = f"({column} AT TIME ZONE 'UTC')"
            return f"""replace(to_char({local}, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')"""
        return f"{column}::int" if kind == "boolean" else f"{column}::text" if kind == "json" else column

    def row(self, forms: Sequence[tuple[str, str]]) -> str:
        listed = ", ".join(f'{sql} AS "{name}"' for name, sql in forms)
        return f"(SELECT row_to_json(shown)::text FROM (SELECT {listed}) shown)"

    def key(self, kind: str, sql: str) -> str:
        return f"{sql}::{_TYPES[kind]}" if kind in _TYPES else sql

    def mark_of(self, sql: str) -> str:
        return f"{sql}::text"

    values = "SELECT unnest(%s::bigint[]) AS value"
    marks = "SELECT unnest(%s::text[]) AS value"

    def listed(self, values: Sequence[Any]) -> list[Any]:
        return list(values)

    def insert(self, database: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        names = [name.strip() for name in columns.split(",")]
        arrays = ", ".join(f"%s::{'text' if name in _TEXTS else 'bigint'}[]" for name in names)
        values = [list(column) for column in zip(*rows, strict=True)]
        database.execute_sql(f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})", values)

    def reading(self, database: Any) -> Any:
        return database.atomic() if database.in_transaction() else database.atomic("REPEATABLE READ")

    @contextmanager
    def sequencing(self, database: Any) -> Iterator[None]:
        if database.in_transaction():
            database.dialect.advisory_lock(database, LOCK)
            yield
            return
        # The lock is the session's, so that the transaction, and its snapshot, begin once it is held.
        with database.session():
            database.execute_sql("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (LOCK,))
            try:
                with database.atomic("REPEATABLE READ"):
                    yield
            finally:
                with suppress(Exception):  # it goes with a connection that is lost
                    database.execute_sql("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (LOCK,))

    def change_marker(self, database: Any) -> object:
        return self._listener.marker(database)

    def notify(self, database: Any) -> None:
        database.execute_sql("SELECT pg_notify(%s, '')", (_CHANNEL,))


def _function_of(node: Node) -> str:
    """Return what the function for a table is called; names have 63 letters at most."""
    digest = hashlib.sha256(node.table.encode()).hexdigest()[:8]
    return f"{PREFIX}mark_{node.table[:32]}_{digest}"


class _Listener(Apart):
    """A connection of this process on which notices of changes come; a slow look at the tables stands behind it."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._looked = 0.0
        self._seen: object = None

    def marker(self, database: Any) -> object:
        with self.lock:
            try:
                held = self.connection(database)
                held.pgconn.consume_input()
                while held.pgconn.notifies() is not None:
                    self._count += 1
                if time.monotonic() - self._looked >= _SLOW_SECONDS:
                    self._look(held)
            except Exception as wrong:  # whatever the driver raises: who asks is told that something may be new
                if self._held is not None:
                    log.warning("notices of changes stopped: %s", " ".join(str(wrong).split()))
                self.close()
                self._count += 1
            return self._count

    def begin(self, connection: Any) -> None:
        connection.execute(f"LISTEN {_CHANNEL}")
        self._count += 1
        self._looked = time.monotonic()

    def _look(self, held: Any) -> None:
        query = f"SELECT max(last_op_id), max(generation), EXISTS (SELECT 1 FROM {PENDING}) FROM {STATE}"
        seen = held.execute(query).fetchone()
        if seen != self._seen:
            self._seen = seen
            self._count += 1
        self._looked = time.monotonic()


_TYPES = {"integer": "bigint", "uuid": "uuid"}
_TEXTS = {"object_type", "object_id", "data", "kind"}
