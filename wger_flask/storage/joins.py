"""The tables that a query reads, found along references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from .model import M, Model
from .predicates import Clause
from .types import Expression

_Source = type[Model] | peewee.ModelAlias  # a table, or one more time the same


class Joins:
    """Follow dotted paths along references, joining each table once."""

    def __init__(self, model: type[Model]):
        self.model = model
        self.joined: dict[tuple[str, ...], tuple[_Source, _Source, peewee.Expression]] = {}
        self.demanded: set[tuple[str, ...]] = set()

    def column(self, path: str, demanded: bool = False) -> Any:
        """Return the expression that ``path`` names; ``demanded`` leaves out rows that it leads nowhere from."""
        *steps, last = path.split(".")
        source: _Source = self.model
        model = self.model
        walked: tuple[str, ...] = ()
        for step in steps:
            reference: Any = model._meta.fields[step]
            walked += (step,)
            model = reference.rel_model
            if walked not in self.joined:
                alias = model.alias()
                self.joined[walked] = (source, alias, getattr(source, step) == getattr(alias, reference.rel_field.name))
            if demanded:
                self.demanded.add(walked)
            source = self.joined[walked][1]
        return getattr(source, last) if source is not self.model else model._meta.fields[last]

    def build(self, clause: Clause, values: Iterable[peewee.Value]) -> Expression:
        """Return the expression of ``clause`` with ``values`` in its places."""
        reached = (self.column(clause.path, demanded=True),) if clause.path else ()
        return clause.expression(reached, values)

    def term(self, name: str) -> peewee.Ordering:
        """Return what orders by the path ``name``, descending where it begins with a hyphen."""
        column: Expression = self.column(name.lstrip("-"))
        return column.desc() if name.startswith("-") else column.asc()

    def apply(self, query: peewee.ModelSelect[M]) -> peewee.ModelSelect[M]:
        """Return ``query`` with the joins that its columns need."""
        for walked, (source, alias, condition) in self.joined.items():
            kind = peewee.JOIN.INNER if walked in self.demanded else peewee.JOIN.LEFT_OUTER
            query = query.join_from(source, alias, kind, on=condition)
        return query
