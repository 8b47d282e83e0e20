"""What is kept of phones, and whom a commit concerns, on whatever database is tested."""

from __future__ import annotations

import pytest

from wger_flask.storage.database import database
from wger_flask.storage.dialects.sync_log import CLIENT
from wger_flask.sync import log
from wger_flask.sync.log import Ended
from wger_flask.sync.source import Pace
from wger_flask.sync.stream import Stream
from wger_flask.sync.stream_requests import StreamRequest
from wger_flask.sync.tokens import SyncToken

PLAN = {"description": "one", "start": "2024-01-01"}


@pytest.fixture
def users(app, people):
    """The keys of two users whose phones have synced once."""
    keys = [people[name].id for name in ("grace", "linus")]
    for key in keys:
        log.take_snapshot(key, "p")
    return keys


def row(user: int) -> tuple:
    query = f"SELECT stream, position, error, ended > 0, seen > 0 FROM {CLIENT} WHERE user_id = {database.obj.param}"
    return tuple(database.obj.execute_sql(query, (user,)).fetchone())


def test_the_newest_stream_of_a_phone(users):
    mine, theirs = users
    assert [log.begin_stream(mine, "p", 5), log.begin_stream(mine, "p", 6), log.begin_stream(theirs, "p", 0)] == [
        1,
        2,
        1,
    ]
    log.end_streams([Ended(mine, "p", 1, 99, "the older one")])
    assert row(mine) == (2, 6, "", False, True)
    log.end_streams([Ended(mine, "p", 2, 8, "gone"), Ended(mine, "unknown", 2, 8, "gone")])
    assert row(mine) == (2, 8, "gone", True, True)
    assert log.begin_stream(mine, "p", 8) == 3 and not row(mine)[3]


def test_a_stream_leaves_the_number_of_writes_alone(users):
    mine, _ = users
    assert log.raise_number(mine, "p") == 1
    log.begin_stream(mine, "p", 0)
    assert log.take_snapshot(mine, "p").number == 1 and log.raise_number(mine, "p") == 2
    log.begin_stream(mine, "other", 0)
    assert log.take_snapshot(mine, "other").number == 0


def test_whom_a_commit_concerns(users, api):
    mine, theirs = users
    start = log.changes_since(None, users)
    assert start.buckets is None
    assert log.changes_since(start.place, users).buckets == frozenset()
    api("grace").post("nutritionplan/", PLAN)
    found = log.changes_since(start.place, users)
    assert {name.partition("|")[2] for name in found.buckets} == {f"user_planning[{mine}]"}
    assert log.changes_since(found.place, users).buckets == frozenset()
    log.raise_number(theirs, "p")
    log.begin_stream(mine, "p", 0)
    assert log.changes_since(found.place, users).phones == {(mine, "p"): (0, 1), (theirs, "p"): (1, 0)}
    assert log.changes_since(found.place, [mine]).phones == {(mine, "p"): (0, 1)}
    assert log.changes_since(found.place._replace(epoch="before"), users).buckets is None
    assert log.changes_since(found.place._replace(last_op_id=10**9), users).buckets is None  # a backup was restored


def test_streams_that_wait_hold_nothing_of_the_database(app, users, monkeypatch):
    """However many there are, the thread that drives them has its one connection, and no transaction on it."""
    monkeypatch.setattr(SyncToken, "caller", lambda self: object())
    held = database.obj
    streams = [
        Stream(StreamRequest(f"phone {number}", {}), SyncToken(user, "", 2**40), Pace(keepalive=20, lifetime=300))
        for number in range(3)
        for user in users
    ]
    for stream in streams:
        while piece := stream.advance():
            assert not held.in_transaction()  # a phone that does not read holds nothing either
        assert piece == b"" and not held.in_transaction()
    if held.dialect.name == "postgresql":
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        assert held.execute_sql(query).fetchone()[0] == 0
    for stream in streams:
        stream.close()
