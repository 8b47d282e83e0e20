"""Find the latest moment among rows and what refers to them, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

import peewee

from .database import database
from .decoding import decoded
from .model import decoder_of, encode_each
from .predicates import pad
from .statements import COMPILED_SHAPES, Slots, Statement, compile_query


def latest(references: Sequence[peewee.Field[Any]], keys: Sequence[object], column: str) -> dict[Any, datetime]:
    """Return the latest moment in ``column`` of all rows that refer to each of ``keys``, by key.

    ``references`` are references, or the key of a model for its own rows; all models have the column.
    """
    stored = pad(encode_each(references[0], keys))
    if not stored:
        return {}
    statement = _latest(database.obj.dialect, tuple(references), len(stored), column)
    moment = getattr(references[0].model, column)
    decoders = [(place, read) for place, read in enumerate(map(decoder_of, (references[0], moment))) if read]
    return dict(decoded(statement.run(stored * len(references)).fetchall(), decoders))


@lru_cache(COMPILED_SHAPES)
def _latest(dialect: object, references: tuple[peewee.Field[Any], ...], number: int, column: str) -> Statement:
    slots, parts = Slots(), []
    for reference in references:
        wanted = reference.in_([slots.take() for _ in range(number)])
        moment = getattr(reference.model, column)
        parts.append(reference.model.select(reference.alias("owner"), moment.alias("moment")).where(wanted))
    whole = reduce(lambda query, more: query.union_all(more), parts)
    owner, moment = whole.c.owner, whole.c.moment
    return compile_query(peewee.Select([whole], [owner, peewee.fn.MAX(moment)]).group_by(owner))
