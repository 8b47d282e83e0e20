"""Write single rows with SQL that is compiled once for each set of columns.

Reading has :mod:`.query`; this is its counterpart.  Peewee's own ``create`` and ``save``
do the same and are fine wherever a request does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import peewee

from .columns import ForeignKey
from .database import database
from .dialects.base import AnyDialect
from .model import M, Model, touch
from .signals import tell_changed, tell_created
from .statements import COMPILED_SHAPES, Slots, Statement, compile_query


def insert(row: M) -> M:
    """Store the new ``row`` and return it with its key: ``insert(Nap(user=user.id, minutes=20))``.

    Raises ``IntegrityError`` where a unique index or a reference does not allow it; in a request that becomes a 400.
    """
    touch(row)
    meta, data, held = row._meta, row.__data__, database.obj
    names = tuple(name for name in meta.sorted_field_names if name in data)
    cursor = _insert(held.dialect, type(row), names).run(_stored(row, names))
    key = meta.primary_key.name
    if key not in data:
        setattr(row, key, cursor.fetchone()[0] if held.returning_clause else cursor.lastrowid)
    row._dirty.clear()
    tell_created(row)
    return row


def update(row: Model, names: Iterable[str]) -> Model:
    """Store the columns ``names`` of ``row``, which exists, and those that are declared ``touched``.

    Names that are no columns are ignored.
    """
    known = row._meta.combined
    changed = tuple(dict.fromkeys(known[name].name for name in (*names, *touch(row)) if name in known))
    if changed:
        key = row._meta.primary_key.name
        _update(database.obj.dialect, type(row), changed).run(_stored(row, (*changed, key)))
    row._dirty.clear()
    if changed:
        tell_changed(row, changed)
    return row


def _stored(row: Model, names: tuple[str, ...]) -> list[object]:
    return encoded(type(row), names, map(row.__data__.__getitem__, names))


def encoded(model: type[Model], names: tuple[str, ...], values: Iterable[object]) -> list[object]:
    """Return what the database holds for Python ``values`` of the columns ``names``."""
    return [
        value if value is None or is_whole and type(value) is int else encode(value)
        for value, (is_whole, encode) in zip(values, _encoders(model, names), strict=True)
    ]


@lru_cache(COMPILED_SHAPES)
def _encoders(model: type[Model], names: tuple[str, ...]) -> list[tuple[bool, Callable[[Any], object]]]:
    """Return, for each column, whether it holds whole numbers, which are stored as they are, and what encodes it."""
    columns = [model._meta.fields[name] for name in names]
    held = [column.rel_field if isinstance(column, peewee.ForeignKeyField) else column for column in columns]
    return [
        (isinstance(kept, peewee.IntegerField), (kept if type(column) is ForeignKey else column).db_value)
        for column, kept in zip(columns, held, strict=True)
    ]


@lru_cache(COMPILED_SHAPES)
def _insert(dialect: AnyDialect, model: type[Model], names: tuple[str, ...]) -> Statement:
    slots = Slots()
    return compile_query(model.insert({model._meta.fields[name]: slots.take() for name in names}))


@lru_cache(COMPILED_SHAPES)
def _update(dialect: AnyDialect, model: type[Model], names: tuple[str, ...]) -> Statement:
    slots = Slots()
    values = {model._meta.fields[name]: slots.take() for name in names}
    return compile_query(model.update(values).where(model._meta.primary_key == slots.take()))
