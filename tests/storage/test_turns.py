"""Writers take turns: threads, processes, and whoever comes after one that was killed."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading

import pytest

from tests.conftest import ROOT
from wger_flask.storage.dialects.turns import Turns

HOLD = """
import sys
from wger_flask.storage.dialects.turns import Turns
with Turns(sys.argv[1]).taken(9):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "turns")


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
    command = [sys.executable, "-c", HOLD, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as other:
        assert other.stdout.readline() == b"mine\n"
        assert is_taken(path)
        other.kill() if end == "killed" else other.stdin.close()
        other.wait()
    assert not is_taken(path)
    with Turns(path).taken(9):
        assert is_taken(path)
    assert not is_taken(path)


def test_an_error_ends_the_turn(path):
    turns = Turns(path)
    with pytest.raises(ZeroDivisionError), turns.taken(9):
        1 / 0  # noqa: B018
    assert not is_taken(path)
    with turns.taken(9):
        assert is_taken(path)


def test_threads_come_one_after_the_other(path):
    turns, inside, most = Turns(path), [], []

    def work():
        for _ in range(20):
            with turns.taken(9):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80


def test_who_waited_too_long_goes_on_and_takes_no_turn_away(path):
    turns, ran = Turns(path), []

    def impatient():
        with turns.taken(0):
            ran.append(is_taken(path))

    with turns.taken(9):
        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join()
        assert ran == [True] and is_taken(path)


def test_without_a_file_nothing_is_lost(tmp_path):
    ran = []
    with Turns(str(tmp_path / "missing" / "turns")).taken(9):
        ran.append(True)
    assert ran == [True]


def test_a_fork_waits_for_its_parent(path):
    turns = Turns(path)
    with turns.taken(9):
        child = os.fork()
        if not child:  # the same object, but an opening of the file of its own
            try:
                fcntl.flock(turns._descriptor(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                os._exit(0)
            except BlockingIOError:
                os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
