"""Count recent events in a small file of their own, shared by all workers of a host.

Throttling needs one number in every process and none of it after a restart: it must neither
wait for the main database's writer nor grow its log.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

_SCHEMA = "CREATE TABLE IF NOT EXISTS event (name TEXT NOT NULL, at REAL NOT NULL)"
_INDEX = "CREATE INDEX IF NOT EXISTS event_name_at ON event (name, at)"
_SWEEP_EVERY = 500
_LONGEST = 86400


class Counters:
    """Events by name, each with its moment in seconds, in a file of ``folder``."""

    def __init__(self, folder: Path):
        self.path = folder / "counters.sqlite"
        self._local = threading.local()
        self._adds = 0

    def _connection(self) -> sqlite3.Connection:
        held = getattr(self._local, "held", None)
        if held is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            held = sqlite3.connect(self.path, timeout=10, isolation_level=None)
            held.execute("PRAGMA journal_mode = wal")
            held.execute("PRAGMA synchronous = off")
            held.execute(_SCHEMA)
            held.execute(_INDEX)
            self._local.held = held
        return held

    def add_within(self, name: str, now: float, seconds: float, most: int) -> float | None:
        """Add an event unless there were ``most`` in the last ``seconds``.

        Returns None when it was added, else the moment of the oldest one that counts.
        """
        held = self._connection()
        held.execute("BEGIN IMMEDIATE")
        try:
            count, oldest = held.execute(
                "SELECT count(*), min(at) FROM event WHERE name = ? AND at > ?", (name, now - seconds)
            ).fetchone()
            if count >= most:
                return oldest
            held.execute("INSERT INTO event VALUES (?, ?)", (name, now))
            self._adds += 1
            if self._adds % _SWEEP_EVERY == 0:
                held.execute("DELETE FROM event WHERE at < ?", (now - _LONGEST,))
            return None
        finally:
            held.execute("COMMIT")

    def count_within(self, name: str, now: float, seconds: float) -> int:
        """Return how many events there were in the last ``seconds``."""
        query = "SELECT count(*) FROM event WHERE name = ? AND at > ?"
        return self._connection().execute(query, (name, now - seconds)).fetchone()[0]

    def forget(self, name: str) -> None:
        """Drop every event of a name."""
        self._connection().execute("DELETE FROM event WHERE name = ?", (name,))
