"""Let writers of a SQLite file take turns: the threads of a process, and the processes of a host.

SQLite lets one connection write at a time.  A connection that finds its lock taken looks again after naps
that grow to 100 ms, and the lock may be taken again each time: with two busy processes a request
in a hundred waited for a second.  Here they are woken when it is their turn.  This is courtesy,
not safety: SQLite's own lock decides, also among programs that know nothing of turns.

No writer waits for ever, and not all threads of a process wait (:mod:`.wait_limits`).
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from .wait_limits import Line, Place, TurnMissed

try:
    import fcntl
except ImportError:  # a system without it: the threads of a process still take turns
    fcntl = None  # type: ignore[assignment]  # the module, elsewhere


class Turns:
    """The turns at writing to what ``path`` names; processes agree on them by a lock on that file."""

    def __init__(self, path: str, line: Line):
        self._path, self._line = path, line
        self._threads = threading.Lock()
        self._holder: int | None = None  # the thread whose turn it is
        self._held: tuple[int, int] | None = None  # the process, and its descriptor of the file
        self._kept: _Kept | None = None  # a lock that is waited for, if need be after its thread gave up

    @contextmanager
    def taken(self, seconds: float | None = None) -> Iterator[Place | None]:
        """Run a block in turn; it is given its place in line where it had to wait, or may not wait for long.

        A block inside a block of the same thread has its turn already.  Raises
        :class:`~.wait_limits.TurnMissed` where that takes longer than ``seconds``, or the line's own limit.
        """
        if self._holder == threading.get_ident():
            yield None
            return
        place, is_late = self._line.enter(seconds), seconds is not None
        try:
            if not self._threads.acquire(blocking=False):
                is_late = True
                while not self._threads.acquire(timeout=place.left()):
                    pass
            locked = None
            try:
                self._holder = threading.get_ident()
                if fcntl is not None:
                    with suppress(OSError):  # a folder to read only, a file system without locks
                        descriptor = self._descriptor()
                        if self._kept is not None or not _lock_now(descriptor):
                            is_late = True
                            self._lock_later(descriptor, place)
                        locked = descriptor
                yield place if is_late else None
            finally:
                if locked is not None:
                    with suppress(OSError):
                        fcntl.flock(locked, fcntl.LOCK_UN)
                self._holder = None
                self._threads.release()
        finally:
            self._line.leave(place)

    def _lock_later(self, descriptor: int, place: Place) -> None:
        """Wait for the lock of the file; the caller has the turn of the threads."""
        if self._kept is None:
            self._kept = _Kept(descriptor)
        try:
            while not self._kept.wait(place):
                pass
        except TurnMissed:
            raise  # the lock is still waited for: the next caller goes on with it
        except BaseException:
            self._kept = None
            raise
        self._kept = None

    def _descriptor(self) -> int:
        # A lock belongs to the opening of the file, which a fork shares: every process opens its own.
        if self._held is None or self._held[0] != os.getpid():
            self._held = os.getpid(), os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._kept = None
            weakref.finalize(self, os.close, self._held[1])
        return self._held[1]


def _lock_now(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Kept:
    """A lock that a thread of its own waits for, because the system knows no end to that.

    Who waits may give up, and the next one go on waiting for the same.  What comes while no writer
    waits is given back at once.
    """

    def __init__(self, descriptor: int):
        self._descriptor = descriptor
        self._change = threading.Condition()
        self._waited_for, self._ended = True, False
        self._failed: OSError | None = None
        threading.Thread(target=self._lock, daemon=True, name="wger_flask turns").start()

    def _lock(self) -> None:
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            except OSError as failed:
                self._failed = failed
            with self._change:
                if self._waited_for or self._failed:
                    self._ended = True
                    self._change.notify_all()
                    return
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
                self._change.wait()  # until a writer waits again

    def wait(self, place: Place) -> bool:
        """Wait for a while; tell whether the lock is the caller's.  Raises TurnMissed, and OSError where it failed."""
        with self._change:
            self._waited_for = True
            self._change.notify_all()
            try:
                end = monotonic() + place.left()
                while not self._ended and (more := end - monotonic()) > 0:
                    self._change.wait(more)
            except TurnMissed:
                self._waited_for = self._ended
                if not self._ended:
                    raise
            if self._failed:
                raise self._failed
            return self._ended
