"""Turn rows as drivers give them into rows of Python values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from .dialects.base import AnyDialect
from .model import Model, column_at, decoder_of
from .predicates import Clause
from .statements import COMPILED_SHAPES
from .types import Row


def decoded(found: list[Row], decoders: list[tuple[int, Callable[[Any], Any]]]) -> list[Row]:
    """Return the rows ``found``, of which ``decoders`` read some places."""
    if not found or not decoders:
        return found
    values: list[Iterable[Any]] = list(zip(*found, strict=True))
    for place, decode in decoders:
        values[place] = map(decode, values[place])
    return list(zip(*values, strict=True))


@lru_cache(COMPILED_SHAPES)
def decoders_of(
    dialect: AnyDialect, model: type[Model], columns: tuple[str | Clause, ...]
) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return the places of those columns that drivers give in another type, and what reads each."""
    fields = [column_at(model, column) if isinstance(column, str) else None for column in columns]
    decoders = ((place, decoder_of(field)) for place, field in enumerate(fields) if field is not None)
    return [(place, decode) for place, decode in decoders if decode is not None]
