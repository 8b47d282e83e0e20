"""Limit how long, and how many, threads of a process wait for what others write.

A writer that waits keeps a thread from answering others.  So waiting has an end, and once it gets long, as
it does behind a writer that is stuck, only some of the threads wait at all: the others go on reading,
and refuse writers at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from .driver_errors import Unavailable

STUCK_SECONDS = 2  # turns take milliseconds: a longer one may be long


class TurnMissed(Unavailable):
    """The turn at writing did not come in time."""


class Line:
    """The threads of a process that wait to write, or write.

    ``seconds`` is how long one waits; ``most`` is how many stay in line when nothing moves.
    """

    def __init__(self, seconds: float, most: int):
        self.seconds, self.most = seconds, most
        self._lock = threading.Lock()
        self._places: dict[Place, None] = {}  # the oldest first

    def enter(self, seconds: float | None = None) -> Place:
        """Return a place in line, to :meth:`leave` later; ``seconds`` may be less than the line's own."""
        with self._lock:
            place = Place(self, seconds)
            self._places[place] = None
            return place

    def leave(self, place: Place) -> None:
        """Give a place up."""
        with self._lock:
            del self._places[place]

    @contextmanager
    def joined(self, seconds: float | None = None) -> Iterator[Place]:
        """Give a block a place in line, which it leaves at its end."""
        place = self.enter(seconds)
        try:
            yield place
        finally:
            self.leave(place)

    def __len__(self) -> int:
        return len(self._places)

    def oldest(self) -> Place:
        """Return the place of the writer that has been in line for longest."""
        with self._lock:
            return next(iter(self._places))


class Place:
    """A place in line."""

    __slots__ = ("_end", "_is_spare", "_line", "_start")

    def __init__(self, line: Line, seconds: float | None):
        self._line, self._start = line, monotonic()
        self._end = self._start + (line.seconds if seconds is None else min(seconds, line.seconds))
        self._is_spare = len(line) >= line.most

    def left(self) -> float:
        """Return for how many seconds to wait before asking again; raises :class:`TurnMissed` when time is up."""
        end = self._end
        if self._is_spare and (oldest := self._line.oldest()) is not self:
            end = min(end, oldest._start + STUCK_SECONDS)
        seconds = end - monotonic()
        if seconds <= 0:
            raise TurnMissed("others have been writing for too long")
        return seconds
