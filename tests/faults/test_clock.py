"""A clock that jumps: a server goes on, and what it gave out ends when it should."""

from __future__ import annotations

import json
import os

import pytest

from tests.faults.load import Caller, ask_until, assert_nothing_lost, load
from tests.faults.test_processes import SERVED, workers_of
from tests.serving.running import running

APP = "tests.faults.jumping_clock:app"
HOUR = 3600


@pytest.fixture
def clock(tmp_path):
    """Return a function that sets the clock of the server so many seconds off."""
    file = tmp_path / "clock"

    def off(seconds: int) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        os.replace(fresh, file)

    off(0)
    return off


@pytest.fixture
def server(held, tmp_path, clock):
    """A server with that clock."""
    with running(held.url, tmp_path, app=APP, JUMPING_CLOCK=str(tmp_path / "clock"), **SERVED) as server:
        ask_until(server.port, 200)
        yield server
        assert "Traceback" not in server.log.read_text()


def test_the_clock_jumps_ahead_and_back_while_clients_write(server, clock, rounds):
    before = workers_of(server)
    with load(server.port) as told:
        for _ in rounds:
            for seconds in (26 * HOUR, -3 * HOUR, 400 * 24 * HOUR, 0):
                told.wait_for(20)
                clock(seconds)
                told.wait_for(20)
    assert workers_of(server) == before  # none was taken for one that hangs
    assert_nothing_lost(server.port, told)


def test_tokens_end_by_the_clock(server, clock):
    given = Caller(server.port, "grace")
    pair = json.loads(given("POST", "token", {"username": "grace", "password": "ecarg-pass"})[1])
    given.headers = {"Authorization": f"Bearer {pair['access']}"}
    assert given("GET", "weightentry/?limit=1")[0] == 200
    clock(2 * HOUR)
    assert given("GET", "weightentry/?limit=1")[0] == 403
    assert given("POST", "token/refresh", {"refresh": pair["refresh"]})[0] == 200
    clock(0)
    assert given("GET", "weightentry/?limit=1")[0] == 200
    clock(-2 * HOUR)
    assert given("GET", "weightentry/?limit=1")[0] == 403  # given in the future
    given.close()
