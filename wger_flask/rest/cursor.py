"""Walk a long list by a cursor, for clients that keep a copy of all of it.

Where each page begins is a key and not a number of rows, so the last page costs what the
first one does, and rows that come or go meanwhile shift nothing.  There is no count.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode

import peewee
from flask import Request
from werkzeug.datastructures import MultiDict

from ..storage.keys import storable
from ..storage.model import Model, key_of
from ..storage.predicates import Clause
from ..storage.query import Selection
from ..storage.types import Expression
from .errors import NotFound
from .filtering.lookups import Parameter
from .mount import root_url

_ALL = 2**63 - 1


@dataclass(frozen=True, slots=True)
class CursorPage:
    """One page: raw ``rows`` (tuples), and the cursors of the pages before and after it, None at the ends."""

    rows: list[tuple[Any, ...]]
    following: str | None
    previous: str | None

    def envelope(self, results: object, request: Request) -> dict[str, Any]:
        """Return the dictionary with ``next``, ``previous`` and ``results``."""
        url = root_url(request) + request.path
        return {
            "next": self.following and _link(url, request.args, self.following),
            "previous": self.previous and _link(url, request.args, self.previous),
            "results": results,
        }


@dataclass(frozen=True, slots=True)
class Cursor:
    """Pages by ``?cursor=`` and ``?page_size=``, in the order of an integer primary key, without a count.

    A cursor is base64 of ``p=<last key>``, or of ``r=1&p=<first key>`` to walk back.  The list begins at its end where
    the selection is in descending order of the key; other orders are not supported.
    """

    default: int = 200
    largest: int = 1000
    counts: ClassVar[bool] = False

    def slice(
        self, selection: Selection, columns: tuple[str, ...], args: MultiDict[str, str], most: int | None = None
    ) -> CursorPage:
        """Return the page of ``selection`` that the query ``args`` ask for, at most ``most`` rows where that is given.

        ``columns`` are the paths to select.  Raises :class:`~.errors.NotFound` for a cursor that cannot be read.
        """
        size = self._size(args)
        size = min(size, most or size)
        position, back = _read(args.get("cursor", ""))
        name = key_of(selection.model).name
        key = columns.index(name)
        down = selection.order[:1] == (f"-{name}",)
        if position is not None:
            selection = selection.where(_beyond(selection.model, position, back != down))
        rows = selection.order_by(f"-{name}" if back != down else name).raw_rows(columns, size + 1)
        more, rows = len(rows) > size, rows[:size]
        if back:
            rows.reverse()
        first, last = (rows[0][key], rows[-1][key]) if rows else (position, position)
        goes_on = more if not back else True
        came_from = position is not None if not back else more
        inside = 0 if rows else -1 if down else 1  # an empty page leads back to the key it began at
        return CursorPage(
            rows,
            _written(last - inside) if goes_on and last is not None else None,
            _written(first + inside, back=True) if came_from and first is not None else None,
        )

    def parts(
        self, selection: Selection, columns: tuple[str, ...], args: MultiDict[str, str], size: int
    ) -> Generator[list[tuple[Any, ...]], None, None]:
        """Yield all raw rows, ``size`` at a time, from the cursor of the query ``args`` on where there is one.

        Raises :class:`~.errors.NotFound` for a cursor that cannot be read, or that leads back.
        """
        position, back = _read(args.get("cursor", ""))
        if back:
            raise NotFound("Invalid cursor")
        name = key_of(selection.model).name
        down = selection.order[:1] == (f"-{name}",)
        if position is not None:
            selection = selection.where(_beyond(selection.model, position, down))
        return selection.order_by(f"-{name}" if down else name).raw_parts(columns, size, _ALL)

    def window(self, args: MultiDict[str, str]) -> tuple[int, int]:
        """Return the number of rows that ``args`` ask for, and 0: a cursor skips none."""
        return self._size(args), 0

    def _size(self, args: MultiDict[str, str]) -> int:
        text = (args.getlist("page_size") or [""])[-1].strip()
        size = int(text) if text.isdecimal() and len(text) < 19 else 0
        return min(size, self.largest) or self.default

    def describe(self) -> list[Parameter]:
        """Return the query parameters, for the OpenAPI document and for pages."""
        return [
            Parameter("page_size", "rows a page", "integer", f"{self.default} unless given, {self.largest} at most"),
            Parameter("cursor", "where the page begins", help="as the links next and previous give it"),
        ]


def _beyond(model: type[Model], position: int, below: bool) -> Clause:
    return Clause(_less if below else _more, (position,), (model,))


def _less(model: type[Model], slot: peewee.Value) -> Expression:
    return key_of(model) < slot


def _more(model: type[Model], slot: peewee.Value) -> Expression:
    return key_of(model) > slot


def _written(position: int, back: bool = False) -> str:
    return b64encode(f"{'r=1&' if back else ''}p={position}".encode()).decode()


def _read(text: str) -> tuple[int | None, bool]:
    """Return the key in a cursor, None without one, and whether it leads back."""
    if not text:
        return None, False
    try:
        parts = parse_qs(b64decode(text, validate=True).decode("ascii"), strict_parsing=True)
        position = int(parts["p"][-1])
    except (ValueError, KeyError):
        raise NotFound("Invalid cursor") from None
    if not storable(position):
        raise NotFound("Invalid cursor")
    return position, parts.get("r") == ["1"]


def _link(url: str, args: MultiDict[str, str], cursor: str) -> str:
    query = dict(args.lists()) | {"cursor": [cursor]}
    return f"{url}?{urlencode(sorted(query.items()), doseq=True)}"
