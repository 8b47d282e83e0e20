"""One module a database; the scheme of its URL chooses.

A difference between databases is a named question on :class:`~.base.Dialect`, answered in
the module of each: nothing else asks which one it is talking to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import SplitResult

if TYPE_CHECKING:
    from .base import Database
    from .wait_limits import Line


def _sqlite(url: str, parts: SplitResult, line: Line, direct: str, replicas: Sequence[str]) -> Database:
    from .sqlite import open_sqlite

    if direct or replicas:
        raise ValueError(
            "a database in a file has neither another address nor replicas: leave WGER_DATABASE_DIRECT_URL and "
            "WGER_DATABASE_REPLICAS out"
        )
    return open_sqlite(url, parts, line)


def _postgresql(url: str, parts: SplitResult, line: Line, direct: str, replicas: Sequence[str]) -> Database:
    from .postgresql_database import open_postgresql

    return open_postgresql(url, parts, line, direct, replicas)


DIALECTS = {"sqlite": _sqlite, "postgresql": _postgresql, "postgres": _postgresql}
