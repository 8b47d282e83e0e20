"""Count rows without counting them on every page.

A page of twenty rows costs the same however long the list is; its count does not.  So a count
is remembered for as long as nothing is written to the database (where that can be told), and a
list of everything in a large table takes the planner's estimate (where there is one).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from .database import database
from .model import Model

_MOST = 256
_known = threading.local()


def remembered(key: Hashable, count: Callable[[], int]) -> int:
    """Return ``count()``, or what it was if nothing was written since."""
    held = database.obj
    # What an open transaction has written may yet be undone, and nothing tells.
    marker = None if held.in_transaction() else held.dialect.change_marker(held)
    if marker is None:
        return count()
    if getattr(_known, "state", None) != (held, marker):
        _known.state, _known.counts = (held, marker), OrderedDict()
    counts = _known.counts
    if key not in counts:
        counts[key] = count()
        if len(counts) > _MOST:
            counts.popitem(last=False)
    return counts[key]


def estimated(model: type[Model], at_least: int) -> int | None:
    """Return about how many rows ``model`` has, None where that is to be counted.

    An estimate below ``at_least``, of which somebody knows that they are there, is none.
    """
    found = database.obj.dialect.estimated_count(database.obj, model)
    return found if found is not None and found > at_least else None
