"""The streams of a worker: those that have nothing to say hold no thread, only their connection."""

from __future__ import annotations

import selectors
import threading
from collections import deque
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

from .connection import Connection
from .streaming import Streaming

if TYPE_CHECKING:
    from .worker import BufferingWorker

THREADS = 2  # of their own, so that requests do not stand behind a hundred phones that were woken at once
PIECES = 4  # that one may send before others have their turn


class Streams:
    """The streamed answers of a worker.

    Its loop calls everything here but :meth:`hand_over`, which a request's thread does.
    """

    def __init__(self, worker: BufferingWorker):
        self._worker = worker
        self._due: SimpleQueue[Connection | None] = SimpleQueue()  # for the threads to go on with
        self._woken: deque[Connection] = deque()  # which may have something to say
        self._waiting: set[Connection] = set()  # which have nothing to say

    def start(self) -> None:
        """Start the threads."""
        for _ in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()

    def end(self) -> None:
        """Let the threads end."""
        for _ in range(THREADS):
            self._due.put(None)

    def begin(self, connection: Connection, stream: Streaming) -> None:
        """Make ``stream`` the answer on a connection."""
        connection.stream = stream
        stream.source.on_wake = partial(self._wake, connection)

    def hand_over(self, connection: Connection) -> None:
        """Let its first piece be sent."""
        self._due.put(connection)

    def forget(self, connection: Connection) -> None:
        """A connection is about to be closed."""
        self._waiting.discard(connection)

    def look(self) -> None:
        """Go on with those whose time has come."""
        for connection in [one for one in self._waiting if one.stream is not None and one.stream.source.is_due]:
            self.go_on(connection)

    def look_at_woken(self) -> None:
        """Go on with those that were woken."""
        while self._woken:
            connection = self._woken.popleft()
            if connection in self._waiting:
                self.go_on(connection)

    def go_on(self, connection: Connection) -> None:
        """Let a stream say more, or wait until it has more to say."""
        stream = connection.stream
        assert stream is not None
        if stream.is_waiting and not stream.source.is_due:
            connection.wait()
            self._waiting.add(connection)
            self._worker.wait_for(connection, 0, None)  # the loop may still look for another request
            self._worker.wait_for(connection, selectors.EVENT_READ, self._hear)
            return
        self._waiting.discard(connection)
        self._worker.wait_for(connection, 0, None)
        connection.work()
        self._due.put(connection)

    def _hear(self, connection: Connection) -> None:
        """Find out that a reader is gone; it has nothing more to say."""
        try:
            is_gone = not connection.sock.recv(65536)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            is_gone = True
        if is_gone:
            self._worker.close(connection)
        else:
            self._worker.wait_for(connection, 0, None)  # it sends what was not asked for

    def _wake(self, connection: Connection) -> None:
        """Have the loop look at a stream; from any thread."""
        self._woken.append(connection)
        self._worker.wake_up()

    def _work(self) -> None:
        while (connection := self._due.get()) is not None:
            connection.is_broken = True
            try:
                self._send(connection)
                connection.is_broken = False
            except OSError:
                pass  # the reader is gone
            except BaseException:
                self._worker.log.exception("A stream failed")
            self._worker.hand_back(connection)

    def _send(self, connection: Connection) -> None:
        """Send some pieces, as long as the reader takes them at once."""
        stream = connection.stream
        assert stream is not None
        for _ in range(PIECES):
            stream.produce()
            if not connection.answer.flush() or stream.is_waiting or stream.is_over:
                return
