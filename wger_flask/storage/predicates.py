"""Conditions on rows, as values: what is compared, with what, and a name for the shape of it.

The name is what lets :mod:`.query` compile the SQL of a shape once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import peewee

from .model import Model

# Lists of values are padded to these lengths, so that they have few shapes.
PADDED = (1, 2, 4, 8, 16, 24, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition: ``build(*placeholders)`` gives the expression that ``key`` names.

    ``values`` (as the database stores them) take the places of the placeholders, in order.
    With a ``path`` along references, ``build`` first gets the column that it leads to.
    Two clauses with the same key must build the same expression from as many placeholders;
    they are equal, whatever their values: equality is about shape.
    """

    key: Hashable
    build: Callable[..., peewee.Expression] = field(compare=False)
    values: tuple = field(default=(), compare=False)
    path: str = ""


def equals(column: peewee.Field, value) -> Clause:
    """Return the clause ``column = value``, or ``column IS NULL`` for None."""
    if value is None:
        return Clause((column.model, column.name, "null"), column.is_null)
    return Clause((column.model, column.name, "="), lambda slot: column == slot, (column.db_value(value),))


def any_of(column: peewee.Field, values: Sequence, *, raw: bool = False) -> Clause:
    """Return the clause ``column IN (values)``; no value at all matches nothing.

    ``raw`` values came from rows just as the database holds them and need no conversion.
    """
    stored = pad(list(values) if raw else [column.db_value(value) for value in values])
    if not stored:
        return Clause("nothing", lambda: peewee.SQL("1 = 0"))
    return Clause((column.model, column.name, "in", len(stored)), lambda *slots: column.in_(slots), tuple(stored))


def along(model: type[Model], path: tuple[str, ...], value) -> Clause:
    """Return the clause that following references from ``model`` along ``path`` leads to the key ``value``.

    None leads nowhere: nothing matches.
    """
    # Tables on the way are joined: the database begins at whichever end is narrower, the row or the user.
    return Clause((model, "along"), lambda column, slot: column == slot, (value,), ".".join(path))


def pad(values: list) -> list:
    """Repeat the last of ``values`` until their number is one of a few."""
    size = next((size for size in PADDED if size >= len(values)), len(values)) if values else 0
    return values + values[-1:] * (size - len(values))
