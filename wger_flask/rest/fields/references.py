"""References to other rows, to one or to many, by their primary keys.

On output a list of keys takes one query a page, however many rows the page has.  On input,
:class:`Key` and :class:`Keys` only parse: whether the row exists is asked by
:mod:`..reference_checks`, for all of a body at once.  Rows that are shown whole are in :mod:`.nested`.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError

from ...storage import columns
from ...storage.dialects.base import AnyDialect
from ...storage.links import Link
from ...storage.model import Model, key_of, ordering_of
from ...storage.rows_by_key import RowsByKey
from ...storage.types import Reader
from .. import fields
from ..bodies import FormData
from ..context import Context
from ..openapi.schemas import Components
from ..serialization import Builder, Column
from .base import ANSWER


def parse_reference(model: type[Model], value: Any) -> uuids.UUID | int | str:
    """Return the primary key of ``model`` that a body's ``value`` spells.

    Raises ValidationError for what cannot be one.
    """
    key = key_of(model)
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


def no_such_row(key: object) -> str:
    """Return the message for a reference that leads to no row; ``key`` is shown as it was sent."""
    return f'Invalid pk "{key}" - object does not exist.'


def key_schema(model: type[Model]) -> dict[str, Any]:
    """Return the schema of OpenAPI of a primary key of ``model``."""
    column = key_of(model)
    if isinstance(column, columns.UUID):
        return {"type": "string", "format": "uuid"}
    return {"type": "integer"} if isinstance(column, columns.Integer) else {"type": "string"}


def _described_key(model: type[Model], role: str) -> dict[str, Any]:
    made = key_schema(model)
    if role == ANSWER or "format" not in made:
        return made
    return {"anyOf": [{"type": made.pop("type")}, {"type": "integer", "minimum": 0}]} | made


class Key(fields.Field):
    """A reference to a row of ``model``: the row's primary key.

    A key that no row has is refused (400); the key of another user's row is refused (403) where the resource's
    ``owner`` has ``checks`` for it.
    """

    kind = widget = cell = "reference"

    def __init__(self, model: type[Model], **kwargs: Any):
        super().__init__(**kwargs)
        self.model = model

    def raw(self, dialect: AnyDialect) -> Reader | None:
        return dialect.wire_uuid if isinstance(key_of(self.model), columns.UUID) else None

    def wire(self, value: Any) -> Any:
        return str(value) if isinstance(value, uuids.UUID) else value

    def described(self, components: Components, role: str) -> dict[str, Any]:
        return _described_key(self.model, role)

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        return self.model

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        return super().deserialize(None if value == "" else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return parse_reference(self.model, value)


class Keys(fields.Field):
    """The primary keys of the rows of a many-to-many relation (what ``link`` returned), in the order of those rows.

    The list in a body replaces all of them.
    """

    kind = widget = cell = "references"
    blank = takes_several = True

    def __init__(self, link: Link, **kwargs: Any):
        super().__init__(**kwargs)
        self.relation = link
        self.model = link.model

    def described(self, components: Components, role: str) -> dict[str, Any]:
        items = _described_key(self.model, role)
        made = {"type": "array", "items": items}
        if role == ANSWER:
            return made
        also = {"type": "object", "description": "Its names count, as recorded."}
        # programs that make up an example fail at a choice with an array in it
        return {"anyOf": [made, also], "example": [1] if items.get("type") == "integer" else []}

    def typed(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}

    def options(self) -> dict[str, Any]:
        return {"child": {"type": "field", "required": False, "read_only": False}}

    def model_behind(self, name: str, model: type[Model] | None) -> type[Model] | None:
        return self.model

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(data, FormData):
            value = data.several(attr)
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValidationError(f'Expected a list of items but got type "{type(value).__name__}".')
        if None in (value := list(value)):
            raise ValidationError(no_such_row(None))
        return [parse_reference(self.model, item) for item in value]

    def column(self, builder: Builder, name: str) -> Column:
        convert = builder.dialect.wire_uuid if isinstance(key_of(self.model), columns.UUID) else None

        source, target = self.relation.source, self.relation.target
        links = RowsByKey(source, (source.name, target.name), order_behind(self.relation))

        def load(keys: list[Any], context: Context) -> dict[Any, Any]:
            rows_by_key: dict[str, Any] = {}
            for key, target in links.raw_rows(keys):
                rows_by_key.setdefault(key, []).append(convert(target) if convert else target)
            return rows_by_key

        return builder.grouped(load)


def order_behind(link: Link) -> tuple[str, ...]:
    """Return the order of the rows that ``link`` leads to, as it is called from the table between."""
    step, terms = link.target.name, ordering_of(link.model) or ("id",)
    return tuple(f"-{step}.{term[1:]}" if term.startswith("-") else f"{step}.{term}" for term in terms)
