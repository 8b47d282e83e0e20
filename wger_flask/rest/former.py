"""Take the fields that a resource had in an earlier release, until the clients that send them are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..storage.model import Model
from .errors import Invalid
from .schema import Schema, parse

if TYPE_CHECKING:
    from .call import Call


@dataclass(frozen=True, slots=True)
class FormerFields:
    """Fields of an earlier release that bodies (POST, PUT, PATCH, uploads) may still have; answers do not have them.

    * ``schema``: how they are read, an empty text as null.  All its fields allow null, none is required, and none has
      the name of a field of today.
    * ``translate(call, given, row)``: returns a dictionary of today's fields by name.  ``given`` holds the former
      fields that the body has, parsed, and is never empty; ``row`` is the row before the change, None for a new one.
      Where the body has a field of today as well, that one counts.
    """

    schema: type[Schema]
    translate: Callable[[Call, dict[str, Any], Any], dict[str, Any]]

    def read(self, call: Call, row: Model | None) -> dict[str, Any]:
        """Return today's fields that the former ones in the body of ``call`` stand for, by name.

        Raises :class:`Invalid` (400) for the first that is wrong.
        """
        names = self.schema._declared_fields
        body = {name: None if call.body[name] == "" else call.body[name] for name in names if name in call.body}
        if not body:
            return {}
        given, errors = parse(self.schema, body, partial=True)
        for name in names:
            if name in errors:
                raise Invalid({name: errors[name]})
        return self.translate(call, given, row)
