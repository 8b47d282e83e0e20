"""The questions about the log of changes (:mod:`..sync_log`) that databases answer differently."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..sync_log.nodes import Node

PREFIX = "wger_flask_sync_"
PENDING, BUCKET, ROW, OPERATION, CLIENT, STATE = (
    PREFIX + name for name in ("pending", "bucket", "row", "operation", "client", "state")
)
LOCK = "wger_flask sync log"


class Trigger(NamedTuple):
    """A trigger: its name, its table, and the statement that makes it."""

    name: str
    table: str
    sql: str


class SyncLogSql:
    """Answer for one database."""

    types: dict[str, str] = {}
    """The words in the statements that make the log's tables: ``serial``, ``number``, ``key``, ``keyed``."""

    def triggers(self, node: Node) -> list[Trigger]:
        """Return the triggers that mark what changes in a table."""
        raise NotImplementedError

    def functions(self, node: Node) -> list[str]:
        """Return the statements that make what the triggers of a table call."""
        return []

    def is_installed(self, database: Any, triggers: Sequence[Trigger]) -> bool:
        """Tell whether there are just these triggers, and all of them work."""
        raise NotImplementedError

    def drop(self, database: Any) -> int:
        """Drop the triggers of the log, and return how many there were."""
        raise NotImplementedError

    # -- the form of values ---------------------------------------------------------------------
    def form(self, kind: str, column: str) -> str:
        """Return the SQL for a column's value in the form in which phones read it."""
        raise NotImplementedError

    def row(self, forms: Sequence[tuple[str, str]]) -> str:
        """Return the SQL for a row as the text of a JSON object, of pairs of name and SQL."""
        raise NotImplementedError

    def key(self, kind: str, sql: str) -> str:
        """Return the SQL for a marked key, as the database keeps keys of a kind in their table."""
        return sql

    def mark_of(self, sql: str) -> str:
        """Return the SQL for a key as it is marked."""
        return sql

    def client_key(self, kind: str, key: Any) -> str:
        """Return a marked key as phones spell it."""
        return str(key)

    # -- lists of values ------------------------------------------------------------------------
    values = ""
    """The SQL of a relation with the column ``value``, whose parameter is what :meth:`listed` makes; of numbers."""

    marks = ""
    """The same of marked keys."""

    def listed(self, values: Sequence[Any]) -> Any:
        """Return the parameter for a list of values."""
        raise NotImplementedError

    def insert(self, database: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows into a table of the log."""
        raise NotImplementedError

    # -- transactions ---------------------------------------------------------------------------
    def reading(self, database: Any) -> AbstractContextManager[Any]:
        """Run a block whose statements all see the same state of the database."""
        raise NotImplementedError

    def sequencing(self, database: Any) -> AbstractContextManager[Any]:
        """Run a block alone, in a transaction whose statements all see what was committed when it got its turn."""
        raise NotImplementedError

    # -- what has changed -----------------------------------------------------------------------
    def change_marker(self, database: Any) -> object:
        """Return a value that differs from an earlier one where something may have been committed meanwhile."""
        raise NotImplementedError

    def notify(self, database: Any) -> None:
        """Wake what waits for changes, once this transaction has committed."""
