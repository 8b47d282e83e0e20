"""Writers take turns: threads, processes, and whoever comes after one that was killed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT
from tests.reference import SERVER
from wger_flask.storage.dialects import wait_limits
from wger_flask.storage.dialects.wait_limits import Line, TurnMissed
from wger_flask.storage.dialects.write_queue import Turns as RealTurns

LIMIT = "SELECT timeout FROM pragma_busy_timeout"
HOLD = """
import sys
from wger_flask.storage.dialects.write_queue import Turns
from wger_flask.storage.dialects.wait_limits import Line
with Turns(sys.argv[1], Line(600, 4)).taken():
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "turns")


def Turns(path: str, seconds: float = 600, most: int = 4) -> RealTurns:
    return RealTurns(path, Line(seconds, most))


@contextmanager
def held_elsewhere(path: str):
    """Let another process have its turn; yields it, to be killed or told to end."""
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout.readline() == b"mine\n"
        yield other


def in_thread(work) -> threading.Thread:
    """Start ``work`` in a thread."""
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def is_taken(path: str) -> bool:
    """Tell whether any process has its turn."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("end", ["done", "killed"])
def test_a_process_has_its_turn_until_it_ends(path, end):
    with held_elsewhere(path) as other:
        assert is_taken(path)
        other.kill() if end == "killed" else other.stdin.close()
        other.wait()
    assert not is_taken(path)
    with Turns(path).taken(600):
        assert is_taken(path)
    assert not is_taken(path)


def test_an_error_ends_the_turn(path):
    turns = Turns(path)
    with pytest.raises(ZeroDivisionError), turns.taken(600):
        1 / 0  # noqa: B018
    assert not is_taken(path)
    with turns.taken(600):
        assert is_taken(path)


def test_threads_come_one_after_the_other(path):
    turns, inside, most = Turns(path), [], []

    def work():
        for _ in range(20):
            with turns.taken(600):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    for thread in [in_thread(work) for _ in range(4)]:
        thread.join()
    assert most == [1] * 80


def test_a_turn_inside_a_turn_is_the_same(path):
    turns = Turns(path)
    with turns.taken(600), turns.taken(0):
        assert is_taken(path)
    assert not is_taken(path)


# -- waiting has an end -------------------------------------------------------------------------
def test_who_waited_too_long_gives_up_and_takes_no_turn_away(path):
    turns, told = Turns(path), []

    def impatient():
        try:
            with turns.taken(0):
                told.append("had a turn")
        except TurnMissed:
            told.append(is_taken(path))

    with turns.taken(600):
        in_thread(impatient).join()
        assert told == [True] and is_taken(path)
    assert not is_taken(path)


def test_nobody_waits_longer_than_the_line_does(path):
    turns, told = Turns(path, seconds=0.01), []

    def impatient():
        try:
            with turns.taken(60):
                pass
        except TurnMissed:
            told.append("missed")

    with turns.taken():
        in_thread(impatient).join()
    assert told == ["missed"]


@pytest.mark.parametrize("end", ["done", "killed"])
def test_waiting_for_another_process_has_an_end_and_goes_on_where_it_was_left(path, end):
    turns = Turns(path)
    with held_elsewhere(path) as other:
        for _ in range(3):
            with pytest.raises(TurnMissed), turns.taken(0.01):
                raise AssertionError
        order = []

        def patient():
            with turns.taken():
                order.append("had a turn")

        waits = in_thread(patient)
        order.append("the other ends")
        other.kill() if end == "killed" else other.stdin.close()
        waits.join()
    assert order == ["the other ends", "had a turn"]
    assert not is_taken(path)
    with turns.taken():
        assert is_taken(path)


def test_a_turn_that_comes_when_nobody_waits_any_more_is_given_back(path):
    turns = Turns(path)
    with held_elsewhere(path) as other:
        with pytest.raises(TurnMissed), turns.taken(0.01):
            raise AssertionError
        other.stdin.close()
    with held_elsewhere(path) as other:  # a process that waits for it as well gets it
        other.stdin.close()
    with turns.taken():
        assert is_taken(path)
    assert not is_taken(path)


# -- some threads are kept for reading -------------------------------------------------------------
def test_behind_one_that_is_stuck_only_some_wait(path, monkeypatch):
    monkeypatch.setattr(wait_limits, "STUCK_SECONDS", 0.01)
    turns, told = Turns(path, most=2), []
    line = turns._line

    def write():
        try:
            with turns.taken():
                told.append("wrote")
        except TurnMissed:
            told.append("gave up")

    with turns.taken():
        first = in_thread(write)
        while len(line) < 2:
            pass
        for _ in range(5):
            in_thread(write).join()
        assert told == ["gave up"] * 5
    first.join()
    assert told == ["gave up"] * 5 + ["wrote"]
    assert not len(line)


def test_while_turns_go_on_all_wait(path):
    turns, done = Turns(path, most=1), []

    def work():
        for _ in range(20):
            with turns.taken():
                done.append(1)

    for thread in [in_thread(work) for _ in range(6)]:
        thread.join()
    assert len(done) == 120


def test_without_a_file_nothing_is_lost(tmp_path):
    ran = []
    with Turns(str(tmp_path / "missing" / "turns")).taken(600):
        ran.append(True)
    assert ran == [True]


def test_a_fork_waits_for_its_parent(path):
    turns = Turns(path)
    with turns.taken(600):
        child = os.fork()
        if not child:  # the same object, but an opening of the file of its own
            try:
                fcntl.flock(turns._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                os._exit(0)
            except BlockingIOError:
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.skipif(bool(SERVER), reason="a server's lines are its own")
@pytest.mark.parametrize(("left", "told"), [(1.0, 0), (0.95, 0), (0.5, 2)])
def test_only_a_long_wait_is_told_to_the_connection(held, left, told):
    """That takes two statements, which most writes that wait for a moment do without."""
    most, connection, statements = held.turns._line.seconds, held.connection(), []
    place = SimpleNamespace(left=lambda: most * left)  # no clock: what is left is the same at each look
    connection.set_trace_callback(statements.append)
    try:
        with held.waiting(place):
            during = connection.execute(LIMIT).fetchone()
    finally:
        connection.set_trace_callback(None)
    assert during == (most * 1000 * (left if told else 1),)
    assert [sql.split()[0] for sql in statements].count("PRAGMA") == told
    assert connection.execute(LIMIT).fetchone() == (most * 1000,)
