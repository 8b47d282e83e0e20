"""Keep the edit history of a table in a second one, as wger does.

Each save adds a copy of the row with its kind (``+`` made, ``~`` changed, ``-`` deleted), its
moment and who did it.  The authors of a text are read from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import peewee

from . import columns as fields
from .database import database
from .model import Model, encode, make_model
from .predicates import pad
from .statements import COMPILED_SHAPES, Slots, Statement, compile_query

if TYPE_CHECKING:
    from .dialects.base import AnyDialect

KINDS = {"created": "+", "changed": "~", "deleted": "-"}


def history(model: type[Model], table: str, label: str, user: type[Model]) -> type[Model]:
    """Return a model for the history of ``model``, with the table ``table``.

    References become nullable and have no constraint: history stays when the row that it is about is deleted.
    """
    columns: dict[str, Any] = {"__module__": model.__module__}
    for field in model._meta.sorted_fields:
        columns[field.name] = _copy(field)
    columns.update(
        history_id=fields.Auto(),
        history_date=fields.DateTime(default=fields.now, index=True),
        history_change_reason=fields.Char(max_length=100, null=True),
        history_type=fields.Char(max_length=1),
        history_user=fields.ForeignKey(user, null=True, backref="+", cascade="null"),
    )
    newest_first = ("-history_date", "-history_id")
    made = make_model(
        f"Historical{model.__name__}", columns, Model, table_name=table, label=label, ordering=newest_first
    )
    model._meta.history = made
    return made


def record(row: Model, kind: str, user_id: int | None) -> None:
    """Add a copy of ``row`` to its history; ``kind`` is ``created``, ``changed`` or ``deleted``."""
    made = row._meta.history
    values = {field.name: row.__data__.get(field.name) for field in row._meta.sorted_fields}
    made.create(**values, history_type=KINDS[kind], history_user=user_id)


def versions(reference: fields.ForeignKey, keys: Sequence[object], column: str) -> list[tuple[Any, Any]]:
    """Return the values of ``column`` in every edit of the rows that still exist and refer to one of ``keys``.

    ``reference`` says whom a row belongs to.  Pairs of what it is now and what the column was, in the order of
    the edits; both are columns of numbers or texts.
    """
    stored = pad([encode(reference, key) for key in keys])
    return _versions(database.obj.dialect, reference, len(stored), column).run(stored).fetchall() if stored else []


@lru_cache(COMPILED_SHAPES)
def _versions(dialect: AnyDialect, reference: fields.ForeignKey, number: int, column: str) -> Statement:
    model: type[Model] = reference.model
    made: Any = model._meta.history
    slots = Slots()
    query = made.select(reference, getattr(made, column)).join(model, on=(model._meta.primary_key == made.id))
    return compile_query(query.where(reference.in_([slots.take() for _ in range(number)])).order_by(made.history_id))


def _copy(field: peewee.Field) -> peewee.Field:
    indexed = field.primary_key or field.unique or field.index
    common = {"column_name": field.column_name, "null": field.null, "index": indexed}
    if isinstance(field, peewee.ForeignKeyField):
        target = field.rel_field
        kind = fields.UUID if isinstance(target, fields.UUID) else fields.Integer
        return kind(column_name=field.column_name, null=True, index=True)
    if isinstance(field, peewee.AutoField):
        return fields.Integer(column_name=field.column_name, index=True)
    if isinstance(field, fields.Decimals):
        return fields.Decimals(field.max_digits, field.places, **common)
    if isinstance(field, fields.File):
        return fields.Text(**common)
    if isinstance(field, peewee.CharField):
        return type(field)(max_length=field.max_length, **common)
    return type(field)(**common)
