"""Cut lists of keys, or of rows, into parts that one statement can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 500
"""Values in a statement: far below what any database takes, and few enough for its planner."""


def chunks(values: Sequence[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Yield ``values`` in order, in lists of ``size``; the last one may be shorter."""
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
