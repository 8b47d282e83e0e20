"""Spell what the database stores of a column as Django's ``dumpdata`` does; :mod:`.columns` reads it again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

import peewee

from ..storage import columns
from ..storage.database import database
from ..storage.types import Reader

_WHOLE_MILLISECONDS, _LENGTH = "000Z", len("2024-01-02T09:11:12.123000Z")


def speller_of(field: peewee.Field) -> Reader | None:
    """Return what spells a value of ``field``, as the driver gives it and not None; None where it goes out as it is."""
    held: peewee.Field = field.rel_field if isinstance(field, columns.ForeignKey) else field
    for kind, make in _SPELLERS:
        if isinstance(held, kind):
            return make(held)
    raise TypeError(f"nothing spells {field!r}")


def _moment(field: columns.DateTime) -> Reader:
    spell = database.obj.dialect.wire_moment(UTC)

    def spelled(value: object) -> str:
        # Django writes milliseconds and drops the rest, which a row would lack when it is back.
        text = str(spell(value))
        return f"{text[:-4]}Z" if len(text) == _LENGTH and text.endswith(_WHOLE_MILLISECONDS) else text

    return spelled


_SPELLERS: tuple[tuple[type[peewee.Field], Callable[[Any], Reader | None]], ...] = (
    (columns.Boolean, lambda field: database.obj.dialect.wire_boolean),
    (columns.DateTime, _moment),
    (columns.Date, lambda field: database.obj.dialect.wire_date),
    (columns.Time, lambda field: database.obj.dialect.wire_time),
    (columns.Decimals, lambda field: database.obj.dialect.wire_decimal(field.places)),
    (columns.UUID, lambda field: database.obj.dialect.wire_uuid),
    (columns.Json, lambda field: database.obj.dialect.wire_json),
    (peewee.IntegerField, lambda field: None),
    (columns.Float, lambda field: None),
    (columns.Char, lambda field: None),
    (columns.Text, lambda field: None),
)
