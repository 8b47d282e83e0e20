"""Counting for several hosts: what is asked of a file holds for Redis and for the database, and for what is away."""

from __future__ import annotations

import logging
import shutil
import subprocess
import time

import pytest

from tests.ports import free_port
from wger_flask.storage import shared_counters as module
from wger_flask.storage.counters import FileCounters
from wger_flask.storage.database import database, hang_up
from wger_flask.storage.shared_counters import CountersError, RedisCounters, open_counters

OFF = "rate limits and lockouts are off until it works again"


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    """The address of a Redis server of these tests."""
    pytest.importorskip("redis")
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    for line in server.stdout:
        if "Ready to accept connections" in line:
            break
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture(params=["file", "redis", "database"])
def counters(request, tmp_path):
    """Two openings of the same counters, as two hosts have them."""
    if request.param == "database":
        request.getfixturevalue("app")
        if database.obj.dialect.counters is None:
            pytest.skip("counters are in a file where the database is one")
        yield [type(database.obj.dialect.counters)() for _ in range(2)]
        hang_up()
        return
    url = request.getfixturevalue("redis") if request.param == "redis" else "file"
    yield [open_counters(url, tmp_path) for _ in range(2)]


def test_events_are_counted_up_to_the_most_wherever_they_come_from(counters):
    one, other = counters
    now = time.time()
    assert one.add_within("calls", now, 60, 2) is None
    assert other.add_within("calls", now + 0.5, 60, 2) is None
    assert one.add_within("calls", now + 1, 60, 2) == pytest.approx(now, abs=1)
    assert other.count_within("calls", now + 1, 60) == 2
    assert other.count_within("other", now + 1, 60) == 0
    assert one.add_within("calls", now, 60, 0) is not None
    one.forget("calls")
    assert other.count_within("calls", now + 1, 60) == 0
    assert other.add_within("calls", now + 1, 60, 1) is None
    one.forget("calls")


def test_a_server_that_is_away_refuses_nothing_and_the_log_says_so_once(caplog, monkeypatch):
    pytest.importorskip("redis")
    monkeypatch.setattr(module, "_REST_SECONDS", 0)
    counters = RedisCounters(f"valkey://:secret@127.0.0.1:{free_port()}/0")
    with caplog.at_level(logging.WARNING):
        assert counters.add_within("calls", time.time(), 60, 0) is None
        assert counters.count_within("calls", time.time(), 60) == 0
        counters.forget("calls")
    said = [record.message for record in caplog.records]
    assert len(said) == 1
    assert OFF in said[0]
    assert "secret" not in said[0]
    monkeypatch.setattr(counters, "_count_within", lambda *asked: 3)
    assert counters.count_within("calls", time.time(), 60) == 3
    assert caplog.records[-1].message.endswith("calls are counted again")


def test_what_is_not_installed_or_not_possible_is_said(app, tmp_path, monkeypatch):
    if database.obj.dialect.counters is None:
        with pytest.raises(CountersError, match="^WGER_COUNTERS_URL: this database is one host's"):
            open_counters("database", tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "limits.storage", None)
    with pytest.raises(CountersError, match="^WGER_COUNTERS_URL: limits.storage is not installed"):
        open_counters("redis://127.0.0.1:1", tmp_path)


def test_by_default_counters_are_where_all_processes_reach_them(app, tmp_path):
    shared = database.obj.dialect.counters
    assert open_counters("", tmp_path) is shared or (shared is None and open_counters("", tmp_path).path)
    assert isinstance(open_counters("file", tmp_path), FileCounters)
