"""Let whoever writes to a SQLite file take turns: the threads of a process, and the processes of a host.

SQLite lets one connection write at a time.  Whoever finds its lock taken looks again after naps
that grow to 100 ms, and the lock may be taken again each time: with two busy processes a request
in a hundred waited for a second.  Here they are woken when it is their turn.  This is courtesy,
not safety: SQLite's own lock decides, also among programs that know nothing of turns.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress

try:
    import fcntl
except ImportError:  # a system without it: the threads of a process still take turns
    fcntl = None


class Turns:
    """The turns at writing to what ``path`` names; processes agree on them by a lock on that file."""

    def __init__(self, path: str):
        self._path = path
        self._threads = threading.Lock()
        self._held: tuple[int, int] | None = None  # the process, and its descriptor of the file

    @contextmanager
    def taken(self, seconds: float) -> Iterator[None]:
        """Run a block in turn, or out of turn when the threads before this one took longer than ``seconds``."""
        in_turn, locked = self._threads.acquire(timeout=seconds), None
        try:
            if in_turn and fcntl is not None:
                with suppress(OSError):  # a folder to read only, a file system without locks
                    locked = self._descriptor()
                    fcntl.flock(locked, fcntl.LOCK_EX)
            yield
        finally:
            if locked is not None:
                with suppress(OSError):
                    fcntl.flock(locked, fcntl.LOCK_UN)
            if in_turn:
                self._threads.release()

    def _descriptor(self) -> int:
        # A lock belongs to the opening of the file, which a fork shares: every process opens its own.
        if self._held is None or self._held[0] != os.getpid():
            self._held = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            weakref.finalize(self, os.close, self._held[1])
        return self._held[1]
