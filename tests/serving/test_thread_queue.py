"""Who begins when: requests that wait, and the threads that answer them, by a clock of the test's own."""

from __future__ import annotations

import random
import threading
from queue import SimpleQueue

import pytest

from wger_flask.serving.thread_queue import HEAD_START, ThreadQueue


class Hall:
    """A queue with its threads, each of which works on what it took until the test says that it is done."""

    def __init__(self, at_once: int, threads: int):
        self.now = 0.0
        self.queue: ThreadQueue[str] = ThreadQueue(at_once, lambda: self.now)
        self.begun: SimpleQueue[str] = SimpleQueue()
        self._done = {}
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()
        while len(self.queue._idle) < threads:
            threading.Event().wait(0.001)

    def put(self, *names: str) -> None:
        """Have requests arrive."""
        for name in names:
            self._done[name] = threading.Event()
            self.queue.put(name)

    def next(self) -> str:
        """Return the request that is begun next."""
        return self.begun.get(timeout=600)

    def finish(self, name: str) -> None:
        """Let the thread of a request be done with it."""
        self._done[name].set()

    def end(self) -> None:
        """End all threads."""
        self.queue.end()
        for done in self._done.values():
            done.set()
        for thread in self._threads:
            thread.join(600)
            assert not thread.is_alive()

    def _work(self) -> None:
        while (name := self.queue.take()) is not None:
            self.begun.put(name)
            self._done[name].wait(600)


@pytest.fixture
def hall():
    """Four threads, of which one begins at a time."""
    made = Hall(at_once=1, threads=4)
    yield made
    made.end()


def test_one_begins_after_the_other(hall):
    hall.put("a", "b", "c")
    for name in "abc":
        assert hall.next() == name
        assert hall.begun.empty()
        hall.queue.look()  # nothing is late
        assert hall.begun.empty()
        hall.finish(name)


def test_one_that_takes_long_lets_others_begin(hall):
    hall.put("long", "b", "c", "d")
    assert hall.next() == "long"
    hall.now += 2 * HEAD_START
    assert hall.queue.may_be_late
    hall.queue.look()
    for name in "bcd":  # each as soon as the one before is done, with no further look
        assert hall.next() == name
        assert hall.begun.empty()
        hall.finish(name)
    hall.finish("long")


def test_all_threads_answer_where_everything_takes_long(hall):
    names = ["a", "b", "c", "d", "e"]
    hall.put(*names)
    for name in names[:4]:
        assert hall.next() == name
        hall.now += 2 * HEAD_START
        hall.queue.look()
    assert not hall.queue.may_be_late  # one waits, but no thread does
    hall.finish("c")
    assert hall.next() == "e"


def test_all_threads_begin_at_once_where_they_may():
    hall = Hall(at_once=4, threads=4)
    hall.put("a", "b", "c", "d", "e")
    assert {hall.next() for _ in range(4)} == set("abcd")
    hall.finish("b")
    assert hall.next() == "e"
    hall.end()


def test_the_thread_that_came_last_goes_first(hall):
    served = []
    for name in "abcdefgh":
        hall.put(name)
        hall.next()
        [own] = hall.queue._begun
        served.append(own)
        hall.finish(name)
        while len(hall.queue._idle) < 4:
            threading.Event().wait(0.001)
    assert len(set(served)) == 1


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_nothing_is_lost_or_answered_twice(at_once):
    """Three clients put, a loop looks, threads take; the clock jumps about."""
    chance = random.Random(at_once)
    queue: ThreadQueue[int] = ThreadQueue(at_once, lambda: chance.random())
    taken: SimpleQueue[int] = SimpleQueue()

    def work() -> None:
        while (item := queue.take()) is not None:
            taken.put(item)

    def send(first: int) -> None:
        for item in range(first, 3000, 3):
            queue.put(item)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(3)]
    clients = [threading.Thread(target=send, args=(first,)) for first in range(3)]
    for one in (*threads, *clients):
        one.start()
    found = set()
    while len(found) < 3000:
        queue.look()
        while not taken.empty():
            item = taken.get()
            assert item not in found
            found.add(item)
    queue.end()
    for one in (*threads, *clients):
        one.join(600)
        assert not one.is_alive()
    assert found == set(range(3000))
