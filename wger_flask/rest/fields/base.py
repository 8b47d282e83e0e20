"""What every wire field is: how it is read from a body, how a raw column value becomes JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

import marshmallow
from marshmallow import missing

from ...storage.dialects.base import Dialect

REQUIRED = "This field is required."
NULL = "This field may not be null."


class Field(marshmallow.fields.Field):
    """The base of the wire fields.

    ``dump_only`` fields are ignored on input.  ``label`` and ``help`` are for people.
    """

    kind = "field"
    default_error_messages = {"required": REQUIRED, "null": NULL}

    def __init__(self, *, label: str | None = None, help: str = "", link: str | None = None, **kwargs):
        super().__init__(**kwargs)
        self.label, self.help, self.link = label, help, link

    def raw(self, dialect: Dialect, zone: tzinfo) -> Callable | None:
        """Return what turns a raw column value (never None) into JSON, or None for nothing."""
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
