"""Do something again and again beside the requests of a process, in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from ..storage.database import DatabaseError, disconnect, release_connection, take_up
from . import log
from .log import Changes, Place


def run_periodically(
    look: Callable[[], None], goes_on: Callable[[], bool], pause: Callable[[], object], logger: logging.Logger
) -> None:
    """Call ``look()``, then ``pause()``, for as long as ``goes_on()``.

    What goes wrong is logged, and looked at again the next time.  The database's connection is released before each
    pause, and closed at the end.
    """
    while goes_on():
        _do(look, logger)
        pause()
    disconnect()


def run_once(work: Callable[[], None], logger: logging.Logger) -> None:
    """Call ``work()``, log what goes wrong, and close this thread's connection to the database."""
    _do(work, logger)
    disconnect()


def _do(work: Callable[[], None], logger: logging.Logger) -> None:
    try:
        take_up()
        work()
    except DatabaseError as wrong:
        logger.debug("%s: %s", work.__qualname__, " ".join(str(wrong).split()))  # requests tell that it is away
    except Exception:
        logger.exception("%s failed", work.__qualname__)
    finally:
        release_connection()


class LogFollower:
    """What has changed in the log since the last time it was asked; cheap where nothing was committed."""

    def __init__(self) -> None:
        self._marker: object = object()
        self._place: Place | None = None

    def changes(self, users: Collection[int] = ()) -> Changes | None:
        """Return what is new, with the phones of ``users``; None where nothing was committed meanwhile."""
        marker = log.change_marker()
        if marker == self._marker:
            return None
        found = log.changes_since(self._place, users)
        self._marker, self._place = marker, found.place
        return found
