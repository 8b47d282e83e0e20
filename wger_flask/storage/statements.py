"""SQL that Peewee wrote once, with places for the values that it is run with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import peewee

from .database import database
from .joins import Joins
from .predicates import Clause
from .types import Cursor, Expression, Row

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
    parameters: tuple[object, ...]
    in_order: bool = False  # whether the parameters are the values themselves

    def run(self, values: Sequence[object]) -> Cursor:
        """Execute with ``values`` and return the cursor."""
        if self.in_order and len(values) == len(self.parameters):
            return database.obj.execute_sql(self.sql, values)
        return database.obj.execute_sql(self.sql, self.filled(values))

    def filled(self, values: Sequence[object]) -> Sequence[object]:
        """Return the parameters, ``values`` in their places."""
        if self.in_order and len(values) == len(self.parameters):
            return values
        return [values[p.index] if type(p) is _Slot else p for p in self.parameters]

    def with_values(self, values: Sequence[object]) -> Relation:
        """Return the text with ``values`` in their places."""
        return Relation(self.sql, tuple(self.filled(values)))


@dataclass(frozen=True, slots=True)
class Relation:
    """SQL text that stands for rows, and the parameters in it."""

    sql: str
    parameters: tuple[object, ...]


def compile_query(query: peewee.BaseQuery) -> Statement:
    """Have Peewee write ``query``, whose open values are slots (see :class:`Slots`)."""
    sql, parameters = database.obj.get_sql_context().sql(query).query()
    places = [p.index if type(p) is _Slot else None for p in parameters]
    return Statement(sql, tuple(parameters), places == list(range(len(parameters))))


def tuples_of(query: peewee.BaseQuery) -> Iterable[Row]:
    """Return the rows of ``query`` as tuples."""
    return query.tuples()


class Slots:
    """Hand out placeholders in the order in which values will be given."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> peewee.Value:
        """Return the next placeholder."""
        self.taken += 1
        return peewee.Value(_Slot(self.taken - 1), converter=False)

    def again(self, first: int, number: int) -> list[peewee.Value]:
        """Return ``number`` of the placeholders that were handed out, from the one with the index ``first`` on."""
        return [peewee.Value(_Slot(index), converter=False) for index in range(first, first + number)]

    def fill(self, clause: Clause, joins: Joins) -> Expression:
        """Build ``clause`` on as many placeholders as it has values."""
        return joins.build(clause, (self.take() for _ in clause.values))
