"""Conditions on rows, as values: the function that builds them, the values they compare with, and their shape.

Function and shape are what lets :mod:`.query` compile the SQL of a shape once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from types import FunctionType
from typing import Any, TypeVar, cast

import peewee

from .model import Model, column_at, encode, encode_each
from .types import Expression

T = TypeVar("T")

# Lists of values are padded to these lengths, so that they have few shapes.
PADDED = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024)


class Clause(tuple[Any, ...]):
    """A condition, or a term to order by: ``build(*shape, *placeholders)`` returns Peewee's expression.

    * ``build``: a function of a module, neither a method nor made inside another function: what it returns depends on
      its arguments alone.
    * ``values``: the values of the placeholders, in order, as the database stores them.
    * ``shape``: what else the expression depends on, such as a model and the name of a column, all of it hashable.
    * ``path``: a dotted path along references; ``build`` gets the column at its end after the shape.

    Clauses are equal when they build the same expression, whatever their values: SQL is compiled once for all of them.
    The function is part of that, so two that mean different things never share any.
    """

    # A tuple of what the expression depends on, so that comparing and hashing, which every query does, cost little.
    values: tuple[Any, ...]
    build = property(itemgetter(0))
    shape = property(itemgetter(1))
    path = property(itemgetter(2))

    def __new__(
        cls,
        build: Callable[..., peewee.Node],
        values: tuple[Any, ...] = (),
        shape: tuple[Hashable, ...] = (),
        path: str = "",
    ) -> Clause:
        made = tuple.__new__(cls, (build, shape, path, len(values)))
        made.values = values
        return made

    def expression(self, reached: tuple[Expression, ...], placeholders: Iterable[peewee.Value]) -> Expression:
        """Return the expression; ``reached`` holds the column at the end of the path, if there is one.

        Raises TypeError for a clause whose function or shape does not tell it from others.
        """
        build = self.build
        if not stands_in_a_module(build):
            raise TypeError(f"a function of a module, with its shape as arguments, builds a clause, not {build!r}")
        if any(isinstance(part, peewee.Node) for part in self.shape):  # to compare these gives an expression, no truth
            raise TypeError(f"the shape of a clause of {build.__qualname__} holds a column: give its model and name")
        # a query in the place of a value is one, too
        return cast(Expression, build(*self.shape, *reached, *placeholders))


def stands_in_a_module(build: object) -> bool:
    """Return whether ``build`` is a function that there is once: no method, and not made inside another function."""
    return isinstance(build, FunctionType) and "<locals>" not in build.__qualname__


Term = str | Clause
"""What rows are ordered by: the name or dotted path of a column, or a clause whose expression is ordered by."""


def equals(column: peewee.Field, value: object) -> Clause:
    """Return the clause ``column = value``, or ``column IS NULL`` where ``value`` is None."""
    if value is None:
        return Clause(_is_null, (), (column.model, column.name))
    return Clause(_equal, (column.db_value(value),), (column.model, column.name))


def any_of(column: peewee.Field, values: Sequence[object], *, raw: bool = False) -> Clause:
    """Return the clause ``column IN (values)``; without values it is :data:`NOTHING`, which no row meets.

    ``raw`` values are as the driver gives them and need no conversion; only the serializer has such.
    """
    stored = pad(list(values) if raw else encode_each(column, values))
    return Clause(_one_of, tuple(stored), (column.model, column.name)) if stored else NOTHING


def within(column: peewee.Field, start: object, end: object) -> Clause:
    """Return the clause ``start <= column < end``."""
    return Clause(_within, (column.db_value(start), column.db_value(end)), (column.model, column.name))


def along(model: type[Model], path: tuple[str, ...], value: object) -> Clause:
    """Return the clause that the references of ``path`` lead from a row of ``model`` to the row with the key ``value``.

    For None no row meets it.
    """
    # Tables on the way are joined: the database begins at whichever end is narrower, the row or the user.
    joined, column = _end_of(model, path)
    return Clause(_same, (encode(column, value),), (), joined)


@lru_cache(1024)
def _end_of(model: type[Model], path: tuple[str, ...]) -> tuple[str, peewee.Field]:
    joined = ".".join(path)
    column = column_at(model, joined)
    if column is None:
        raise ValueError(f"{joined} is no column of {model.__name__}")
    return joined, column


def holds(condition: str) -> Clause:
    """Return the clause that a condition holds, which is SQL about the row's own columns that a model declares."""
    return Clause(_holds, (), (condition,))


def pad(values: list[T]) -> list[T]:
    """Return ``values`` with the last one repeated, so that lists of values have few lengths and SQL few shapes."""
    place = bisect_left(PADDED, len(values))
    missing = PADDED[place] - len(values) if place < len(PADDED) else 0
    return values + values[-1:] * missing if missing else values


def _holds(condition: str) -> Expression:
    return peewee.SQL(condition)


def _is_null(model: type[Model], name: str) -> Expression:
    return model._meta.fields[name].is_null()


def _equal(model: type[Model], name: str, slot: peewee.Value) -> Expression:
    return model._meta.fields[name] == slot


def _within(model: type[Model], name: str, start: peewee.Value, end: peewee.Value) -> Expression:
    column = model._meta.fields[name]
    return (column >= start) & (column < end)


def _one_of(model: type[Model], name: str, *slots: peewee.Value) -> Expression:
    return model._meta.fields[name].in_(slots)


def _same(column: peewee.Field, slot: peewee.Value) -> Expression:
    return column == slot


def _never() -> Expression:
    return peewee.SQL("1 = 0")


NOTHING = Clause(_never)
"""The clause that no row meets."""
