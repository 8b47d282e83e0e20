"""Narrow a list by one query parameter, or by a few that belong together.

A filter has two faces: :meth:`Filter.clauses` gives the SQL, :meth:`Filter.describe` what the
OpenAPI document and the filter form say about it.  What a parameter accepts follows from the
column (:mod:`.values`), how it compares from the :class:`Lookup`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import peewee
from werkzeug.datastructures import MultiDict

from ...storage import columns
from ...storage.links import Link
from ...storage.model import Model, columns_of, encode, key_of, target_of
from ...storage.predicates import Clause, Term, pad, stands_in_a_module
from ...storage.types import Expression
from .booleans import boolean
from .lookups import Lookup, Parameter, exact, on_date
from .values import BooleanKind, ChoiceKind, Kind, MomentKind, NumberKind, kind_of


class Filter:
    """The base of filters: ``params`` are the names of the query parameters that it reads."""

    params: tuple[str, ...] = ()

    def clauses(self, args: MultiDict[str, str]) -> Iterable[Clause]:
        """Return the conditions (:class:`Clause`) that the query ``args`` ask for; none leave the list as it is.

        It is called where the query has one of the parameters; ``args``, a ``MultiDict``, holds all of them.  Raises
        :class:`~.values.Rejected` (a 400 that names the parameter), or an ``ExceptionGroup`` of them.
        """
        raise NotImplementedError

    def describe(self) -> list[Parameter]:
        """Return a :class:`Parameter` for each of ``params``, for pages and the OpenAPI document."""
        return [Parameter(param, param.replace("_", " ")) for param in self.params]

    def relevance(self, args: MultiDict[str, str]) -> tuple[Term, ...]:
        """Return the terms of the order in which matches are best listed; none unless overridden.

        What a term is, :class:`Selection` says.
        """
        return ()


@dataclass(frozen=True)
class ColumnFilter(Filter):
    """Compare a column of the row itself (or, by a dotted path, of a row it refers to)."""

    param: str
    column: peewee.Field
    lookup: Lookup
    kind: Kind
    steps: tuple[columns.ForeignKey, ...] = ()
    former: date | None = None
    params: tuple[str, ...] = field(init=False)
    shape: tuple[Any, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", (self.param,))
        steps = tuple((step.model, step.name) for step in self.steps)
        object.__setattr__(self, "shape", (self.lookup.build, steps, self.column.model, self.column.name))

    def clauses(self, args: MultiDict[str, str]) -> Iterable[Clause]:
        text = args.getlist(self.param)[-1]
        if not text:
            return ()
        if self.lookup is on_date:
            values: list[Any] = cast(MomentKind, self.kind).day(self.param, text)
        elif self.lookup.several:
            text = ",".join(args.getlist(self.param)) if self._offers_several else text
            values = self.kind.several(self.param, text, strict=self.lookup.checks)
        else:
            value = self.kind.one(self.param, text, strict=self.lookup is exact)
            if value is None:
                return ()
            values = [value]
        stored = [encode(self.column, value) for value in values]
        if self.lookup.several:
            stored = pad(stored)
        return (Clause(_compared, tuple(stored), self.shape),)

    @property
    def _offers_several(self) -> bool:
        """Whether some of the column's choices can be ticked: each is then a value of its own, or between commas."""
        return self.lookup.several and self.lookup.checks and isinstance(self.kind, ChoiceKind)

    def relevance(self, args: MultiDict[str, str]) -> tuple[Term, ...]:
        return (self.column.name,) if self.lookup.sorts and args.getlist(self.param)[-1].strip() else ()

    def describe(self) -> list[Parameter]:
        if self.former:
            return []
        words = self.param.split("__")[0].replace("_", " ")
        label = words if self.lookup is exact else f"{words} {self.lookup.words}"
        choices = self.kind.choices if self.lookup is exact or self._offers_several else ()
        model = getattr(self.kind, "model", None)
        help = "comma-separated" if self.lookup.several else ""
        is_whole = type(self.kind) is NumberKind
        kind = "date" if self.lookup is on_date else self.kind.name
        return [Parameter(self.param, label, kind, help, choices, model=model, is_whole=is_whole)]


class BooleanFilter(Filter):
    """A filter by a yes or no of your own, in the spellings that the setting ``WGER_BOOLEAN_FILTERS`` knows.

    ``param`` is the query parameter.  ``build(*shape, wanted)`` returns the condition as Peewee's expression;
    ``wanted`` is True or False.  It is a function of a module, and ``shape`` what else the expression depends on.
    ``label`` is what people read, ``help`` a sentence for them.  Other spellings narrow nothing; ``spelling="any"``
    takes ``true``, ``1`` and their like whatever the setting says.

        def is_long(wanted):
            return Nap.minutes >= 60 if wanted else Nap.minutes < 60

        filters={"long": BooleanFilter("long", is_long, label="an hour or more")}
    """

    def __init__(
        self,
        param: str,
        build: Callable[..., Any],
        shape: tuple[Any, ...] = (),
        *,
        label: str = "",
        help: str = "",
        spelling: str = "",
    ):
        if not stands_in_a_module(build):
            raise ValueError(
                f"filter {param!r}: a function of a module builds its condition, no method, and none that is made "
                "inside another function"
            )
        self.params, self.build, self.shape, self.spelling = (param,), build, shape, spelling
        self.label, self.help = label or param.replace("_", " "), help

    def clauses(self, args: MultiDict[str, str]) -> Iterable[Clause]:
        wanted = boolean(args.getlist(self.params[0])[-1], self.spelling)
        return () if wanted is None else (Clause(self.build, (), (*self.shape, wanted)),)

    def describe(self) -> list[Parameter]:
        return [Parameter(self.params[0], self.label, BooleanKind.name, self.help, BooleanKind.choices)]


@dataclass(frozen=True)
class LinkFilter(Filter):
    """Rows linked to any of the given rows: the parameter may be repeated."""

    param: str
    link: Link
    params: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", (self.param,))

    def clauses(self, args: MultiDict[str, str]) -> Iterable[Clause]:
        kind = kind_of(self.link.target)
        keys = kind.each(self.param, [text.strip() for text in args.getlist(self.param)])
        stored = pad([encode(self.link.target, key) for key in keys])
        return (Clause(_linked, tuple(stored), (self.link.through, self.link.source.name, self.link.target.name)),)

    def describe(self) -> list[Parameter]:
        label = self.param.replace("_", " ")
        return [Parameter(self.param, label, "reference", "may be repeated", (), True, self.link.model)]


def _compared(
    build: Callable[..., Any], steps: tuple[Any, ...], model: type[Model], name: str, *slots: peewee.Value
) -> Expression:
    """Return ``build``'s comparison of a column of the row that ``steps``, models and references, lead to."""
    expression: Expression = build(columns_of(model)[name], *slots)
    for source, reference in reversed(steps):
        step = columns_of(source)[reference]
        target = target_of(step)
        expression = step.in_(target.select(key_of(target)).where(expression))
    return expression


def _linked(through: type[Model], source_name: str, target_name: str, *slots: peewee.Value) -> Expression:
    """Return the condition that a row of ``through`` links to any of ``slots``."""
    source, target = columns_of(through)[source_name], columns_of(through)[target_name]
    return key_of(target_of(source)).in_(through.select(source).where(target.in_(slots)))
