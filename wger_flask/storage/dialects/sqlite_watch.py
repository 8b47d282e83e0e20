"""Tell whether anything was committed to a SQLite file: by one connection a process, which never writes.

``PRAGMA data_version`` moves when another connection commits, and all that write are others.  Threads share the
connection, so what one of them read is known to be current by all.

A file that was put in the place of another has that one's log beside it for a moment.  To open it then would be to take
the log for its own, and to hold its lock for ever: so the watch waits until the database has taken it away.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from urllib.parse import quote

from ..file_identity import FileIdentity, identity_of


class CommitWatch:
    """Watches the file at ``path``, whichever that is at the moment; a process that was forked opens it anew.

    ``may_open`` tells whether a file may be opened: whether nothing of another one lies beside it.
    """

    def __init__(self, path: str, may_open: Callable[[FileIdentity], bool]):
        self._path, self._may_open = path, may_open
        self._lock = threading.Lock()
        self._numbers = count()
        self._held: sqlite3.Connection | None = None
        self._of: tuple[int, FileIdentity] | None = None
        self._number = 0
        self._inherited: list[sqlite3.Connection] = []  # of the process before the fork: not this one's to close

    def marker(self) -> tuple[int, int] | None:
        """Return the number of the connection and that of the last commit it knows; None where nothing tells."""
        file = identity_of(self._path)
        if file is None:
            return None
        with self._lock:
            try:
                if self._held is None or self._of != (os.getpid(), file):
                    if not self._may_open(file):
                        return None
                    self._open(file)
                assert self._held is not None
                return self._number, self._held.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                self._let_go()
                return None

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._lock:
            self._let_go()

    def _open(self, file: FileIdentity) -> None:
        self._let_go()
        self._held = sqlite3.connect(
            f"file:{quote(os.path.abspath(self._path))}?mode=rw",
            uri=True,
            timeout=0,
            isolation_level=None,
            check_same_thread=False,
        )
        self._number, self._of = next(self._numbers), (os.getpid(), file)
        if identity_of(self._path) != file:
            raise sqlite3.OperationalError("the file was replaced just now")

    def _let_go(self) -> None:
        held, of, self._held, self._of = self._held, self._of, None, None
        if held is None:
            return
        if of is not None and of[0] != os.getpid():
            self._inherited.append(held)
            return
        with suppress(sqlite3.Error):
            held.close()
