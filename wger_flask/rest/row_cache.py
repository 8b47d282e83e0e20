"""Keep rows of the catalogue in JSON, and put them into other answers as long as nothing is written to the database.

Rows are kept of resources whose answers everybody is given (``"public"``, see :mod:`.caching`) and whose rows are made
of several queries, such as an exercise with its words and pictures; one query is as quick.  So a row is made once for
its own address and for every list that it is on, whatever the filter.

A row is found by its key, the fields that were asked for, the server's address and the day in the time zone of who
asks.  It is good while the database's commit marker is the one that was read *before* it was made, as answers are
(:mod:`.answer_cache`).  In a transaction there is no marker: nothing that may be rolled back is kept or given.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from orjson import Fragment

from ..storage.types import Row
from ..tallies import CACHE, count
from .answer_cache import day_of, is_limited, marker_of
from .bounded import Bounded
from .caching import PUBLIC
from .renderers import to_json
from .serialization import Dumper

if TYPE_CHECKING:
    from .call import Call

MOST_ROWS = 100
"""Rows of a page at most: what is larger is mostly a copy of the catalogue, which is asked for once."""
_OVERHEAD = 500  # bytes of a row besides its JSON, at most about


class RowCache:
    """Rows of one process in JSON, ``most`` bytes of them, those that were asked for last; 0 keeps none."""

    def __init__(self, most: int):
        self.most = most
        self._lock = threading.Lock()
        self._marker: object = None
        self._rows: Bounded[Fragment] = Bounded()

    def find(self, marker: object, kind: Hashable, keys: Iterable[Hashable]) -> list[Fragment | None] | None:
        """Return the rows with ``keys``, None where one is not kept; others than those of ``marker`` are let go.

        None for all of them tells the first request with a marker to keep nothing: where something is written all the
        time, it would be for no other.
        """
        found: list[Fragment | None] = []
        with self._lock:
            if marker != self._marker:
                self._rows.clear()
                self._marker = marker
                return None
            rows = self._rows
            for key in keys:
                held = rows.get((kind, key))
                if held is None:
                    found.append(None)
                    continue
                rows.move_to_end((kind, key))
                found.append(held[0])
        return found

    def keep(self, marker: object, kind: Hashable, rows: dict[Hashable, bytes]) -> None:
        """Keep rows, JSON by key, unless something was committed since ``marker`` was read."""
        with self._lock:
            if marker != self._marker:
                return
            for key, text in rows.items():
                size = _OVERHEAD + len(text)
                if size <= self.most // 4:
                    self._rows.put((kind, key), Fragment(text), size, self.most)


def dumped(call: Call, rows: list[Row], dump: Dumper) -> list[Any]:
    """Return what ``dump`` makes of raw rows for the answer to ``call``; where they may be kept, as JSON."""
    cache, context, marker = call.services.rows, call.context, None
    if (
        cache.most
        and call.target.cache == PUBLIC
        and not dump.is_plain
        and 0 < len(rows) <= MOST_ROWS
        and not (call.format.is_html or call.format.indent)
        and context.user is None
    ):
        marker = marker_of(call.request)
    if marker is None:
        return dump(rows, context)
    kind = dump, context.base, str(context.zone), day_of(context.zone)
    keys = [row[dump.key] for row in rows]
    found = cache.find(marker, kind, keys)
    if found is None:
        return dump(rows, context)
    missing = [row for row, held in zip(rows, found, strict=True) if held is None]
    count(CACHE, "rows", "miss" if missing else "hit")
    if not missing:
        return found
    made = [to_json(row) for row in dump(missing, context)]
    if not is_limited():
        cache.keep(marker, kind, dict(zip((row[dump.key] for row in missing), made, strict=True)))
    also = map(Fragment, made)
    return [next(also) if held is None else held for held in found]
