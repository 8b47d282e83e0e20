"""Bound what lies in temporary files for all clients of a process together."""

from __future__ import annotations

import errno
import threading


class Room:
    """So many bytes, to be taken and given back."""

    def __init__(self, size: int):
        self._left = size
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Take some of it; raises OSError, as a full disk does, where there is not as much."""
        with self._lock:
            if size > self._left:
                raise OSError(errno.ENOSPC, "too much lies in temporary files for clients that are slow")
            self._left -= size

    def release_connection(self, size: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self._left += size
