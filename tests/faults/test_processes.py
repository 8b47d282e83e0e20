"""Processes that are killed, or that stop, while clients write: no write that was acknowledged is lost."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import threading
from pathlib import Path

from tests.faults.load import BREATH, ask_until, assert_nothing_lost, load
from tests.serving.running import Running, running

SERVED = {"WGER_WORKERS": "2", "WGER_THREADS": "4", "WGER_RATELIMIT_ENABLED": "False"}
LOOKS = 30_000  # with a breath between them: ten minutes
NOTED = re.compile(r"Traceback|database is locked|malformed")


def workers_of(server: Running) -> list[int]:
    """Return the process ids of the two workers of a server, once both live."""
    children = Path(f"/proc/{server.process}/task/{server.process}/children")
    for _ in range(LOOKS):
        found = [int(number) for number in children.read_text().split() if is_alive(int(number))]
        if len(found) == 2:
            return found
        threading.Event().wait(BREATH)
    raise AssertionError("there are no two workers")


def is_alive(process: int) -> bool:
    """Tell whether a process runs: neither gone nor a zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def assert_whole(url: str) -> None:
    """Hold a SQLite file against what SQLite itself says of it."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()


def test_a_worker_is_killed(held, tmp_path, rounds):
    with running(held.url, tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        with load(server.port) as told:
            for number in rounds:
                told.wait_for(40)
                before = workers_of(server)
                os.kill(before[number % 2], signal.SIGKILL)
                told.wait_for(40)
                assert workers_of(server) != before
        assert_nothing_lost(server.port, told)
        assert not NOTED.search(server.log.read_text())
    assert_whole(held.url)


def test_all_workers_are_killed_at_once(held, tmp_path, rounds):
    with running(held.url, tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        with load(server.port) as told:
            for _ in rounds:
                told.wait_for(40)
                for worker in workers_of(server):
                    os.kill(worker, signal.SIGKILL)
                told.wait_for(40)
        assert_nothing_lost(server.port, told)
    assert_whole(held.url)


def test_the_first_process_is_killed_and_another_server_takes_over(held, tmp_path, rounds):
    """Workers end by themselves where the process that started them is gone: nobody would ever stop them."""
    everything = []
    for _ in rounds:
        with running(held.url, tmp_path, ends=-signal.SIGKILL, **SERVED) as server:
            ask_until(server.port, 200)
            with load(server.port, patience=2) as told:  # nobody will take what waits at the port then
                told.wait_for(60)
                workers = workers_of(server)
                os.kill(server.process, signal.SIGKILL)
                for _ in range(LOOKS):
                    if not any(is_alive(worker) for worker in workers):
                        break
                    threading.Event().wait(BREATH)
                assert not any(is_alive(worker) for worker in workers)
            everything.append(told)
    with running(held.url, tmp_path, **SERVED) as server:
        ask_until(server.port, 200)
        for told in everything:
            assert_nothing_lost(server.port, told)
        ask_until(server.port, 201, "POST", "weightentry/", {"date": "2000-01-01T00:00:00Z", "weight": 70})
    assert_whole(held.url)


def test_a_worker_that_stands_still_stops_nobody_for_long(held, tmp_path, rounds):
    """It may hold the turn of the writers, and clients that it has accepted: it is replaced in time."""
    with running(held.url, tmp_path, options=("--timeout", "3"), WGER_WRITE_WAIT="2", **SERVED) as server:
        ask_until(server.port, 200)
        with load(server.port) as told:
            for number in rounds:
                told.wait_for(40)
                stopped = workers_of(server)[number % 2]
                os.kill(stopped, signal.SIGSTOP)
                ask_until(server.port, 200)
                for _ in range(LOOKS):
                    if not is_alive(stopped):
                        break
                    threading.Event().wait(BREATH)
                assert not is_alive(stopped)
                told.wait_for(40)
        assert_nothing_lost(server.port, told)
    assert_whole(held.url)
