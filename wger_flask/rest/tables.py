"""Give a list as a table: CSV, NDJSON or a spreadsheet, all of its rows and not a page of them.

Filters, order, access and whose rows they are hold as for JSON.  Rows are read, written and sent a part at a time, so
that memory does not grow with their number; all of them are as they were at one moment.  A reference is two columns:
the key, and what people call the row.

A table of up to :data:`WHOLE` bytes is an answer like any other, with a length and an entity tag.  What is longer is
sent while it is read, and cannot be refused any more: where the database fails on the way, the connection breaks off.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from itertools import chain
from typing import Any

from flask.ctx import RequestContext
from flask.globals import request_ctx

from ..storage.database import snapshot
from ..storage.model import Model
from ..storage.query import Selection
from .application import Response
from .call import Call
from .errors import ApiError
from .fields.moments import Date, DateTime
from .fields.numbers import Number
from .fields.references import Key, Keys
from .negotiation import TABLES
from .renderers import to_json
from .serialization import Dumper
from .spreadsheets import DAY, MOMENT, NUMBER, TEXT, Column, spreadsheet
from .text_tables import csv_lines

ROWS_AT_ONCE = 500
WHOLE = 1 << 20
"""Bytes of a table that is put together before it is sent."""
TABLES_AT_ONCE = 2
"""Tables that a process makes at a time: threads must be left for everything else."""
_SECONDS_IN_LINE = 5
BETWEEN_KEYS = "; "
_KINDS = ((Number, NUMBER), (Date, DAY), (DateTime, MOMENT))

Names = Callable[[type[Model], Iterable[Any], Any], dict[str, str]]
_places = threading.BoundedSemaphore(TABLES_AT_ONCE)
_names: Names = lambda model, keys, user: {}  # noqa: E731


def set_names(names: Names) -> None:
    """Set ``names(model, keys, user)``, which returns what rows are called that ``user`` may see; once, at start.

    It returns a dictionary from the key as text, and keeps nothing for the next call.
    """
    global _names
    _names = names


class Busy(ApiError):
    """503: other tables are being made."""

    status = 503

    def __init__(self) -> None:
        super().__init__({"detail": "Other tables are being made. Try again."}, {"Retry-After": str(_SECONDS_IN_LINE)})


def streamed_table(call: Call, selection: Selection, dump: Dumper) -> Response:
    """Return the rows of ``selection`` in the format of ``call``, as a stream where they are many.

    Raises :class:`Busy` (503).
    """
    kind = call.format.name
    headers = {"Content-Disposition": f'attachment; filename="{call.target.name}.{kind}"'}
    if call.request.method == "HEAD":
        return Response(iter(()), mimetype=TABLES[kind], headers=headers)
    pieces, begun, size = _pieces(call, selection, dump), list[bytes](), 0
    for piece in pieces:  # what fails in the first is still answered as it should be
        begun.append(piece)
        size += len(piece)
        if size > WHOLE:
            return Response(_Streamed(begun, pieces), mimetype=TABLES[kind], headers=headers)
    return Response([b"".join(begun)], mimetype=TABLES[kind], headers=headers)


class _Streamed:
    """The pieces of an answer, of which some are there, and the rest is made while the request's context lasts.

    So does the transaction in which they are read.
    """

    def __init__(self, begun: list[bytes], pieces: Generator[bytes, None, None]):
        self._begun = begun
        self._pieces = pieces
        context: RequestContext = request_ctx._get_current_object()  # type: ignore[attr-defined]
        # Flask's own stream_with_context() ends the context and begins another: the connection is let go in between.
        context.push()
        self._context: RequestContext | None = context

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._begun:
            return self._begun.pop(0)
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let the database go; also where a reader has hung up."""
        self._pieces.close()
        if self._context is not None:
            context, self._context = self._context, None
            context.pop()

    def __del__(self) -> None:
        with suppress(Exception):  # a server closes what it was given; where one does not, nothing may stay open
            self.close()


def _pieces(call: Call, selection: Selection, dump: Dumper) -> Generator[bytes, None, None]:
    if not _places.acquire(timeout=_SECONDS_IN_LINE):
        raise Busy()
    try:
        resource, context = call.required_resource, call.context
        found = resource.pagination.parts(selection, dump.columns, call.args, ROWS_AT_ONCE)
        with snapshot(), closing(found) as parts:
            first = next(parts, [])  # before anything is said, so that what fails here can still be refused
            rows = (dump(part, context) for part in chain([first], parts))
            if call.format.name == "ndjson":
                yield from (b"".join(to_json(row) + b"\n" for row in part) for part in rows)
                return
            columns = _columns(call, dump)
            values = (_values(part, columns, context.user) for part in rows)
            if call.format.name == "csv":
                yield csv_lines([[name for name, _, _ in columns]])
                yield from map(csv_lines, values)
            else:
                yield from spreadsheet(resource.title, [Column(name, kind) for name, kind, _ in columns], values)
    finally:
        _places.release()


_Take = tuple[str, type[Model] | None]  # the key in JSON, and the model whose rows are named


def _columns(call: Call, dump: Dumper) -> list[tuple[str, str, _Take]]:
    """Return the columns of a table: what each is called, the kind of its values, and how they are found."""
    registry = call.services.registry
    made: list[tuple[str, str, _Take]] = []
    for name, field in dump.fields.items():
        kind = next((kind for of, kind in _KINDS if isinstance(field, of)), TEXT)
        made.append((name, kind, (name, None)))
        if isinstance(field, Key | Keys) and registry.of_model(field.model) is not None:
            named = f"{name}_name" if f"{name}_name" not in dump.fields else f"{name}__name"
            made.append((named, TEXT, (name, field.model)))
    return made


def _values(rows: list[dict[str, Any]], columns: list[tuple[str, str, _Take]], user: object) -> list[tuple[Any, ...]]:
    """Return the cells of a part of a table, a tuple for each of ``rows``."""
    found: list[list[Any]] = []
    for _, _, (name, model) in columns:
        values = [row[name] for row in rows]
        if model is not None:
            keys = dict.fromkeys(key for value in values for key in _several(value))
            names = _names(model, keys, user)
            found.append([BETWEEN_KEYS.join(names.get(str(key), "") for key in _several(value)) for value in values])
        elif any(type(value) is list for value in values):
            found.append([_joined(value) if type(value) is list else value for value in values])
        else:
            found.append(values)
    return list(zip(*found, strict=True))


def _several(value: Any) -> list[Any]:
    return value if type(value) is list else [] if value is None else [value]


def _joined(values: list[Any]) -> Any:
    """Return keys as one text; what is no list of keys stays as it is, and is written as JSON."""
    return BETWEEN_KEYS.join(map(str, values)) if all(type(value) in (int, str) for value in values) else values
