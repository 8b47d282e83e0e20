"""Take objects inside an object: rows that are written together with the row they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from .. import fields
from ..bodies import FormData
from ..errors import Invalid
from ..openapi.schemas import Components
from ..schema import Schema, load


class Items(fields.Field):
    """A list of objects in a body, each read by a schema; the errors of an object stand at its place in the list.

    * ``empty``: the message where the list has no object; without it, the list may be empty.
    * ``check(item)``: may refuse an object whose fields are right, by raising :class:`~..errors.Invalid`.

    A form sends ``name.0.field``, ``name.1.field`` and so on, or, where an object has one field only, a text with one
    object on a line:

    * ``titles``: what a form calls the objects; it offers as many as there are titles.
    * ``asks``: the names of the fields that it shows, in this order.
    * ``fixed``: values of the first objects that a user cannot change.
    """

    kind, options_type, widget = "objects", "nested object", "objects"

    def __init__(
        self,
        schema: type[Schema],
        *,
        empty: str = "",
        check: Callable[[dict[str, Any]], None] | None = None,
        titles: tuple[str, ...] = ("",),
        asks: tuple[str, ...] = (),
        fixed: tuple[dict[str, Any], ...] = (),
        **kwargs: Any,
    ):
        kwargs.setdefault("load_only", True)
        super().__init__(**kwargs)
        self.schema, self.empty, self.check, self.titles = schema, empty, check, titles
        self.asks, self.fixed = asks, fixed

    def described(self, components: Components, role: str) -> dict[str, Any]:
        return {"type": "array", "items": components.reference(self.schema, role)}

    def typed(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string"}}

    @property
    def only_field(self) -> str:
        """The one field that an object has, nothing where it has more."""
        names = list(self.schema().load_fields)
        return names[0] if len(names) == 1 else ""

    def deserialize(
        self, value: Any, attr: str | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        if isinstance(data, FormData):
            if isinstance(value, str) and (only := self.only_field):
                value = [{only: line.strip()} for line in value.splitlines() if line.strip()]
            elif parts := data.parts(attr):
                value = parts
        return super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError(_refused(f'Expected a list of items but got type "{type(value).__name__}".'))
        if not value and self.empty:
            raise ValidationError(self.empty)
        items: list[dict[str, Any]] = []
        errors: list[Any] = []
        for each in value:
            try:
                items.append(self._item(each))
                errors.append({})
            except Invalid as wrong:
                errors.append(wrong.body)
        if any(errors):
            raise ValidationError(errors)
        return items

    def _item(self, value: object) -> dict[str, Any]:
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
