"""Tables that dumps of earlier releases have and this one does not: loaded as they were, then made what they became.

Their table exists for the length of an import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..auth.models import User
from ..storage import columns
from ..storage.body_weights import WEIGHTS, move_weights
from ..storage.database import database
from ..storage.model import Model, label_of
from .keys import uuid_of

_SHORTEST_UUID = 32


class WeightEntry(Model):
    """A body weight, in the unit of its user's profile."""

    id = columns.Auto()
    uuid = columns.UUID(default=columns.uuid7)
    date = columns.DateTime()
    weight = columns.Decimals(5, 2)
    user = columns.ForeignKey(User, backref="+")

    class Meta:
        table_name = WEIGHTS
        label = "weight.weightentry"


def _with_uuid(key: object, fields: dict) -> dict:
    """Return the fields with the UUID that the row has from now on; 2.5 only numbered weights."""
    key = fields.get("id") if key is None else key
    number = int(key) if type(key) is str and key.isdecimal() and len(key) < _SHORTEST_UUID else key
    if "uuid" in fields or type(number) is not int:
        return fields
    return {**fields, "uuid": str(uuid_of(label_of(WeightEntry), number))}


@dataclass(frozen=True, slots=True)
class Former:
    """A model that was: ``complete(key, fields)`` adds what rows lack, ``finish()`` moves them to their new table."""

    model: type[Model]
    complete: Callable[[object, dict], dict]
    finish: Callable[[], None]

    def prepare(self) -> None:
        """Make the table, where the database has none of that name any more."""
        self.model.create_table(safe=True)
        database.obj.__dict__.pop("known_tables", None)


FORMER = {label_of(WeightEntry): Former(WeightEntry, _with_uuid, move_weights)}
