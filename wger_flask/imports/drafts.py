"""Keep what was read from a file until its owner has looked through the dry run.

Records are kept instead of the file: they are what was understood, smaller than most files, and in the database every
host that serves the next page finds them.
"""

from __future__ import annotations

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from wger_flask.api import columns, transaction

from .models import DRAFT, ImportRun
from .records import KINDS, Record

_KEPT = timedelta(days=2)
_UNREAD, _LONGEST_NAME = "unread", 200
_CLASSES = {kind.__name__: kind for kind in KINDS}
_SPELLED: dict[type[Any], str] = {datetime: "m", date: "d", time: "t", Decimal: "n", str: "s"}


def pack(records: Iterable[Record], unread: Sequence[str] = ()) -> str:
    """Return ``records``, and the names of files that were not read, as a short text."""
    rows: list[list[object]] = [[_UNREAD, *(_plain(name[:_LONGEST_NAME]) for name in unread)]]
    rows += [[type(one).__name__, *(_plain(getattr(one, field.name)) for field in fields(one))] for one in records]
    return b85encode(zlib.compress(json.dumps(rows, separators=(",", ":")).encode())).decode()


def unpack(packed: str) -> tuple[Sequence[Record], Sequence[str]]:
    """Return the records, and the names, that :func:`pack` made a text of."""
    records: list[Record] = []
    unread: list[str] = []
    for name, *values in json.loads(zlib.decompress(b85decode(packed))):
        read = [_value(value) for value in values]
        if name == _UNREAD:
            unread = read
        else:
            records.append(_CLASSES[name](*read))
    return records, unread


def drop_old() -> int:
    """Drop the drafts that were not imported for two days; returns their number."""
    with transaction():
        old = (ImportRun.state == DRAFT) & (ImportRun.created < columns.now() - _KEPT)
        dropped: int = ImportRun.delete().where(old).execute()
    return dropped


def _plain(value: object) -> object:
    if value is None or isinstance(value, int):
        return value
    spelled = value.isoformat() if isinstance(value, date | time) else str(value)
    return _SPELLED[type(value)] + spelled


def _value(value: Any) -> Any:
    return _READ[value[0]](value[1:]) if isinstance(value, str) else value


_READ: dict[str, Any] = {
    "m": datetime.fromisoformat, "d": date.fromisoformat, "t": time.fromisoformat, "n": Decimal, "s": str,
}  # fmt: skip
