"""SQL that Peewee wrote once, with places for the values that it is run with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import peewee

from .database import database

if TYPE_CHECKING:
    from .predicates import Clause
    from .query import Joins

COMPILED_SHAPES = 1024


class _Slot:
    """Stand for the value at ``index`` while the SQL is written."""

    __slots__ = ("index",)

    def __init__(self, index: int):
        self.index = index


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text and which of the given values each of its parameters takes."""

    sql: str
    parameters: tuple

    def run(self, values: Sequence):
        """Execute with ``values`` and return the cursor."""
        return database.obj.execute_sql(self.sql, self.filled(values))

    def filled(self, values: Sequence) -> list:
        """Return the parameters, ``values`` in their places."""
        return [values[p.index] if type(p) is _Slot else p for p in self.parameters]

    def with_values(self, values: Sequence) -> Relation:
        """Return the text with ``values`` in their places."""
        return Relation(self.sql, tuple(self.filled(values)))


@dataclass(frozen=True, slots=True)
class Relation:
    """SQL text that stands for rows, and the parameters in it."""

    sql: str
    parameters: tuple


def compile_query(query) -> Statement:
    """Have Peewee write ``query``, whose open values are slots (see :class:`Slots`)."""
    sql, parameters = database.obj.get_sql_context().sql(query).query()
    return Statement(sql, tuple(parameters))


class Slots:
    """Hand out placeholders in the order in which values will be given."""

    def __init__(self):
        self.taken = 0

    def take(self) -> peewee.Value:
        """Return the next placeholder."""
        self.taken += 1
        return peewee.Value(_Slot(self.taken - 1), converter=False)

    def fill(self, clause: Clause, joins: Joins) -> peewee.Expression:
        """Build ``clause`` on as many placeholders as it has values."""
        return joins.build(clause, (self.take() for _ in clause.values))
