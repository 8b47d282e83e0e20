"""Write rows as CSV (RFC 4180), so that a spreadsheet that opens them runs nothing.

Programs for tables take a text that begins with ``=`` and its like for a formula.  Such a text gets an apostrophe in
front, which tells them that it is none; what is a number stays one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .renderers import to_json

_RISKY = frozenset("=+-@\t\r\n")
_number = re.compile(r"[-+]?\d+(?:\.\d+)?", re.ASCII)


def csv_lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return the lines of ``rows``, whose cells are what JSON has, in UTF-8."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows([csv_text(value) for value in row] for row in rows)
    return written.getvalue().encode("utf-8", "replace")


def csv_text(value: Any) -> str:
    """Return a cell: texts defused, numbers with a point, ``true`` and ``false``, objects as JSON, nothing for null."""
    kind = type(value)
    if kind is str:
        return f"'{value}" if value[:1] in _RISKY and not _number.fullmatch(value) else value
    if value is None:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        text = repr(value)
        return text if "e" not in text else format(Decimal(text), "f")
    return to_json(value).decode()
