"""Take objects inside an object: rows that are written together with the row they belong to."""

from __future__ import annotations

from collections.abc import Callable

from marshmallow import ValidationError

from . import fields
from .errors import Invalid
from .schema import load


class Items(fields.Field):
    """A list of objects, each read by a schema; every object's errors stand at its place.

    ``empty`` is what to say when the list has none; it may be empty where that is not given.
    ``check(item)`` may refuse one whose fields are fine, by raising :class:`~.errors.Invalid`.
    """

    kind = "objects"

    def __init__(self, schema, *, empty: str = "", check: Callable[[dict], None] | None = None, **kwargs):
        kwargs.setdefault("load_only", True)
        super().__init__(**kwargs)
        self.schema, self.empty, self.check = schema, empty, check

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, list):
            raise ValidationError(_refused(f'Expected a list of items but got type "{type(value).__name__}".'))
        if not value and self.empty:
            raise ValidationError(self.empty)
        items, errors = [], []
        for each in value:
            try:
                items.append(self._item(each))
                errors.append({})
            except Invalid as wrong:
                errors.append(wrong.body)
        if any(errors):
            raise ValidationError(errors)
        return items

    def _item(self, value) -> dict:
        if value is None:
            raise Invalid([fields.NULL])
        if not isinstance(value, dict):
            raise Invalid(_refused(f"Invalid data. Expected a dictionary, but got {type(value).__name__}."))
        item = load(self.schema, value)
        if self.check is not None:
            self.check(item)
        return item


def _refused(message: str) -> dict[str, list[str]]:
    return {"non_field_errors": [message]}
