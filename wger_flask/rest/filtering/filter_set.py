"""All filters of a resource, made from their declaration; parameters that are unknown, or empty, narrow nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import peewee
from werkzeug.datastructures import MultiDict

from ...storage import columns
from ...storage.links import links_of
from ...storage.model import Model, column_in_table, columns_of
from ...storage.predicates import Term
from ...storage.query import Selection
from ..errors import Invalid
from .booleans import boolean
from .filters import BooleanFilter, ColumnFilter, Filter, LinkFilter
from .lookups import Compare, Lookup, Parameter
from .values import BooleanKind, NumberKind, Rejected, kind_of

Declared = Lookup | tuple[Lookup, ...] | Compare | Filter


class FilterSet:
    """All filters of a resource: ``call.resource.filter_set``."""

    def __init__(self, filters: Iterable[Filter] = ()):
        self.filters = tuple(filters)
        self.by_param: dict[str, Filter] = {}
        for item in self.filters:
            for param in item.params:
                if param in self.by_param:
                    raise ValueError(f"filter {param!r} is declared twice")
                self.by_param[param] = item
        self.former = {one.param: one.former for one in self.filters if isinstance(one, ColumnFilter) and one.former}
        """Since when names of parameters are those of an earlier release."""

    def apply(self, selection: Selection, args: MultiDict[str, str]) -> Selection:
        """Return ``selection`` narrowed by the query ``args``; raises :class:`~..errors.Invalid` (400).

        The error has the messages of all bad values, by parameter.
        """
        if not args:
            return selection
        errors: dict[str, list[str]] = {}
        for item in {id(filter_): filter_ for param in args if (filter_ := self.by_param.get(param))}.values():
            try:
                selection = selection.where(*item.clauses(args))
            except* Rejected as all_wrong:
                errors |= {
                    wrong.param: [wrong.message] for wrong in all_wrong.exceptions if isinstance(wrong, Rejected)
                }
        if errors:
            raise Invalid(errors)
        return selection

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(
            param
            for param, item in self.by_param.items()
            if isinstance(item, ColumnFilter) and isinstance(item.kind, NumberKind) and not item.lookup.several
        )

    def typed(self, args: MultiDict[str, str]) -> MultiDict[str, str]:
        """Return ``args`` with numbers as programs write them: a user of a page may type a decimal comma."""
        commas = {name for name in args if name in self._numbers and any("," in text for text in args.getlist(name))}
        if not commas:
            return args
        return MultiDict(
            [
                (name, text.replace(",", ".") if name in commas and text.count(",") + text.count(".") == 1 else text)
                for name, text in args.items(multi=True)
            ]
        )

    def ignored(self, args: MultiDict[str, str]) -> dict[str, list[str]]:
        """Return the messages, by parameter, for values that a filter ignores although they say something.

        A list only becomes longer by that; a deletion that was to hold under a condition cannot be undone.
        """
        reasons = {}
        for param in args:
            item = self.by_param.get(param)
            kind = item if isinstance(item, BooleanFilter) else getattr(item, "kind", None)
            takes = kind if isinstance(kind, BooleanFilter | BooleanKind) else None
            if takes is not None and any(boolean(text, takes.spelling) is None for text in args.getlist(param) if text):
                reasons[param] = [BooleanKind.neither]
        return reasons

    def relevance(self, args: MultiDict[str, str]) -> tuple[Term, ...]:
        """Return the terms of the order that the filters in use suggest, none where none does."""
        for param in args:
            if param in self.by_param and (order := self.by_param[param].relevance(args)):
                return order
        return ()

    def describe(self) -> list[Parameter]:
        """Return a :class:`Parameter` for each query parameter."""
        return [parameter for item in self.filters for parameter in item.describe()]


def build_filters(model: type[Model], declared: Mapping[str, Declared]) -> FilterSet:
    """Make the filters that a resource declares.

    ``declared`` maps a column, a dotted path written with two underscores, or a
    many-to-many relation to its lookups; a :class:`Compare` or a :class:`Filter` of one's own stands
    under any name.  Raises ValueError for what the model does not have, and for what is no lookup.
    """
    made: list[Filter] = []
    for name, lookups in declared.items():
        if isinstance(lookups, Filter):
            made.append(lookups)
        elif name in links_of(model):
            made.append(LinkFilter(name, links_of(model)[name]))
        else:
            told = lookups if isinstance(lookups, Compare) else Compare(lookups)
            column, steps = _column(model, told.column or name)
            several = told.lookups if isinstance(told.lookups, tuple | list) else (told.lookups,)
            if wrong := [item for item in several if not isinstance(item, Lookup)]:
                raise ValueError(f"filter {name!r} is given {wrong[0]!r}, which is neither a Lookup nor a Filter")
            for lookup in several:
                param = f"{name}__{lookup.suffix}" if lookup.suffix else name
                made.append(ColumnFilter(param, column, lookup, kind_of(column, told.spelling), steps, told.former))
    return FilterSet(made)


def _column(model: type[Model], name: str) -> tuple[peewee.Field, tuple[columns.ForeignKey, ...]]:
    *path, last = name.split("__")
    steps: list[columns.ForeignKey] = []
    for step in path:
        reference = columns_of(model).get(step)
        if not isinstance(reference, columns.ForeignKey):
            raise ValueError(f"{model.__name__} has no reference {step!r} to filter by")
        steps.append(reference)
        model = reference.rel_model
    column = columns_of(model).get(last) or column_in_table(model, last)
    if column is None:
        raise ValueError(f"{model.__name__} has no column {last!r} to filter by")
    return column, tuple(steps)
