"""Take objects inside an object: rows that are written together with the row they belong to."""

from __future__ import annotations

from collections.abc import Callable

from marshmallow import ValidationError

from .. import fields
from ..bodies import FormData
from ..errors import Invalid
from ..schema import load


class Items(fields.Field):
    """A list of objects, each read by a schema; every object's errors stand at its place.

    ``empty`` is what to say when the list has none; it may be empty where that is not given.
    ``check(item)`` may refuse one whose fields are fine, by raising :class:`~..errors.Invalid`.

    A form sends ``name.0.field``, ``name.1.field`` and so on, or, where an object has one field only,
    a text with one on a line.  ``titles`` says how many objects a form offers, and what it calls
    them; ``asks`` which of their fields, in this order; ``fixed`` is what the first ones hold whatever
    anybody types.
    """

    kind = "objects"

    def __init__(
        self, schema, *, empty: str = "", check: Callable[[dict], None] | None = None,
        titles: tuple[str, ...] = ("",), asks: tuple[str, ...] = (), fixed: tuple[dict, ...] = (), **kwargs,
    ):  # fmt: skip
        kwargs.setdefault("load_only", True)
        super().__init__(**kwargs)
        self.schema, self.empty, self.check, self.titles = schema, empty, check, titles
        self.asks, self.fixed = asks, fixed

    @property
    def only_field(self) -> str:
        """The one field that an object has, nothing where it has more."""
        names = list(self.schema().load_fields)
        return names[0] if len(names) == 1 else ""

    def deserialize(self, value, attr=None, data=None, **kwargs):
        if isinstance(data, FormData):
            if isinstance(value, str) and (only := self.only_field):
                value = [{only: line.strip()} for line in value.splitlines() if line.strip()]
            elif parts := data.parts(attr):
                value = parts
        return super().deserialize(value, attr, data, **kwargs)

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
