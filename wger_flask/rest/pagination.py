"""Cut a list into pages, and link them.

Values that make no sense are replaced by the defaults, never refused.  The number of rows is
only asked for when the page itself does not tell it.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Request
from werkzeug.datastructures import MultiDict

from ..storage.query import Selection
from .filtering.lookups import Parameter
from .mount import root_url

_LARGEST = 2**63 - 1
_largest_page = 999


def set_largest_page(rows: int) -> None:
    """Choose how many rows a page has at most; called once, at start."""
    global _largest_page
    _largest_page = rows


ON_A_PAGE = 100  # rows that a page for people shows at most


@dataclass(frozen=True, slots=True)
class Page:
    """One page: raw ``rows`` (tuples), and what surrounds the results in the answer."""

    rows: list[tuple[Any, ...]]
    count: int
    limit: int
    offset: int

    def envelope(self, results: object, request: Request) -> dict[str, Any]:
        """Return the dictionary with ``count``, ``next``, ``previous`` and ``results``."""
        following = previous = None
        if self.offset + self.limit < self.count:
            following = _link(request, self.limit, self.offset + self.limit)
        if self.offset > 0:
            previous = _link(request, self.limit, self.offset - self.limit)
        return {"count": self.count, "next": following, "previous": previous, "results": results}


@dataclass(frozen=True, slots=True)
class LimitOffset:
    """Pages by ``?limit=`` and ``?offset=``: ``default`` rows unless given, at most ``most``, or the server's limit."""

    default: int = 20
    most: int | None = None
    counts: ClassVar[bool] = True

    @property
    def largest(self) -> int:
        """The number of rows that a page has at most."""
        return self.most or _largest_page

    def window(self, args: MultiDict[str, str]) -> tuple[int, int]:
        """Return the number of rows that ``args`` ask for, and the number of rows to skip."""
        if "limit" not in args and "offset" not in args:
            return self.default, 0
        limit = min(_number(args, "limit") or self.default, self.largest)
        return limit, min(_number(args, "offset"), _LARGEST - limit)

    def slice(
        self, selection: Selection, columns: tuple[str, ...], args: MultiDict[str, str], most: int | None = None
    ) -> Page:
        """Return the page of ``selection`` that the query ``args`` ask for, at most ``most`` rows where that is given.

        ``columns`` are the paths to select.
        """
        limit, offset = self.window(args)
        limit = min(limit, most or limit)
        rows = selection.raw_rows(columns, limit, offset)
        if (rows or not offset) and len(rows) < limit:
            return Page(rows, offset + len(rows), limit, offset)
        return Page(rows, selection.count(at_least=offset + len(rows)), limit, offset)

    def parts(
        self, selection: Selection, columns: tuple[str, ...], args: MultiDict[str, str], size: int
    ) -> Generator[list[tuple[Any, ...]], None, None]:
        """Yield all raw rows, ``size`` at a time; the query ``args`` may ask for fewer of them, and skip some."""
        offset = min(_number(args, "offset"), _LARGEST // 2)
        limit = min(_number(args, "limit") or _LARGEST, _LARGEST - offset)
        return selection.raw_parts(columns, size, limit, offset)

    def describe(self) -> list[Parameter]:
        """Return the query parameters, for the OpenAPI document and for pages."""
        return [
            Parameter("limit", "rows a page", "integer", f"{self.default} unless given, {self.largest} at most"),
            Parameter("offset", "rows to skip", "integer"),
        ]


def _number(args: MultiDict[str, str], name: str) -> int:
    """Return the last value of ``name`` as a positive number, 0 for anything else."""
    try:
        return max(0, int(args.getlist(name)[-1]))
    except (IndexError, ValueError):
        return 0


def _link(request: Request, limit: int, offset: int) -> str:
    url = root_url(request) + request.path
    if not request.args:
        return f"{url}?limit={limit}&offset={offset}" if offset > 0 else f"{url}?limit={limit}"
    query = {name: values for name, values in request.args.lists() if name not in ("limit", "offset")}
    query["limit"] = [str(limit)]
    if offset > 0:
        query["offset"] = [str(offset)]
    return f"{url}?{urlencode(sorted(query.items()), doseq=True)}"
