"""Rows of relations, by their keys."""

from __future__ import annotations

from typing import Any

import peewee

from .database import database
from .predicates import PADDED, any_of, pad
from .query import Selection
from .selection_statements import rows_statement
from .statements import Statement
from .types import Row


class RowsByKey:
    """The rows whose ``column`` has one of some raw keys: what relations are loaded with, for pages one like the other.

    ``columns`` and ``order`` are as in :meth:`Selection.rows`.  The SQL is found by the number of keys alone; it is the
    one of a :class:`Selection`.
    """

    __slots__ = ("_column", "_columns", "_order", "_statements")

    def __init__(self, column: peewee.Field, columns: tuple[str, ...], order: tuple[str, ...] = ()):
        self._column, self._columns, self._order = column, columns, order
        self._statements: dict[tuple[object, int], Statement] = {}

    def raw_rows(self, keys: list[Any]) -> list[Row]:
        """Return the rows for ``keys``, of which there is one at least, as the driver gives them."""
        values, dialect = pad(keys), database.obj.dialect
        if len(values) > PADDED[-1]:
            return self._selection(values).raw_rows(self._columns)
        statement = self._statements.get((dialect, len(values)))
        if statement is None:
            asked = self._selection(values)
            made = rows_statement(dialect, asked.model, asked.clauses, asked.order, self._columns, False, False)
            statement = self._statements[dialect, len(values)] = made
        return statement.run(values).fetchall()

    def _selection(self, values: list[Any]) -> Selection:
        return Selection(self._column.model, (any_of(self._column, values, raw=True),), self._order)
