"""Whose rows are whose: the query enforces it, so that no view can forget it.

``owned_by("slot.day.routine.user")`` follows references from the row to its user. ``checks`` names the references in a
body that must lead to rows of the same user, and how those rows lead to the user. A resource with checks, even if they
are empty, refuses a body that is no object in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError

from ..storage.keys import storable
from ..storage.model import Model, columns_of, key_of, target_of
from ..storage.predicates import Clause, along, equals
from ..storage.query import Selection
from .errors import ApiError, NotYours
from .fields.references import parse_reference


@dataclass(frozen=True, slots=True)
class Ownership:
    """The way from a row to the user it belongs to."""

    path: tuple[str, ...]
    checks: Mapping[str, str] | None = None

    def clause(self, model: type[Model], user_id: int | None) -> Clause:
        """Return the condition that a row of ``model`` belongs to the user with a key; for None, no row does."""
        return along(model, self.path, user_id)

    @property
    def direct(self) -> str | None:
        """The name of the column that holds the user, None where the row has no such column itself."""
        return self.path[0] if len(self.path) == 1 else None

    def own_rows(self, model: type[Model], body: dict[str, Any], user_id: int) -> list[Selection]:
        """Return, for each row that ``body`` refers to and that must be the user's own, a selection of it.

        Malformed values pass: validation refuses them later and names the field.  Raises :class:`NotYours` for a value
        that cannot be a key of any row.
        """
        asked = []
        for name, path in (self.checks or {}).items():
            value = body.get(name)
            if value is None or value == "":
                continue
            target, steps = _checked(model, name, path)
            try:
                # Whether the type is right is for validation to say: here, true is as good as 1.
                key = parse_reference(target, int(value) if isinstance(value, bool) else value)
            except ValidationError:
                continue
            if not storable(key):
                raise NotYours()
            wanted = equals(key_of(target), key)
            asked.append(Selection(target, (wanted, along(target, steps, user_id))))
        return asked


@lru_cache(None)
def _checked(model: type[Model], name: str, path: str) -> tuple[type[Model], tuple[str, ...]]:
    return target_of(columns_of(model)[name]), tuple(path.split("."))


def owned_by(path: str, checks: Mapping[str, str] | None = None) -> Ownership:
    """Declare that rows belong to the user at the end of ``path``: ``owned_by("day.routine.user")``.

    Users then see, change and delete their own rows only: the query says so.  ``checks`` maps references that a
    body may hold to the way from their rows to a user: ``checks={"day": "routine.user"}``; a body that points at
    a row of another user gets 403.
    """
    return Ownership(tuple(path.split(".")), None if checks is None else dict(checks))


class NotADictionary(ApiError):
    """400: a body that is no object, in the words of the resources that check ownership."""

    def __init__(self) -> None:
        super().__init__(["Request data is not a dictionary"])
