"""Remember what the database answered for as long as nothing is written to it.

Where a database can tell cheaply that nothing was (:meth:`.dialects.base.Dialect.change_marker`),
an answer of a moment ago is as good as asking again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from .database import database

Answer = TypeVar("Answer")

_MOST = 256
_known = threading.local()


def remembered(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Return ``ask()``, or what that was if nothing was written since."""
    held = database.obj
    # What an open transaction has written may yet be undone, and nothing tells.
    marker = None if held.in_transaction() else held.dialect.change_marker(held)
    if marker is None:
        return ask()
    if getattr(_known, "state", None) != (held, marker):
        _known.state, _known.answers = (held, marker), OrderedDict()
    answers: OrderedDict[Hashable, Answer] = _known.answers
    if key not in answers:
        answers[key] = ask()
        if len(answers) > _MOST:
            answers.popitem(last=False)
    return answers[key]
