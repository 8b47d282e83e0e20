"""Types for what Peewee and the drivers leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import peewee

if TYPE_CHECKING:
    from .dialects.base import Database

Row = tuple[Any, ...]
"""A row of a table or of an answer: its values differ in type."""

Expression = peewee.ColumnBase
"""What stands for a value in SQL: a column, a function of columns, a condition."""

Reader = Callable[[Any], object]
"""What turns a stored value, never None, into one for JSON."""


D = TypeVar("D", bound="Database")
"""The class of a database of one kind."""


class Cursor(Protocol):
    """What executing SQL gives, whichever driver does it (PEP 249)."""

    lastrowid: int
    rowcount: int

    def fetchone(self) -> Any:
        """Return the next row, None after the last one."""

    def fetchmany(self, size: int, /) -> list[Any]:
        """Return the next ``size`` rows, less only at the end."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def close(self) -> None:
        """Leave the rest of the rows."""

    def __iter__(self) -> Iterator[Any]: ...

    def executemany(self, sql: str, rows: Sequence[Row], /) -> object:
        """Execute a statement once a row."""
