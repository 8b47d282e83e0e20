"""The loop of a worker, without a server."""

from __future__ import annotations

import selectors
import socket
from contextlib import ExitStack

import pytest

from wger_flask.serving.thread_queue import ThreadQueue
from wger_flask.serving.worker import BufferingWorker


@pytest.mark.parametrize("change", ["modify", "close"])
def test_an_event_of_what_a_socket_no_longer_waits_for_is_dropped(change):
    """Two sockets are ready at once, and what is done for the first changes what the second waits for."""
    worker = object.__new__(BufferingWorker)
    worker.selector = selectors.DefaultSelector()
    worker.whole = ThreadQueue(1)
    called = []
    with ExitStack() as held, worker.selector:
        pairs = [socket.socketpair() for _ in range(2)]
        for near, far in pairs:
            held.enter_context(near)
            held.enter_context(far)
            far.send(b".")
        first, second = (near for near, _ in pairs)

        def handle(mine, other):
            called.append(mine)
            if change == "close":
                worker.selector.unregister(other)
                other.close()
            else:
                worker.selector.modify(other, selectors.EVENT_READ, lambda: called.append("later"))

        worker.selector.register(first, selectors.EVENT_READ, lambda: handle("first", second))
        worker.selector.register(second, selectors.EVENT_READ, lambda: handle("second", first))
        worker._look_at_sockets()
    assert called in (["first"], ["second"])
