"""The SQL of selections, compiled once for each shape: who selects rows asks :mod:`.query`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import peewee

from .dialects.base import AnyDialect
from .joins import Joins
from .model import Model, key_of
from .predicates import Clause, Term
from .ranking import Build, ranking_of
from .statements import COMPILED_SHAPES, Slots, Statement, compile_query
from .types import Expression


@lru_cache(COMPILED_SHAPES)
def rows_statement(
    dialect: AnyDialect,
    model: type[Model],
    clauses: tuple[Clause, ...],
    order: tuple[Term, ...],
    columns: tuple[str | Clause, ...],
    paged: bool,
    far: bool,
    several: bool = True,
    ranked: bool = True,
    among: bool = False,
) -> Statement:
    """Return the SQL of rows of a selection: ``columns`` of those that meet ``clauses``, in ``order``.

    ``paged`` takes two values more, the size of a page and how many rows are before it; ``far`` says that these are
    many, ``several=False`` that the page has one row.  ``ranked=False`` does not take the order from another table
    that has it ready; ``among`` takes one value more, the keys that the first of it are among.
    """
    joins, slots = Joins(model), Slots()
    expressions = [joins.column(found) if isinstance(found, str) else slots.fill(found, joins) for found in columns]
    conditions = [slots.fill(clause, joins) for clause in clauses]
    first_of_order = slots.taken
    terms = [slots.fill(term, joins) if isinstance(term, Clause) else joins.term(term) for term in order]
    if (paged or terms) and not _is_total(model, order):
        tie = dialect.insertion_order(model)
        terms.append(tie.desc() if not clauses and _walks_an_index_backwards(model, order) else tie)
    if paged and (far or several and any(isinstance(term, Clause) for term in order)):
        # Many keys are passed over, or sorted by what is computed for each: fetch rows for a page of them only.
        # (To sort for a single one keeps a single one.)
        key = key_of(model)
        chosen = query_of(joins, (key,), conditions, terms)
        size, skipped = slots.take(), slots.take()
        term = order[0] if ranked and order else None
        if isinstance(term, Clause) and (ranking := ranking_of(clauses, order)):
            of_term = slots.again(first_of_order, len(term.values))
            found = ranking.page(joins, clauses, conditions, of_term, size + skipped, slots.take() if among else None)
            chosen = found if found is not None else chosen
        chosen = chosen.limit(size).offset(skipped)
        return compile_query(query_of(joins, expressions, [key.in_(dialect.page(chosen, key))], terms))
    query = query_of(joins, expressions, conditions, terms)
    if paged:
        query = query.limit(slots.take()).offset(slots.take())
    return compile_query(query)


@lru_cache(COMPILED_SHAPES)
def relation_statement(
    dialect: AnyDialect, model: type[Model], clauses: tuple[Clause, ...], columns: tuple[tuple[str, str | Clause], ...]
) -> Statement:
    """Return the SQL of the rows as a part of other SQL: ``columns`` are pairs of a name and what it stands for."""
    joins, slots = Joins(model), Slots()
    expressions = [
        (joins.column(found) if isinstance(found, str) else slots.fill(found, joins)).alias(name)
        for name, found in columns
    ]
    conditions = [slots.fill(clause, joins) for clause in clauses]
    return compile_query(query_of(joins, expressions, conditions, ()))


def query_of(
    joins: Joins, expressions: Sequence[Any], conditions: Sequence[Expression], terms: Sequence[Expression]
) -> peewee.ModelSelect[Model]:
    """Return the query of ``expressions``, all columns for none, with the joins that it takes."""
    query = joins.apply(joins.model.select(*expressions)).order_by(*terms)
    return query.where(*conditions) if conditions else query


def _is_total(model: type[Model], order: tuple[Term, ...]) -> bool:
    """Tell whether the order leaves no ties, so that pages never overlap."""
    key = key_of(model).name
    return any(term in (key, f"-{key}") for term in order if isinstance(term, str))


def _walks_an_index_backwards(model: type[Model], order: tuple[Term, ...]) -> bool:
    """Tell whether an index gives all rows in this order from its end: ties then come from the end too."""
    if len(order) != 1 or not isinstance(order[0], str):
        return False
    field = model._meta.fields.get(order[0].removeprefix("-"))
    return order[0].startswith("-") and field is not None and (field.index or field.unique)


@lru_cache(COMPILED_SHAPES)
def number_statement(dialect: AnyDialect, clauses: tuple[Clause, ...], build: Build | None) -> Statement | None:
    """Return the SQL of ``build``, how many rows a ranking has, with the values of the one clause; None for none."""
    slots = Slots()
    query = build(*(slots.take() for _ in clauses[0].values)) if build else None
    return compile_query(query) if query is not None else None


@lru_cache(COMPILED_SHAPES)
def count_statement(dialect: AnyDialect, model: type[Model], clauses: tuple[Clause, ...]) -> Statement:
    """Return the SQL that counts the rows that meet ``clauses``."""
    joins, slots = Joins(model), Slots()
    conditions = [slots.fill(clause, joins) for clause in clauses]
    return compile_query(query_of(joins, (peewee.fn.COUNT(peewee.SQL("*")),), conditions, ()))


@lru_cache(COMPILED_SHAPES)
def existence_statement(dialect: AnyDialect, asked: tuple[tuple[type[Model], tuple[Clause, ...]], ...]) -> Statement:
    """Return the SQL of one row: for each pair in ``asked`` whether there is any row that meets the clauses."""
    slots, questions = Slots(), []
    for model, clauses in asked:
        joins = Joins(model)
        conditions = [slots.fill(clause, joins) for clause in clauses]
        questions.append(peewee.fn.EXISTS(query_of(joins, (peewee.SQL("1"),), conditions, ())))
    return compile_query(peewee.Select(columns=questions))


def forget_statements() -> None:
    """Drop all compiled SQL: what expressions are built of has changed."""
    for compiled in (rows_statement, relation_statement, existence_statement, count_statement, number_statement):
        compiled.cache_clear()
