"""Take objects inside an object: rows that are written together with the row they belong to."""

from __future__ import annotations

from marshmallow import ValidationError

from . import fields
from .errors import Invalid
from .schema import load


class Items(fields.Field):
    """A list of objects, each read by a schema; every object's errors stand at its place.

    ``empty`` is what to say when the list has none; it may be empty where that is not given.
    """

    kind = "objects"

    def __init__(self, schema, *, empty: str = "", **kwargs):
        kwargs.setdefault("load_only", True)
        super().__init__(**kwargs)
        self.schema, self.empty = schema, empty

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
        return load(self.schema, value)


def _refused(message: str) -> dict[str, list[str]]:
    return {"non_field_errors": [message]}
