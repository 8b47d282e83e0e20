"""Hand requests that have arrived whole to the threads of a worker.

Threads share Python's lock.  Where the database runs in the process, two that answer at once take it from each other at
every statement, and each finds in its connection's cache what the other has made stale: the same requests take half
as much CPU again.  So no more than so many are begun at once, and another one where all that were begun have had their
:data:`HEAD_START`: one that takes long, or waits for something else, holds up no other.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")

HEAD_START = 0.01  # seconds in which most requests are answered


class ThreadQueue(Generic[T]):
    """What waits for threads, which call :meth:`take` in turn; ``at_once`` are begun in the same :data:`HEAD_START`.

    ``clock`` tells seconds.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = monotonic):
        self._at_once, self._clock = at_once, clock
        self._lock = threading.Lock()
        self._waiting: deque[T] = deque()
        self._begun: dict[threading.Lock, float] = {}  # when each thread that is at work, or has been woken, began
        self._idle: list[threading.Lock] = []  # of threads that wait; the last to come goes first: its caches are warm
        self._has_ended = False
        self._own = threading.local()

    @property
    def may_be_late(self) -> bool:
        """Whether something waits, and a thread too: :meth:`look` is to be called after a :data:`HEAD_START`."""
        return bool(self._waiting and self._idle)

    def put(self, item: T) -> None:
        """Add something; a thread begins with it at once, if there is room."""
        with self._lock:
            self._waiting.append(item)
            self._wake_one()

    def look(self) -> None:
        """Let another thread begin where what was begun takes long."""
        if self._waiting:
            with self._lock:
                self._wake_one()

    def take(self) -> T | None:
        """Return what is next, in a thread that has done what it took before; None after :meth:`end`."""
        own = self._own.__dict__.get("lock")
        if own is None:
            own = self._own.lock = threading.Lock()
            own.acquire()
        while True:
            with self._lock:
                self._begun.pop(own, None)
                if self._waiting and self._has_room():
                    self._begun[own] = self._clock()
                    return self._waiting.popleft()
                if self._has_ended:
                    return None
                self._idle.append(own)
            own.acquire()

    def end(self) -> None:
        """Let the threads end."""
        with self._lock:
            self._has_ended = True
            for own in self._idle:
                own.release()
            self._idle.clear()

    def _has_room(self) -> bool:
        late = self._clock() - HEAD_START
        return sum(moment > late for moment in self._begun.values()) < self._at_once

    def _wake_one(self) -> None:
        if self._waiting and self._idle and self._has_room():
            own = self._idle.pop()
            self._begun[own] = self._clock()  # woken once, and not two for one request
            own.release()
