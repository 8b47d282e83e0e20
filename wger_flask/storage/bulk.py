"""Write a great many rows, and ask what they point at.

One statement is compiled for each model and run for many rows by the driver, with values
that are already spelled as the database stores them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import peewee

from .database import database
from .model import Model
from .statements import Slots, compile_query

# The last two are what drivers raise for integers and texts that no database could store.
_REFUSALS = (peewee.IntegrityError, peewee.DataError, OverflowError, UnicodeError)


class Upsert:
    """Write rows of ``model``, replacing those whose primary key is there already.

    ``names`` are the fields that each row gives, in order.
    """

    def __init__(self, model: type[Model], names: Sequence[str]):
        meta = model._meta
        key = meta.primary_key
        slots = Slots()
        columns = [meta.fields[name] for name in names]
        query = model.insert_many([[slots.take() for _ in columns]], fields=columns)
        if key.name in names:
            others = [column for column in columns if column.name != key.name]
            query = query.on_conflict(conflict_target=[key], preserve=others)
        self._sql = compile_query(query.returning()).sql

    def write(self, rows: Sequence[tuple]) -> list[tuple[tuple, Exception]]:
        """Write ``rows`` and return those that the database refused, each with its objection.

        Where some were refused, others are tried more than once.
        """
        held = database.obj
        try:
            with held.dialect.savepoint(held), peewee.__exception_wrapper__:
                held.cursor().executemany(self._sql, rows)
            return []
        except _REFUSALS as objection:
            if len(rows) == 1:
                return [(rows[0], objection)]
        middle = len(rows) // 2
        return self.write(rows[:middle]) + self.write(rows[middle:])


def upsert(model: type[Model], names: Sequence[str], rows: Sequence[Sequence]) -> None:
    """Store many rows at once, replacing those whose primary key is there already; nobody who listens is told.

    ``names`` are the columns that each row gives in Python's own values.  Raises the objection of the database
    to the first row that it refuses.
    """
    fields = [model._meta.fields[name] for name in names]
    stored = [tuple(field.db_value(value) for field, value in zip(fields, row, strict=True)) for row in rows]
    for _, objection in Upsert(model, names).write(stored) if stored else ():
        raise objection


def insert(model: type[Model], names: Sequence[str], row: Sequence) -> object:
    """Write one row, its values spelled as the database stores them, and return its generated key."""
    values = {name: peewee.Value(value, converter=False) for name, value in zip(names, row, strict=True)}
    return model.insert(**values).execute()


def dangling(model: type[Model]) -> Iterator[tuple[object, str, object]]:
    """Yield the references of ``model`` to rows that do not exist: primary key, field name, value."""
    key = model._meta.primary_key
    for reference in model._meta.refs:
        target = reference.rel_model.alias()
        theirs = getattr(target, reference.rel_field.name)
        query = (
            model.select(key, reference)
            .join(target, peewee.JOIN.LEFT_OUTER, on=(reference == theirs))
            .where(reference.is_null(False), theirs.is_null())
        )
        for row in query.tuples():
            yield row[0], reference.name, row[1]
