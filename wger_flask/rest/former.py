"""Take the fields that a resource had in an earlier release, until the clients that send them are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..storage.model import Model
from .errors import Invalid
from .schema import Schema, parse

if TYPE_CHECKING:
    from .dispatch import Call


@dataclass(frozen=True, slots=True)
class FormerFields:
    """Fields that bodies may still have, POST, PUT, PATCH and uploads alike; no answer and no document names them.

    * ``schema``: how they are read, an empty text as null.  Its fields take null, none is required, and none has the
      name of one of today's.
    * ``translate(call, given, row)``: returns the fields of today that they come to, by name.  ``given`` holds those
      of the body, as read, and is never empty; ``row`` is the row as it was, None for a new one.  What the body says
      in the names of today counts more.
    """

    schema: type[Schema]
    translate: Callable[[Call, dict, Model | None], dict]

    def read(self, call: Call, row: Model | None) -> dict:
        """Return what the former fields in the body of ``call`` come to; raises ``Invalid`` for the first wrong one."""
        names = self.schema._declared_fields
        body = {name: None if call.body[name] == "" else call.body[name] for name in names if name in call.body}
        if not body:
            return {}
        given, errors = parse(self.schema, body, partial=True)
        for name in names:
            if name in errors:
                raise Invalid({name: errors[name]})
        return self.translate(call, given, row)
