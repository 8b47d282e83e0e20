"""Give the same record the same key, whenever it comes: so that a repeated import finds what it wrote before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from wger_flask.api import Selection, any_of
from wger_flask.storage.chunks import chunks

_NAMESPACE = UUID("5b0c8a2e-5f0f-5a86-9d39-0f2f9c7f6b11")


def row_key(user: int, *natural: object) -> UUID:
    """Return the key of the row of ``user`` that a record becomes, told from others by its natural key.

    Give moments as the file spells them: a profile may get another zone between two imports.
    """
    return uuid5(_NAMESPACE, "\x1f".join(str(part) for part in (user, *natural)))


def owners_of(model: type[Any], keys: Sequence[UUID], owner: str = "user") -> dict[UUID, int]:
    """Return whose the rows with these keys are, of those that there are: clients may choose keys, too.

    ``owner`` is the path to the user from a row.
    """
    found: dict[UUID, int] = {}
    for some in chunks(keys):
        found |= dict(Selection(model, (any_of(model.id, some),)).rows(("id", owner)))
    return found
