"""A worker of gunicorn whose threads meet whole requests only.

gunicorn's own threaded worker reads a request in the thread that will answer it: a few clients that send
half of one, or read an answer slowly, stop it for all clients.  Here one loop receives from all clients and
sends to all of them, each within its deadlines, and a thread is taken only for the time in between.  So
there need be no proxy in front.

TLS, the PROXY protocol and the like, where gunicorn is told to speak them, are left to gunicorn's worker.
"""

from __future__ import annotations

import errno
import os
import resource
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import monotonic
from types import FrameType
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from .answering import answer
from .connection import Connection, short_answer
from .receiving import Limits
from .refusing import refuse
from .room import Room
from .streams import Streams
from .thread_queue import HEAD_START, ThreadQueue

TICK = 0.25  # seconds between two looks at deadlines
LINGER = 2  # seconds in which a client may read the end of its answer before the connection is cut
BODIES_AT_ONCE = 4  # of the largest size, in temporary files
FILES = 4096  # open files that the system is asked for


class BufferingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn declares no types
    """Serves with ``threads`` threads, within ``limits``, which gunicorn's configuration sets before it begins.

    ``at_once`` is how many requests are begun at the same moment (:mod:`.thread_queue`), one a thread where it is 0.
    """

    limits = Limits()
    at_once = 0

    def run(self) -> None:
        if self.cfg.is_ssl or str(self.cfg.proxy_protocol).lower() not in ("off", "false"):
            self.log.warning("Half-sent requests have no deadlines: TLS and the PROXY protocol are gunicorn's own")
            super().run()
            return
        _ask_for_files(FILES)
        self.limits = replace(self.limits, idle=self.cfg.keepalive)
        self.room = Room(BODIES_AT_ONCE * self.limits.body)
        self.connections: set[Connection] = set()
        self.whole = ThreadQueue[Connection](self.at_once or self.cfg.threads)  # for the threads to answer
        self.done: deque[Connection] = deque()  # back from them, with something left for the loop to do
        self.streams = Streams(self)
        self._handing_over = threading.Lock()
        self._listening = False
        self._wake_up, self._woken = socket.socketpair()
        for end in (self._wake_up, self._woken):
            end.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self._woken, selectors.EVENT_READ, self._take_back)
        for listener in self.sockets:
            listener.setblocking(False)
        for _ in range(self.cfg.threads):
            threading.Thread(target=self._work, daemon=True).start()
        self.streams.start()
        try:
            self._serve()
        finally:
            self.whole.end()
            self.streams.end()
            for listener in self.sockets:
                listener.close()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop: what has begun is answered first."""
        self.alive = False

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer in JSON what was not read; also where the rest is left to gunicorn's worker, which calls this too."""
        refuse(self, req, client, addr, exc)

    # -- the loop ----------------------------------------------------------------------------------
    def _serve(self) -> None:
        next_tick, end = 0.0, None
        while True:
            now = monotonic()
            if now >= next_tick:
                next_tick = now + TICK
                self.notify()
                if self.ppid != os.getppid():
                    self.log.info("Parent changed, shutting down: %s", self)
                    self.alive = False
                self._look_at_deadlines(now)
                self._listen(self.alive)
            if not self.alive:
                end = end or now + self.cfg.graceful_timeout
                if not self.connections or now > end:
                    return
            self._look_at_sockets()

    def _look_at_sockets(self) -> None:
        """Do what sockets that are ready wait for; one may come to wait for something else meanwhile, or be closed."""
        for key, _ in self.selector.select(HEAD_START if self.whole.may_be_late else TICK):
            if self.selector.get_map().get(key.fd) is key:
                key.data()
        self.whole.look()

    def _listen(self, wanted: bool) -> None:
        if wanted != self._listening:
            for listener in self.sockets:
                if wanted:
                    self.selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener))
                else:
                    self.selector.unregister(listener)
            self._listening = wanted

    def _accept(self, listener: socket.socket) -> None:
        if len(self.connections) >= self.cfg.worker_connections and not self._make_room():
            self._listen(False)  # until the next look
            return
        try:
            sock, client = listener.accept()
        except OSError as wrong:
            if wrong.errno in (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM):
                self._listen(False)
            elif wrong.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        sock.setblocking(False)
        connection = Connection(sock, client, listener.getsockname(), self.limits, self.room)
        self.connections.add(connection)
        self._receive(connection)  # most have sent something already

    def _make_room(self) -> bool:
        """Close the idle connection that has waited longest."""
        idle = [one for one in self.connections if one.is_idle]
        if idle:
            self.close(min(idle, key=lambda one: one.deadline))
        return bool(idle)

    def _look_at_deadlines(self, now: float) -> None:
        self.streams.look()
        for connection in [one for one in self.connections if one.deadline < now]:
            if connection.is_receiving and not connection.is_idle:
                self._refuse(connection, 408, "Request Timeout", "The request did not arrive in time.")
            else:
                self.close(connection)
        if not self.alive:
            for connection in self.connections:
                if connection.is_receiving:
                    connection.deadline_at_most(now + LINGER)
                elif connection.stream is not None:
                    connection.stream.source.stop()

    # -- a connection's way --------------------------------------------------------------------------
    def _receive(self, connection: Connection) -> None:
        with self._handing_over:
            if connection.is_working:  # early: it is looked at again once the answer is on its way
                self.wait_for(connection, 0, None)
                return
        try:
            data = connection.sock.recv(65536)
        except (BlockingIOError, InterruptedError):
            self.wait_for(connection, selectors.EVENT_READ, self._receive)
            return
        except OSError:
            self.close(connection)
            return
        if connection.is_lingering:
            if not data:
                self.close(connection)
            return
        if not data and not connection.request:
            self.close(connection)
            return
        self._feed(connection, data)

    def _feed(self, connection: Connection, data: bytes) -> None:
        request = connection.request
        try:
            request.add(data) if data else request.end()
        except OSError as full:
            self.log.error("A request found no room: %s", full)
            self._refuse(connection, 503, "Service Unavailable", "The server has no room for this at the moment.")
            return
        if request.is_whole:
            connection.work()
            self.whole.put(connection)
            return
        if request.wants_go_ahead:
            request.wants_go_ahead = False
            with suppress(OSError):
                connection.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wait_for(connection, selectors.EVENT_READ, self._receive)

    def _take_back(self) -> None:
        """Take connections back from the threads."""
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        while self.done:
            self._send(self.done.popleft())
        self.streams.look_at_woken()

    def _send(self, connection: Connection) -> None:
        try:
            ended = connection.answer.flush()
        except OSError:
            self.close(connection)
            return
        if connection.is_broken:
            self.close(connection)
        elif not ended:
            connection.send()
            self.wait_for(connection, selectors.EVENT_WRITE, self._send)
        elif connection.stream is not None and not connection.stream.is_over:
            self.streams.go_on(connection)
        elif connection.keep:
            rest = connection.next_request()
            self._feed(connection, rest) if rest else self.wait_for(connection, selectors.EVENT_READ, self._receive)
        else:
            self._linger(connection)

    def _refuse(self, connection: Connection, status: int, reason: str, told: str) -> None:
        with suppress(OSError):
            connection.sock.send(short_answer(status, reason, told))
        self._linger(connection)

    def _linger(self, connection: Connection) -> None:
        """Let the client read to the end: closing at once would take back what it has not read."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close(connection)
            return
        connection.linger(LINGER)
        connection.request.close()
        self.wait_for(connection, selectors.EVENT_READ, self._receive)

    def wait_for(self, connection: Connection, events: int, then: Callable[[Connection], None] | None) -> None:
        """Have ``then`` called when the socket is ready; no events: do not look at it."""
        if events == connection.events:
            return
        if not events or then is None:
            self.selector.unregister(connection.sock)
        elif connection.events:
            self.selector.modify(connection.sock, events, partial(then, connection))
        else:
            self.selector.register(connection.sock, events, partial(then, connection))
        connection.events = events

    def close(self, connection: Connection) -> None:
        """Close a connection; within the loop."""
        self.wait_for(connection, 0, None)
        self.connections.discard(connection)
        self.streams.forget(connection)
        connection.close()

    # -- in a thread -----------------------------------------------------------------------------------
    def _work(self) -> None:
        while (connection := self.whole.take()) is not None:
            connection.keep, is_sent = False, False
            try:
                connection.keep = answer(self, connection)
                is_sent = connection.answer.flush()
            except OSError:
                pass  # the loop finds out
            except BaseException:
                self.log.exception("A request failed")
            if connection.stream is not None:
                self.streams.hand_over(connection)
                continue
            if connection.keep and is_sent and not connection.request.rest:
                with self._handing_over:
                    if connection.events == selectors.EVENT_READ:  # the loop never ceased to look at it
                        connection.next_request()
                        continue
            self.hand_back(connection)

    def hand_back(self, connection: Connection) -> None:
        """Let the loop go on with a connection; from any thread."""
        self.done.append(connection)
        self.wake_up()

    def wake_up(self) -> None:
        """Let the loop look at what others left for it; from any thread."""
        with suppress(OSError):  # full: the loop is awake
            self._wake_up.send(b".")


def _ask_for_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
