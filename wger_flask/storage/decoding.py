"""Turn rows as drivers give them into rows of Python values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from .columns import DateTime, Known
from .dialects.base import AnyDialect
from .model import Model, column_at, decoder_of
from .predicates import Clause
from .statements import COMPILED_SHAPES
from .types import Row

_AT_ONCE = 1000  # rows: their values stay near to the processor

Decoder = tuple[int, Callable[[Any], Any]]
"""The place of a column, and what reads its values."""


def decoded(found: list[Row], decoders: list[Decoder]) -> list[Row]:
    """Return the rows ``found``, of which ``decoders`` read some places."""
    if not found or not decoders:
        return found
    if len(found) == 1:  # as very often; columns of single values take longer to make
        row = list(found[0])
        for place, decode in decoders:
            row[place] = decode(row[place])
        return [tuple(row)]
    rows: list[Row] = []
    for start in range(0, len(found), _AT_ONCE):
        values: list[Iterable[Any]] = list(zip(*found[start : start + _AT_ONCE], strict=True))
        for place, decode in decoders:
            values[place] = map(decode, values[place])
        rows += zip(*values, strict=True)
    return rows


@lru_cache(COMPILED_SHAPES)
def decoders_of(dialect: AnyDialect, model: type[Model], columns: tuple[str | Clause, ...]) -> list[Decoder]:
    """Return the places of those columns that drivers give in another type, and what reads each."""
    decoders = []
    for place, column in enumerate(columns):
        field = column_at(model, column) if isinstance(column, str) else None
        decode = decoder_of(field) if field is not None else None
        if decode is not None:
            # The rows that lead to one row have its values, of which moments take longest to read.
            is_shared = "." in str(column) and isinstance(field, DateTime)
            decoders.append((place, _moments(dialect).__getitem__ if is_shared else decode))
    return decoders


@lru_cache(1)
def _moments(dialect: AnyDialect) -> Known:
    """Return the moments that were read of late, whatever their column: one cache for the database that is open."""
    return Known(lambda value: None if value is None else dialect.read_moment(value))
