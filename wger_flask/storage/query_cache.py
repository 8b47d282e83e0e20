"""Remember what the database answered for as long as nothing is written to what it read.

Where a database can tell cheaply that nothing was (:meth:`.dialects.base.Dialect.table_marker`,
:meth:`.dialects.base.Dialect.change_marker`), an answer of a moment ago is as good as asking again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

from .database import database

Answer = TypeVar("Answer")


class Marker(NamedTuple):
    """A value that stands for what some tables hold, and whether it is the same for all threads."""

    value: object
    is_shared: bool


_MOST = 512


class _Answers:
    """Answers by their questions, each with the marker under which it was given: the latest of them."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, marker: object) -> tuple[Any] | None:
        """Return the answer in a tuple, None where it is not known."""
        with self._lock:
            found = self._held.get(key)
            if found is None or found[0] != marker:
                return None
            self._held.move_to_end(key)
        return (found[1],)

    def keep(self, key: Hashable, marker: object, answer: object) -> None:
        with self._lock:
            self._held[key] = marker, answer
            self._held.move_to_end(key)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)


class _Own(threading.local):
    """The answers that are good for one connection."""

    def __init__(self) -> None:
        self.answers = _Answers()


_shared, _own = _Answers(), _Own()


def remembered(key: Hashable, ask: Callable[[], Answer], reading: str) -> Answer:
    """Return ``ask()``, or what that was if nothing was written since to the tables that it reads.

    ``reading`` names them: its SQL, or the names with a space between them.
    """
    held = database.obj
    marker = unchanged_marker(reading)
    if marker is None:
        return ask()
    answers = _shared if marker.is_shared else _own.answers
    known = answers.get((held, key), marker)
    if known is not None:
        answer: Answer = known[0]
        return answer
    answer = ask()
    # One of later must not stand for what another thread, or an older copy of the file, has.
    if not marker.is_shared or unchanged_marker(reading) == marker:
        answers.keep((held, key), marker, answer)
    return answer


def unchanged_marker(reading: str) -> Marker | None:
    """Return a value that differs from what it was before anything was written to the tables named in ``reading``.

    None where nothing tells, or within a transaction: what it has written may yet be undone without a trace.
    """
    held = database.obj
    if held.in_transaction():
        return None
    told = held.dialect.table_marker(held, reading)
    if told is not None:
        return Marker(told, True)
    told = held.dialect.change_marker(held)
    return None if told is None else Marker(told, False)
