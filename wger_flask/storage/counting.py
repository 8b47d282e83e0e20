"""Count rows without counting them on every page.

A page of twenty rows costs the same however long the list is; its count does not.  So a count
is asked for once as long as nothing is written (:mod:`.query_cache`), and a list of everything in
a large table takes the planner's estimate (where there is one).
"""

from __future__ import annotations

from .database import database
from .model import Model


def estimated(model: type[Model], at_least: int) -> int | None:
    """Return about how many rows ``model`` has, None where that is to be counted.

    An estimate below ``at_least``, a number that is known to be there, is none.
    """
    estimate = database.obj.dialect.estimated_count(database.obj, model)
    return estimate if estimate is not None and estimate > at_least else None
