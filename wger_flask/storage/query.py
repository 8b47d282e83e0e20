"""Select rows with SQL that is compiled once for each shape of query.

Peewee builds a fine query and takes longer to print it than SQLite takes to answer it.  A
:class:`Selection` therefore carries *clauses*: how an expression is built, which values it
needs, and a key that is the function and its shape.  Two requests that differ in values alone share the
SQL text; only the first of them has Peewee write it.

Rows come back as tuples of Python values; :mod:`wger_flask.rest.serialization` alone takes the driver's own,
and turns them into JSON without an object in between.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

import peewee

from .database import database
from .decoding import decoded, decoders_of
from .joins import Joins
from .model import Model, key_of, table_of
from .predicates import Clause, Term
from .query_cache import remembered
from .ranking import counted_by, ranking_of
from .selection_statements import (
    count_statement,
    existence_statement,
    number_statement,
    query_of,
    relation_statement,
    rows_statement,
)
from .statements import Relation, Statement, tuples_of
from .types import Expression, Row

if TYPE_CHECKING:
    from peewee import Field

    Column = str | Clause | Field[Any]

_FAR = 1000
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@dataclass(slots=True, unsafe_hash=True)  # never changed; frozen ones take three times as long to make
class Selection:
    """Rows of ``model`` that meet every clause, in ``order``; the database is not asked until a method reads rows.

    ``clauses`` are what ``equals``, ``any_of``, ``along`` and ``within`` return, or a :class:`Clause` of your own.
    ``order`` is a tuple of terms: the name or dotted path of a column (``-`` in front for descending), or a
    :class:`Clause` whose expression is ordered by.
    """

    model: type[Model]
    clauses: tuple[Clause, ...] = ()
    order: tuple[Term, ...] = ()

    def where(self, *clauses: Clause) -> Selection:
        """Return the selection narrowed by ``clauses``."""
        return Selection(self.model, self.clauses + clauses, self.order) if clauses else self

    def order_by(self, *terms: Term) -> Selection:
        """Return the selection in another order."""
        return Selection(self.model, self.clauses, terms)

    @overload
    def rows(self, columns: tuple[Field[A]], limit: int | None = None, offset: int = 0) -> list[tuple[A]]: ...

    @overload
    def rows(
        self, columns: tuple[Field[A], Field[B]], limit: int | None = None, offset: int = 0
    ) -> list[tuple[A, B]]: ...

    @overload
    def rows(
        self, columns: tuple[Field[A], Field[B], Field[C]], limit: int | None = None, offset: int = 0
    ) -> list[tuple[A, B, C]]: ...

    @overload  # so that dict() takes rows of two columns
    def rows(
        self, columns: tuple[Column, Column], limit: int | None = None, offset: int = 0
    ) -> list[tuple[Any, Any]]: ...

    @overload
    def rows(self, columns: tuple[Column, ...], limit: int | None = None, offset: int = 0) -> list[Row]: ...

    def rows(self, columns: tuple[Column, ...], limit: int | None = None, offset: int = 0) -> Sequence[Row]:
        """Return a tuple for each row: the values of ``columns``, as Python values.

        A column is one of the model, by itself or its name, a dotted path along references, or a :class:`Clause` whose
        expression is selected (what that gives comes as the database's driver gives it).  A reference's value is its
        key.  Of up to three columns that are given by themselves, mypy knows the types of the values.

        Raises ValueError for a column of another model.
        """
        named = tuple([self._named(column) if isinstance(column, peewee.Field) else column for column in columns])
        found = self.raw_rows(named, limit, offset)
        return decoded(found, decoders_of(database.obj.dialect, self.model, named))

    def _named(self, column: Field[Any]) -> str:
        if column.model is not self.model:
            raise ValueError(f"{column} is no column of {self.model.__name__}")
        return str(column.name)

    def raw_rows(self, columns: tuple[str | Clause, ...], limit: int | None = None, offset: int = 0) -> list[Row]:
        """Return :meth:`rows` as the driver gives them; only for the serializer."""
        if limit is not None and offset >= _FAR and (start := self._key_at(offset)) is not None:
            key = key_of(self.model)
            behind = Clause(_from_key, (start,), (self.model,))
            return Selection(self.model, (behind,), (key.name,)).raw_rows(columns, limit)
        parts = (*columns, *self.clauses, *self.order)
        values = [value for part in parts if type(part) is Clause for value in part.values]
        if limit is not None:
            values += (limit, offset)
        dialect, paged, far = database.obj.dialect, limit is not None, offset >= _FAR
        ranking = ranking_of(self.clauses, self.order) if limit is not None else None
        several = limit != 1 or bool(ranking)
        shape = (dialect, self.model, self.clauses, self.order, columns, paged, far, several)
        if ranking is None or limit is None:
            return rows_statement(*shape).run(values).fetchall()
        nearest = ranking.nearest(self.clauses, self.order, limit + offset)
        if nearest:
            more = (*values, json.dumps(nearest.keys))
            found = rows_statement(*shape, among=True).run(more).fetchall()
        else:
            found = rows_statement(*shape).run(values).fetchall()
        if len(found) < limit and not (nearest and nearest.complete):  # at the end, or cut too early
            found = rows_statement(*shape, ranked=False).run(values).fetchall()
        return found

    def stream(self, columns: tuple[str | Clause, ...], at_once: int = 1000) -> Iterator[list[Row]]:
        """Yield :meth:`rows` in lists of ``at_once``, so that memory holds no more than these.

        In a transaction (:func:`~.database.snapshot`), which is to last until the last of them was taken.
        """
        decoders = decoders_of(database.obj.dialect, self.model, columns)
        for found in self.raw_parts(columns, at_once):
            yield decoded(found, decoders)

    def raw_parts(
        self, columns: tuple[str | Clause, ...], size: int, limit: int | None = None, offset: int = 0
    ) -> Generator[list[Row], None, None]:
        """Yield what :meth:`raw_rows` returns, ``size`` rows at a time, of which not all are in memory at once.

        Other statements may be run between two parts; all must be within :func:`.database.snapshot`.
        """
        parts = (*columns, *self.clauses, *self.order)
        values = [value for part in parts if type(part) is Clause for value in part.values]
        dialect, paged = database.obj.dialect, limit is not None
        if paged:
            values += (limit, offset)
        statement = rows_statement(dialect, self.model, self.clauses, self.order, columns, paged, False, ranked=False)
        yield from dialect.stream(database.obj, statement.sql, statement.filled(values), size)

    def _key_at(self, offset: int) -> int | None:
        """Return a key from which on the rows behind the first ``offset`` are read, None where that takes counting.

        Numbers that leave no gap tell it: then nothing is walked over.
        """
        key = key_of(self.model)
        by_key = not self.clauses and self.order in ((), (key.name,))
        if not (by_key and isinstance(key, peewee.AutoField) and database.obj.dialect.orders_by_key):
            return None
        query = self.model.select(peewee.fn.MIN(key), peewee.fn.MAX(key))
        first, last = remembered(
            ("first and last key", self.model), lambda: next(iter(tuples_of(query))), table_of(self.model)
        )
        return first + offset if first is not None and last - first + 1 == self.count() else None

    def relation(self, **columns: str | Clause) -> Relation:
        """Return the rows, in no order, as a part of other SQL: ``columns`` under names of their own."""
        named = tuple(columns.items())
        built = [column for column in columns.values() if not isinstance(column, str)]
        values = [value for clause in (*built, *self.clauses) for value in clause.values]
        return relation_statement(database.obj.dialect, self.model, self.clauses, named).with_values(values)

    def count(self, at_least: int | None = None) -> int:
        """Return the number of rows, asked for once as long as nothing is written to their tables.

        With ``at_least``, how many there are known to be, it may be an estimate of more: in a large table.
        """
        if at_least is not None and not self.clauses:
            estimate = database.obj.dialect.estimated_count(database.obj, self.model)
            if estimate is not None and estimate > at_least:
                return estimate
        values = tuple(value for clause in self.clauses for value in clause.values)

        def counted(statement: Statement) -> int:
            return remembered((statement, values), lambda: int(statement.run(values).fetchone()[0]), statement.sql)

        ranking = counted_by(self.clauses)
        number = ranking and number_statement(database.obj.dialect, self.clauses, ranking.number)
        if ranking and number and ranking.numbers(found := counted(number)):
            return found
        return counted(count_statement(database.obj.dialect, self.model, self.clauses))

    def exists(self) -> bool:
        """Return whether there is any row."""
        return which_exist((self,))[0]

    def first(self) -> Model | None:
        """Return the first row as an instance, None where there is none."""
        return self.first_with()[0]

    def first_with(self, *also: Clause) -> tuple[Model | None, Row]:
        """Return the first row as an instance, and the values of what ``also`` builds; None and none for no row."""
        names = tuple(self.model._meta.sorted_field_names)
        found = self.rows((*names, *also), 1)
        if not found:
            return None, ()
        row = self.model(__no_default__=True)
        row.__data__.update(zip(names, found[0], strict=False))
        return row, found[0][len(names) :]

    def instances(self) -> peewee.ModelSelect[Any]:
        """Return the rows as instances of the model, with Python values: loop over them, it is one query.

        ``row.user_id`` is a reference's key; ``row.user`` asks the database once more, so avoid it in loops.
        """
        joins = Joins(self.model)
        conditions = [joins.build(clause, map(_plain, clause.values)) for clause in self.clauses]
        terms = [
            joins.build(term, map(_plain, term.values)) if isinstance(term, Clause) else joins.term(term)
            for term in self.order
        ]
        return query_of(joins, (), conditions, terms)

    def keys(self) -> list[Any]:
        """Return the primary keys, as Python values."""
        return [key for (key,) in self.rows((key_of(self.model).name,))]


def which_exist(selections: Sequence[Selection]) -> list[bool]:
    """Return, for each of ``selections``, whether it has any row: one query for all of them."""
    if not selections:
        return []
    values = [value for selection in selections for clause in selection.clauses for value in clause.values]
    shapes = tuple((selection.model, selection.clauses) for selection in selections)
    return [bool(found) for found in existence_statement(database.obj.dialect, shapes).run(values).fetchone()]


def _from_key(model: type[Model], start: peewee.Value) -> Expression:
    return key_of(model) >= start


def _plain(value: object) -> peewee.Value:
    return peewee.Value(value, converter=False)
