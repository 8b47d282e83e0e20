"""Write and read a great many rows, and ask what they point at.

One statement is compiled for each model and run for many rows by the driver, with values
that are spelled as the database stores them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import peewee

from .database import database
from .dialects.base import AnyDialect
from .links import Link
from .model import Model, key_of
from .predicates import any_of
from .query import Selection
from .statements import Slots, compile_query, tuples_of
from .types import Row
from .write_transaction import encoded

# The last two are what drivers raise for integers and texts that no database could store.
_REFUSALS = (peewee.IntegrityError, peewee.DataError, OverflowError, UnicodeError)


# Peewee's own, which its stubs leave out: what drivers raise is raised as Peewee's exceptions
_TRANSLATED: AbstractContextManager[None] = peewee.__exception_wrapper__  # type: ignore[attr-defined]


class Upsert:
    """Write rows of ``model``, replacing those whose primary key is there already.

    ``names`` are the fields that each row gives, in order.  Unless it ``replaces`` rows, those that are there are
    refused.
    """

    def __init__(self, model: type[Model], names: Sequence[str], replaces: bool = True):
        meta = model._meta
        key = key_of(model)
        slots = Slots()
        columns = [meta.fields[name] for name in names]
        query = model.insert_many([[slots.take() for _ in columns]], fields=columns)
        if replaces and key.name in names:
            others = [column for column in columns if column.name != key.name]
            query = query.on_conflict(conflict_target=[key], preserve=others)
        self._sql = compile_query(query.returning()).sql

    def write(self, rows: Sequence[Row]) -> list[tuple[Row, Exception]]:
        """Write ``rows`` and return those that the database refused, each with its objection.

        Where some were refused, others are tried more than once.
        """
        held = database.obj
        try:
            with held.dialect.savepoint(held), _TRANSLATED:
                held.cursor().executemany(self._sql, rows)
            return []
        except _REFUSALS as objection:
            if len(rows) == 1:
                return [(rows[0], objection)]
        middle = len(rows) // 2
        return self.write(rows[:middle]) + self.write(rows[middle:])


def upsert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Store many rows at once, replacing those whose primary key is there already; listeners are not told.

    ``names`` are the columns that each row gives in Python's own values.  Raises the objection of the database
    to the first row that it refuses.
    """
    columns = tuple(names)
    stored = [tuple(encoded(model, columns, row)) for row in rows]
    for _, objection in _upsert(database.obj.dialect, model, columns).write(stored) if stored else ():
        raise objection


@lru_cache(64)
def _upsert(dialect: AnyDialect, model: type[Model], names: tuple[str, ...]) -> Upsert:
    return Upsert(model, names)


def insert(model: type[Model], names: Sequence[str], row: Sequence[object]) -> object:
    """Write one row, its values spelled as the database stores them, and return its generated key."""
    values = {name: peewee.Value(value, converter=False) for name, value in zip(names, row, strict=True)}
    return model.insert(**values).execute()


def dangling(model: type[Model]) -> Iterator[tuple[object, str, object]]:
    """Yield the references of ``model`` to rows that do not exist: primary key, field name, value."""
    key = key_of(model)
    for reference in model._meta.refs:
        target = reference.rel_model.alias()
        theirs = getattr(target, reference.rel_field.name)
        query = (
            model.select(key, reference)
            .join(target, peewee.JOIN.LEFT_OUTER, on=(reference == theirs))
            .where(reference.is_null(False), theirs.is_null())
        )
        for key_of_row, value in tuples_of(query):
            yield key_of_row, reference.name, value


def raw_links(link: Link, keys: Sequence[object]) -> dict[object, list[Any]]:
    """Return, as drivers give them, the keys to which ``link`` leads from each of the rows ``keys``, in order."""
    found: dict[object, list[Any]] = {key: [] for key in keys}
    source, target = link.source, link.target
    linked = Selection(link.through, (any_of(source, keys, raw=True),), (target.name,))
    for key, other in linked.raw_rows((source.name, target.name)):
        found[key].append(other)
    return found
