"""Spell rows as CSV (RFC 4180) that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Return ``rows`` as lines of CSV, in UTF-8: None is empty, a text that looks like a formula gets an apostrophe.

    Numbers are no formulas, negative ones neither: they are to come as numbers.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
