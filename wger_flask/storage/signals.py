"""Tell listeners of rows that were written.

Some subjects follow from others: statistics from training, a balance from bookings.  The rows
that they follow from are written in many ways (by a resource, by another subject on the way, by a
deletion that takes them along), and their subject need not know who cares.  So it is told where
all of these meet: where single rows are written, and where rows are deleted.  A row that takes the
place of another one, to which all that pointed there is led over at once, is told of by who does that.

Listeners run in the transaction of the write, after it: what they raise undoes it.  Statements
about many rows (``Model.update(...)``, imports) tell no listener: their callers know more about
what they mean than a listener could.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Rows are instances of the model that is listened to, which each function names in its own annotations.
Created = Callable[[Any], None]
Changed = Callable[[Any, frozenset[str]], None]
Deleted = Callable[[list[Any]], None]
Replaced = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """What is to be called.

    With a new row; with a row and the names that were set; with rows that are gone; with the keys of a row that goes
    and of the one that has taken its place.  The rows are of the one model that the listener is kept for.
    """

    created: Created | None = None
    changed: Changed | None = None
    deleted: Deleted | None = None
    replaced: Replaced | None = None


_listeners: Mapping[type, tuple[Listener, ...]] = {}


def set_listeners(listeners: Mapping[type, tuple[Listener, ...]]) -> None:
    """Make ``listeners`` those of this process, by model."""
    global _listeners
    _listeners = listeners


def tell_created(row: object) -> None:
    """Tell that ``row`` was stored."""
    for listener in _listeners.get(type(row), ()):
        if listener.created:
            listener.created(row)


def tell_changed(row: object, names: Iterable[str]) -> None:
    """Tell that the columns ``names`` of ``row`` were stored, whether or not they had other values before."""
    for listener in _listeners.get(type(row), ()):
        if listener.changed:
            listener.changed(row, frozenset(names))


def deletions_matter(model: type) -> bool:
    """Tell whether a listener wants to see the rows of ``model`` that go."""
    return any(listener.deleted for listener in _listeners.get(model, ()))


def tell_deleted(model: type, rows: list[Any]) -> None:
    """Tell that ``rows`` of ``model`` were deleted; they are as they were before."""
    for listener in _listeners.get(model, ()):
        if listener.deleted:
            listener.deleted(rows)


def tell_replaced(model: type, gone: object, replacement: object) -> None:
    """Tell that rows which pointed at the row with the key ``gone`` point at ``replacement`` now."""
    for listener in _listeners.get(model, ()):
        if listener.replaced:
            listener.replaced(gone, replacement)
