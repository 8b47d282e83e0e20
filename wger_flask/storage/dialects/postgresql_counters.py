"""Count recent events in PostgreSQL, for all hosts that it serves: on a connection of their own, in a table that
costs no write-ahead log and is empty after a crash, as it is on a replica that is promoted.

Nothing is refused because counting does not work: for some seconds nothing is counted then, which the log tells.
"""

from __future__ import annotations

from typing import Any

from ..database import database
from ..shared_counters import SharedCounters
from .postgresql_connections import Apart

_TABLE = "wger_flask_counter"
_MADE = f"""CREATE UNLOGGED TABLE IF NOT EXISTS {_TABLE} (name TEXT NOT NULL, at DOUBLE PRECISION NOT NULL);
    CREATE INDEX IF NOT EXISTS {_TABLE}_name_at ON {_TABLE} (name, at);
    CREATE INDEX IF NOT EXISTS {_TABLE}_at ON {_TABLE} (at)"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_ADD = f"""WITH found AS (SELECT count(*) AS events, min(at) AS oldest FROM {_TABLE}
        WHERE name = %(name)s AND at > %(since)s AND at <= %(until)s),
    added AS (INSERT INTO {_TABLE} SELECT %(name)s, %(now)s FROM found WHERE events < %(most)s RETURNING 1)
    SELECT CASE WHEN EXISTS (SELECT 1 FROM added) THEN NULL ELSE oldest END FROM found"""
_COUNT = f"SELECT count(*) FROM {_TABLE} WHERE name = %s AND at > %s AND at <= %s"
_AHEAD = 5  # seconds by which the clock of another host may be ahead: what is later is not counted
_LONGEST = 86400
_SWEEP_EVERY = 500


class PostgresqlCounters(SharedCounters):
    """The counters in the database that is open."""

    place = "the database"

    def __init__(self) -> None:
        super().__init__()
        self._connection = _Connection()
        self._adds = 0

    def _add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        values = {"name": name, "now": now, "since": now - seconds, "until": now + _AHEAD, "most": most}
        with self._connection.used(database.obj) as held, held.transaction():
            held.execute(_LOCK, (f"{_TABLE} {name}",))
            row = held.execute(_ADD, values).fetchone()
            self._adds += 1
            if self._adds % _SWEEP_EVERY == 0:
                held.execute(f"DELETE FROM {_TABLE} WHERE at < %s OR at > %s", (now - _LONGEST, now + _AHEAD))
        assert row is not None
        oldest: float | None = row[0]
        return oldest

    def _count_within(self, name: str, now: float, seconds: float) -> int:
        with self._connection.used(database.obj) as held:
            row = held.execute(_COUNT, (name, now - seconds, now + _AHEAD)).fetchone()
        assert row is not None
        count: int = row[0]
        return count

    def _forget(self, name: str) -> None:
        with self._connection.used(database.obj) as held:
            held.execute(f"DELETE FROM {_TABLE} WHERE name = %s", (name,))


class _Connection(Apart):
    def begin(self, connection: Any) -> None:
        connection.execute("SET lock_timeout = 1000; SET statement_timeout = 1000")
        if connection.execute("SELECT to_regclass(%s)", (_TABLE,)).fetchone()[0] is None:
            with connection.transaction():
                connection.execute(_LOCK, (_TABLE,))
                connection.execute(_MADE)
