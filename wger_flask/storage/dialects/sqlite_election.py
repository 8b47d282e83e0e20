"""Elect, of the processes of a host that serve a SQLite file, the one that does what is done once."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

try:
    import fcntl
except ImportError:  # a system without it: each process does everything
    fcntl = None  # type: ignore[assignment]  # the module, elsewhere


class Election:
    """The election among the processes that lock the file ``path``; who holds the lock is elected until it ends."""

    def __init__(self, path: str):
        self._path = path
        self._lock = threading.Lock()
        self._held: tuple[int, int] | None = None  # the process, and its descriptor of the file

    def is_elected(self) -> bool:
        """Tell whether this process is the one; where files cannot be locked, each is."""
        if fcntl is None:
            return True
        with self._lock:
            if self._held is not None and self._held[0] == os.getpid():
                return True
            self._held = None  # a lock belongs to the opening of the file, which a fork shares: it is the parent's
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:  # a folder to read only
                return True
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
                return False
            self._held = os.getpid(), descriptor
            return True

    def resign(self) -> None:
        """Let another process be elected."""
        with self._lock:
            if self._held is not None and self._held[0] == os.getpid():
                with suppress(OSError):
                    os.close(self._held[1])
            self._held = None
