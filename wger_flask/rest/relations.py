"""Fields that reach beyond a row's own columns: references, lists of rows, computed values.

On output each takes one query a page, however many rows the page has; nested schemas work
the same way inside.  On input, :class:`Key` and :class:`Keys` only parse: whether the row
exists is asked by :mod:`.references`, in one query a field.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Iterable

from marshmallow import ValidationError

from ..storage import fields as columns
from ..storage.clauses import equals, within
from ..storage.model import Link, Model, ordering_of
from ..storage.selection import Selection
from . import fields
from .bodies import FormData
from .context import Context, current_context
from .dump import Builder, Dumper, dumper


def parse_reference(model: type[Model], value):
    """Return the primary key of ``model`` that a body's ``value`` spells.

    Raises ValidationError for what cannot be one.
    """
    key = model._meta.primary_key
    wrong_type = f"Incorrect type. Expected pk value, received {type(value).__name__}."
    if isinstance(value, bool):
        raise ValidationError(wrong_type)
    if isinstance(key, columns.UUID):
        try:
            return uuids.UUID(int=value) if isinstance(value, int) else uuids.UUID(value)
        except (ValueError, AttributeError, TypeError):
            raise ValidationError(f"“{value}” is not a valid UUID.") from None
    if isinstance(key, columns.Integer):
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError(wrong_type) from None
    return str(value)


def no_such_row(key) -> str:
    """Say that a reference points nowhere; ``key`` is shown as it was sent."""
    return f'Invalid pk "{key}" - object does not exist.'


class Key(fields.Field):
    """A reference, given by its primary key."""

    kind = "reference"

    def __init__(self, model: type[Model], **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def raw(self, dialect, zone):
        return dialect.wire_uuid if isinstance(self.model._meta.primary_key, columns.UUID) else None

    def deserialize(self, value, attr=None, data=None, **kwargs):
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)

    def _deserialize(self, value, attr, data, **kwargs):
        return parse_reference(self.model, value)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        value = _follow(obj, self.attribute or attr)
        return str(value) if isinstance(value, uuids.UUID) else value


class Keys(fields.Field):
    """The primary keys of the rows behind a many-to-many relation, in the order of those rows."""

    kind = "references"
    blank = True

    def __init__(self, link: Link, **kwargs):
        super().__init__(**kwargs)
        self.relation = link
        self.model = link.model

    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(data, FormData):
            value = data.several(attr)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValidationError(f'Expected a list of items but got type "{type(value).__name__}".')
        if None in (value := list(value)):
            raise ValidationError(no_such_row(None))
        return [parse_reference(self.model, item) for item in value]

    def _pairs(self, keys, raw: bool) -> list[tuple]:
        source, target = self.relation.source, self.relation.target
        order = tuple(_prefixed(term, target.name) for term in ordering_of(self.model) or ("id",))
        return (
            Selection(self.relation.through, (within(source, keys, raw=raw),), order)
            .rows((source.name, target.name))
        )  # fmt: skip

    def compile(self, builder: Builder, name: str) -> str:
        convert = builder.dialect.wire_uuid if isinstance(self.model._meta.primary_key, columns.UUID) else None

        def load(keys, context):
            found: dict = {}
            for key, target in self._pairs(keys, raw=True):
                found.setdefault(key, []).append(convert(target) if convert else target)
            return found

        return builder.grouped(load)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        return [target for _, target in self._pairs([obj._pk], raw=False)]


class Nested(fields.Field):
    """The object behind a reference, in the shape of another schema."""

    kind = "object"

    def __init__(self, schema, **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.schema = schema

    def compile(self, builder: Builder, name: str) -> str:
        path = self.attribute or name
        model = builder.reference(path).rel_model
        inner = dumper(self.schema, model)
        key = model._meta.primary_key

        def load(keys, context):
            rows = Selection(model, (within(key, keys, raw=True),)).rows(inner.columns)
            return dict(zip((row[inner.key] for row in rows), inner(rows, context), strict=True))

        return builder.looked_up(path, load)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        value = getattr(obj, self.attribute or attr)
        return None if value is None else self.schema().dump(value)


class Children(fields.Field):
    """The rows that point at this one through ``reference``, each in the shape of a schema."""

    kind = "objects"

    def __init__(self, schema, reference: columns.ForeignKey, order: tuple[str, ...] = (), **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.schema, self.reference = schema, reference
        self.order = order or ordering_of(reference.model) or ("id",)

    def compile(self, builder: Builder, name: str) -> str:
        model = self.reference.model
        inner = dumper(self.schema, model)
        wanted = inner.columns + (self.reference.name,)

        def load(keys, context):
            rows = Selection(model, (within(self.reference, keys, raw=True),), self.order).rows(wanted)
            found: dict = {}
            for row, item in zip(rows, inner(rows, context), strict=True):
                found.setdefault(row[-1], []).append(item)
            return found

        return builder.grouped(load)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        rows = Selection(self.reference.model, (equals(self.reference, obj._pk),), self.order).instances()
        return self.schema(many=True).dump(list(rows))


class Child(fields.Field):
    """The one row, if any, that points at this one through ``reference``, in the shape of a schema.

    With an ``attribute`` it is the row that points at what that reference names.
    """

    kind = "object"

    def __init__(self, schema, reference: columns.ForeignKey, **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.schema, self.reference = schema, reference

    def compile(self, builder: Builder, name: str) -> str:
        model = self.reference.model
        inner = dumper(self.schema, model)
        wanted = inner.columns + (self.reference.name,)

        def load(keys, context):
            rows = Selection(model, (within(self.reference, keys, raw=True),)).rows(wanted)
            return dict(zip((row[-1] for row in rows), inner(rows, context), strict=True))

        return builder.looked_up(self.attribute or builder.model._meta.primary_key.name, load)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        key = _follow(obj, self.attribute) if self.attribute else obj._pk
        row = Selection(self.reference.model, (equals(self.reference, key),)).instances().first()
        return None if row is None else self.schema().dump(row)


class Members(fields.Field):
    """The rows behind a many-to-many relation, each in the shape of a schema."""

    kind = "objects"

    def __init__(self, schema, link: Link, **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.schema, self.relation = schema, link
        self.order = tuple(_prefixed(term, link.target.name) for term in ordering_of(link.model) or ("id",))

    def compile(self, builder: Builder, name: str) -> str:
        source, target = self.relation.source, self.relation.target
        inner = Dumper(self.schema, self.relation.model, prefix=f"{target.name}.")
        wanted = inner.columns + (source.name,)

        def load(keys, context):
            rows = Selection(self.relation.through, (within(source, keys, raw=True),), self.order).rows(wanted)
            found: dict = {}
            for row, item in zip(rows, inner(rows, context), strict=True):
                found.setdefault(row[-1], []).append(item)
            return found

        return builder.grouped(load)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        rows = Selection(self.relation.through, (equals(self.relation.source, obj._pk),), self.order).instances()
        return self.schema(many=True).dump([getattr(row, self.relation.target.name) for row in rows])


class Computed(fields.Field):
    """A value made of the row's own columns: ``compute(context, *values)``.

    The values are raw: use columns of text and numbers.
    """

    kind = "computed"

    def __init__(self, compute: Callable, *, of: tuple[str, ...], describes: fields.Field | None = None, **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.compute, self.of, self.describes = compute, of, describes

    def compile(self, builder: Builder, name: str) -> str:
        values = ", ".join(builder.column(path) for path in self.of)
        return f"{builder.constant(self.compute)}(context, {values})"

    def serialize(self, attr, obj, accessor=None, **kwargs):
        return self.compute(current_context(), *(_follow(obj, path) for path in self.of))


class Batch(fields.Field):
    """A value that is loaded for a whole page at once: ``load(keys, context)`` maps keys to it.

    Rows that the mapping lacks get ``otherwise()``.
    """

    kind = "computed"

    def __init__(self, load: Callable, *, otherwise: Callable = list, describes: fields.Field | None = None, **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.load, self.otherwise, self.describes = load, otherwise, describes

    def compile(self, builder: Builder, name: str) -> str:
        return builder.grouped(self.load, self.otherwise)

    def serialize(self, attr, obj, accessor=None, **kwargs):
        found = self.load([obj._pk], current_context())
        return found[obj._pk] if obj._pk in found else self.otherwise()


class File(fields.Field):
    """The absolute URL of an uploaded file; :mod:`.uploads` has the fields that take one."""

    kind = "file"

    def __init__(self, *, accept: str = "", **kwargs):
        kwargs.setdefault("dump_only", True)
        super().__init__(**kwargs)
        self.accept = accept

    def compile(self, builder: Builder, name: str) -> str:
        return f"{builder.constant(_media)}(context, {builder.column(self.attribute or name)})"

    def serialize(self, attr, obj, accessor=None, **kwargs):
        return _media(current_context(), _follow(obj, self.attribute or attr))


def _media(context: Context, name: str | None) -> str | None:
    return context.media(name) if name else None


def _prefixed(term: str, step: str) -> str:
    return f"-{step}.{term[1:]}" if term.startswith("-") else f"{step}.{term}"


def _follow(row: Model, path: str):
    *steps, last = path.split(".")
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return None
    return row.__data__.get(last)
