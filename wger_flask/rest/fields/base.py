"""What every wire field is: how it is read from a body, how a raw column value becomes JSON."""

from __future__ import annotations

from collections.abc import Callable

import marshmallow
from marshmallow import missing

from ...storage.dialects.base import Dialect

REQUIRED = "This field is required."
NULL = "This field may not be null."


class Field(marshmallow.fields.Field):
    """The base of all fields, with the options that each of them takes (marshmallow's, and three more).

    * ``required=True``: a body without it is refused, except by PATCH.
    * ``allow_none=True``: null is a value.
    * ``load_default=``: the value where a body has none, or a function that returns it.  Without it the column's own
      default holds.
    * ``dump_only=True``: answers have it, bodies cannot set it; ``load_only=True``: bodies may have it, answers do not.
    * ``data_key="name"``: the key in JSON, where it is not the name of the field.
    * ``attribute="exercise.uuid"``: the column, where it has another name; a dotted path follows references and makes
      the field read-only in effect.
    * ``validate=``: a function (or several) of the parsed value that raises ``marshmallow.ValidationError`` with a
      message.
    * ``label``: what pages call it; ``help``: a sentence or a unit, for pages, OpenAPI and OPTIONS.
    * ``link``: the name of the resource that a value, which is no reference, leads to on pages.
    """

    kind = "field"
    fits: tuple[type, ...] = ()  # the kinds of column that hold its values; any, where none is named
    default_error_messages = {"required": REQUIRED, "null": NULL}

    def __init__(self, *, label: str | None = None, help: str = "", link: str | None = None, **kwargs):
        super().__init__(**kwargs)
        self.label, self.help, self.link = label, help, link

    def raw(self, dialect: Dialect) -> Callable | None:
        """Return the function that turns a raw column value (never None) into JSON, or None where it stays as it is."""
        return None

    def wire(self, value):
        """Turn a Python value (never None) into JSON."""
        return value

    def _serialize(self, value, attr, obj, **kwargs):
        return None if value is None else self.wire(value)

    def get_value(self, obj, attr, accessor=None, default=missing):
        found = super().get_value(obj, attr, accessor, default)
        # A path along a reference that is null leads to null, not to an absent key.
        return None if found is missing and "." in (self.attribute or "") else found
