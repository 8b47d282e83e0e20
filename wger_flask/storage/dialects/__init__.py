"""One module a database; the scheme of its URL chooses.

A difference between databases is a named question on :class:`~.base.Dialect`, answered in
the module of each: nothing else asks which one it is talking to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult

if TYPE_CHECKING:
    from .base import Database
    from .wait_limits import Line


def _sqlite(url: str, parts: SplitResult, line: Line, direct: str) -> Database:
    from .sqlite import open_sqlite

    if direct:
        raise ValueError("a database in a file has no other address: leave WGER_DATABASE_DIRECT_URL out")
    return open_sqlite(url, parts, line)


def _postgresql(url: str, parts: SplitResult, line: Line, direct: str) -> Database:
    from .postgresql import open_postgresql

    return open_postgresql(url, parts, line, direct)


DIALECTS = {"sqlite": _sqlite, "postgresql": _postgresql, "postgres": _postgresql}
