"""Keep the edit history of a table in a second one, as wger does.

Each save adds a copy of the row with its kind (``+`` made, ``~`` changed, ``-`` deleted), its
moment and who did it.  The authors of a text are read from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Any

import peewee

from . import columns as fields
from .database import database
from .dialects.base import AnyDialect
from .model import Model, encode_each, make_model
from .predicates import pad
from .statements import COMPILED_SHAPES, Slots, Statement, compile_query

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


def versions(
    references: Sequence[peewee.Field[Any]], keys: Sequence[object], column: str
) -> list[tuple[int, Any, Any]]:
    """Return the values of ``column`` in every edit of the rows that still exist and refer to one of ``keys``.

    ``references`` say whom a row belongs to: a reference, or the key of a model for its own rows.  One query for all of
    them.  Triples of the number of the reference, counted from 0, what it is now, and what the column was, by reference
    and in the order of the edits; all are columns of numbers or texts.
    """
    stored = pad(encode_each(references[0], keys))
    if not stored:
        return []
    statement = _versions(database.obj.dialect, tuple(references), len(stored), column)
    return [(part, key, value) for part, _, key, value in statement.run(stored * len(references)).fetchall()]


@lru_cache(COMPILED_SHAPES)
def _versions(dialect: AnyDialect, references: tuple[peewee.Field[Any], ...], number: int, column: str) -> Statement:
    slots, parts = Slots(), []
    for part, reference in enumerate(references):
        model: type[Model] = reference.model
        made: Any = model._meta.history
        wanted = reference.in_([slots.take() for _ in range(number)])
        query = made.select(peewee.SQL(str(part)), made.history_id, reference, getattr(made, column))
        parts.append(query.join(model, on=(model._meta.primary_key == made.id)).where(wanted))
    whole = reduce(lambda query, more: query.union_all(more), parts)
    return compile_query(whole.order_by(peewee.SQL("1"), peewee.SQL("2")))


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
