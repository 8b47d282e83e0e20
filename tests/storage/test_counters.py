"""Counting goes on, or is told to be off: the file may be gone, locked, damaged, or its disk full."""

from __future__ import annotations

import dataclasses
import logging
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context

import pytest

from wger_flask.auth import policy as policies
from wger_flask.rest.throttling import Throttle
from wger_flask.storage import counters as module
from wger_flask.storage.counters import FileCounters

OFF = "rate limits and lockouts are off until it can be written to again"


@pytest.fixture
def counters(tmp_path, monkeypatch):
    """FileCounters of a folder, which nobody waits for."""
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.01)
    monkeypatch.setattr(module, "_REST_SECONDS", 0)
    return FileCounters(tmp_path)


def count(counters: FileCounters) -> int:
    """Add an event, and return how many there are."""
    counters.add_within("calls", 1000, 60, 99)
    return counters.count_within("calls", 1000, 60)


def test_events_are_counted_up_to_the_most(counters):
    assert [counters.add_within("calls", 1000 + n, 60, 2) for n in range(3)] == [None, None, 1000]
    assert counters.add_within("calls", 1060, 60, 2) is None
    assert counters.count_within("calls", 1060, 60) == 2
    counters.forget("calls")
    assert counters.count_within("calls", 1060, 60) == 0


@pytest.mark.parametrize("before", [None, 0o666])
def test_the_file_is_its_owners_alone(counters, before):
    if before is not None:
        counters.path.touch()
        counters.path.chmod(before)
    assert count(counters) == 1
    for path in counters.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_locked_file_counts_nothing_and_the_log_says_so_once(counters, caplog):
    assert count(counters) == 1
    with closing(sqlite3.connect(counters.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert counters.add_within("calls", 1000, 60, 0) is None
        assert counters.add_within("calls", 1000, 60, 0) is None
        other.execute("ROLLBACK")
    assert caplog.text.count(OFF) == 1 and "database is locked" in caplog.text
    assert count(counters) == 2
    assert "counted again" in caplog.text
    counters.add_within("calls", 1000, 60, 0)
    assert caplog.text.count(OFF) == 1


def test_after_a_failure_nobody_waits_for_a_while(counters, monkeypatch):
    monkeypatch.setattr(module, "_REST_SECONDS", 1000)
    count(counters)
    with closing(sqlite3.connect(counters.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        count(counters)
        other.execute("ROLLBACK")
    assert count(counters) == 0


@pytest.mark.parametrize("beside", [True, False], ids=["with what lies beside it", "alone"])
def test_a_file_that_is_gone_is_made_anew(counters, beside):
    assert count(counters) == 1
    for path in counters.path.parent.iterdir() if beside else [counters.path]:
        path.unlink()
    assert [count(counters), count(counters)] == [1, 2]
    assert counters.path.is_file()


def test_the_folder_may_be_gone_too(counters, tmp_path):
    elsewhere = FileCounters(tmp_path / "instance")
    assert count(elsewhere) == 1
    for path in elsewhere.path.parent.iterdir():
        path.unlink()
    elsewhere.path.parent.rmdir()
    assert count(elsewhere) == 1


def _other_table(path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE event (other)")


DAMAGE = {
    "no database": lambda path: path.write_bytes(b"x" * 9000),
    "half a database": lambda path: path.write_bytes(path.read_bytes()[:100] + b"y" * 5000),
    "another table": _other_table,
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("running", [True, False])
def test_a_damaged_file_is_made_anew(counters, caplog, kind, running):
    count(counters)
    if not running:
        counters._hang_up()
    DAMAGE[kind](counters.path)
    for beside in ("-wal", "-shm"):
        counters.path.with_name(counters.path.name + beside).unlink(missing_ok=True)
    first = count(counters)
    assert count(counters) == first + 1
    counters._hang_up()
    first = count(counters)
    assert count(counters) == first + 1
    assert OFF not in caplog.text


def test_no_folder_at_all(tmp_path, caplog):
    (tmp_path / "file").touch()
    nowhere = FileCounters(tmp_path / "file")
    assert count(nowhere) == 0
    assert OFF in caplog.text


def test_a_full_disk_counts_nothing(counters, caplog):
    assert count(counters) == 1
    held = counters._connection()
    pages = held.execute("PRAGMA page_count").fetchone()[0]
    held.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        counters.add_within("x" * 1000 + str(number), 1000, 60, 9)
    assert "database or disk is full" in caplog.text and caplog.text.count(OFF) >= 1
    assert count(counters) == 2  # by another connection, which has no such limit


def _count(folder) -> int:
    one = FileCounters(folder)
    return sum(one.add_within("calls", 1000, 60, 10**6) is None for _ in range(50))


def test_all_processes_and_threads_count_together(tmp_path):
    with get_context("spawn").Pool(2) as pool:
        assert sum(pool.map(_count, [tmp_path] * 2)) == 100
    one = FileCounters(tmp_path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: one.add_within("calls", 1000, 60, 10**6), range(100)))
    assert one.count_within("calls", 1000, 60) == 200


# -- what a request sees ---------------------------------------------------------------------------
@pytest.mark.parametrize("way", ["locked", "no folder", "damaged"])
def test_requests_are_served_whatever_the_file_is_in(api, app, tmp_path, monkeypatch, caplog, way):
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.01)
    folder = tmp_path / "counted"
    counters = FileCounters(folder)
    kept, before = app.extensions["wger_flask"], policies.policy()
    monkeypatch.setattr(kept, "throttle", Throttle(counters, kept.throttle.rates))
    settings = dataclasses.replace(before.settings, AXES_ENABLED=True)
    policies.set_policy(dataclasses.replace(before, counters=counters, settings=settings))
    caplog.set_level(logging.ERROR)
    other = None
    if way == "no folder":
        folder.touch()
    else:
        folder.mkdir()
        other = sqlite3.connect(counters.path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE" if way == "locked" else "CREATE TABLE event (other)")
    try:
        for _ in range(2):
            good = {"username": "grace", "password": "ecarg-pass"}
            assert api().post("token", good).status_code == 200
            assert api().post("token", {**good, "password": "wrong"}).status_code == 401
            assert api().get("ingredient/?limit=1").status_code == 200
    finally:
        policies.set_policy(before)
        if other is not None:
            other.close()
    assert ("made anew" if way == "damaged" else OFF) in caplog.text
