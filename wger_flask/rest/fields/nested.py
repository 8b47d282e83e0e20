"""Rows that are shown whole inside another one, each in the shape of a schema.

Each takes one query a page, however many rows the page has, or none where a row that a reference
leads to has columns alone; what is nested inside works the same way again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...storage import columns
from ...storage.links import Link
from ...storage.model import Model, columns_of, key_of, ordering_of, target_of
from ...storage.rows_by_key import RowsByKey
from ...storage.types import Row
from .. import fields
from ..context import Context
from ..openapi.schemas import Components
from ..schema import Schema
from ..serialization import Builder, Column, Dumper, dumper
from .references import order_behind


class _Whole(fields.Field):
    """A row in the shape of ``schema``, or null, or ``several`` of them; read-only."""

    kind, options_type, widget, cell = "object", "nested object", "", "objects"
    several = False

    def __init__(self, schema: type[Schema], **kwargs: Any):
        super().__init__(**{"dump_only": True, "allow_none": not self.several} | kwargs)
        self.schema = schema

    def described(self, components: Components, role: str) -> dict[str, Any]:
        shape = components.reference(self.schema)
        return {"type": "array", "items": shape} if self.several else shape


class Nested(_Whole):
    """The row that a reference leads to, as an object in the shape of ``schema``, or null; read-only.

    A row whose own columns are all that it takes is joined, any other costs one query a page.

    The name of the field is that of the reference, or ``attribute`` names it.
    """

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        for step in (self.attribute or name).split("."):
            model = getattr(columns_of(model).get(step), "rel_model", None) if model is not None else None
        return model

    def column(self, builder: Builder, name: str) -> Column:
        path = self.attribute or name
        model = target_of(builder.reference(path))
        inner = dumper(self.schema, model)
        key = key_of(model)

        if inner.is_plain:
            return _joined(builder, path, Dumper(self.schema, model, f"{builder.prefix}{path}.", builder.dialect))
        rows_by_key = RowsByKey(key, inner.columns)

        def load(keys: list[Any], context: Context) -> dict[Any, Any]:
            rows = rows_by_key.raw_rows(keys)
            return dict(zip((row[inner.key] for row in rows), inner(rows, context), strict=True))

        return builder.looked_up(path, load)


class Children(_Whole):
    """The rows that refer to this one through ``reference`` (``Other.nap``), as a list of objects.

    Each has the shape of ``schema``.  Read-only, one query a page.  ``order`` are names of columns, ``-`` in front for
    descending; without it the order is that of their model.
    """

    kind = "objects"
    several = is_bulky = True

    def __init__(self, schema: type[Schema], reference: columns.ForeignKey, order: tuple[str, ...] = (), **kwargs: Any):
        super().__init__(schema, **kwargs)
        self.reference, self.order = reference, order or ordering_of(reference.model) or ("id",)

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        owner: type[Model] = self.reference.model
        return owner

    def column(self, builder: Builder, name: str) -> Column:
        model = self.reference.model
        inner = dumper(self.schema, model)
        wanted = inner.columns + (self.reference.name,)

        rows_by_key = RowsByKey(self.reference, wanted, self.order)

        def load(keys: list[Any], context: Context) -> dict[Any, Any]:
            rows = rows_by_key.raw_rows(keys)
            return _by_last(rows, inner(rows, context))

        return builder.grouped(load)


class Child(_Whole):
    """The one row that refers to this one through ``reference``, in the shape of ``schema``; null where there is none.

    Read-only, one query a page.  With an ``attribute`` it is the row that refers to the row which that reference leads
    to.
    """

    def __init__(self, schema: type[Schema], reference: columns.ForeignKey, **kwargs: Any):
        super().__init__(schema, **kwargs)
        self.reference = reference

    def column(self, builder: Builder, name: str) -> Column:
        model = self.reference.model
        inner = dumper(self.schema, model)
        wanted = inner.columns + (self.reference.name,)

        rows_by_key = RowsByKey(self.reference, wanted)

        def load(keys: list[Any], context: Context) -> dict[Any, Any]:
            rows = rows_by_key.raw_rows(keys)
            return dict(zip((row[-1] for row in rows), inner(rows, context), strict=True))

        return builder.looked_up(self.attribute or key_of(builder.model).name, load)


class Members(_Whole):
    """The rows of a many-to-many relation (what ``link`` returned), as a list of objects in the shape of ``schema``.

    Read-only, one query a page.
    """

    kind, several = "objects", True

    def __init__(self, schema: type[Schema], link: Link, **kwargs: Any):
        super().__init__(schema, **kwargs)
        self.relation = link
        self.order = order_behind(link)

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        return self.relation.model

    def column(self, builder: Builder, name: str) -> Column:
        source, target = self.relation.source, self.relation.target
        inner = Dumper(self.schema, self.relation.model, prefix=f"{target.name}.")
        wanted = inner.columns + (source.name,)

        rows_by_key = RowsByKey(source, wanted, self.order)

        def load(keys: list[Any], context: Context) -> dict[Any, Any]:
            rows = rows_by_key.raw_rows(keys)
            each = {row[inner.key]: row for row in rows}  # many rows have the same ones: each is dumped once
            made = dict(zip(each, inner(list(each.values()), context), strict=True))
            return _by_last(rows, [made[row[inner.key]] for row in rows])

        return builder.grouped(load)


def _joined(builder: Builder, path: str, inner: Dumper) -> Column:
    """Return the column of the rows that ``path`` leads to: they come with the rows themselves, without a query."""
    places = [builder.place(column) for column in inner.columns]

    def column(raw: list[Row], context: Context, loaded: list[dict[Any, Any]]) -> Iterable[Any]:
        parts = [raw[place] for place in places]
        keys = parts[inner.key]
        each = dict(zip(keys, zip(*parts, strict=True), strict=True))  # where a key comes again, so does its row
        each.pop(None, None)
        made = dict(zip(each, inner(list(each.values()), context), strict=True))
        return map(made.get, keys)

    return column


def _by_last(rows: list[tuple[Any, ...]], items: list[dict[str, Any]]) -> dict[object, list[dict[str, Any]]]:
    """Return the items of rows by the last value of each row: the key of what they belong to."""
    groups: dict[object, list[dict[str, Any]]] = {}
    for row, item in zip(rows, items, strict=True):
        groups.setdefault(row[-1], []).append(item)
    return groups
