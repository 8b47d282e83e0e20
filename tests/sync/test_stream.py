"""What one phone is sent, line by line, on a log that the test writes."""

from __future__ import annotations

import json
import zlib

import pytest

from wger_flask.storage.database import DatabaseError
from wger_flask.sync import log, stream
from wger_flask.sync import source as sources
from wger_flask.sync.log import Batch, Bucket, Snapshot
from wger_flask.sync.open_streams import Full, OpenStreams, ThreadedStream
from wger_flask.sync.stream import Pace, Stream
from wger_flask.sync.stream_requests import StreamRequest

CORE, OWN, FOOD = "e|core", "e|user_planning[7]", "e|ingredient[3]"
PRIORITIES = {CORE: 3, OWN: 1, FOOD: 2}
STREAMS = {CORE: 0, OWN: 3, FOOD: 2}


class Log:
    """A log in memory: ``operations`` by bucket, rising; ``sizes`` is how many a batch holds."""

    def __init__(self):
        self.operations: dict[str, list[int]] = {CORE: [], OWN: []}
        self.last, self.number, self.compactions, self.size = 0, 0, 0, 1000
        self.meanwhile = lambda: None  # called with each batch
        self.asked: list[tuple] = []

    def write(self, *buckets: str) -> None:
        for bucket in buckets:
            self.last += 1
            self.operations.setdefault(bucket, []).append(self.last)

    def take_snapshot(self, user_id: int, client_id: str) -> Snapshot:
        buckets = tuple(
            Bucket(name, STREAMS[name], PRIORITIES[name], sum(held), len(held))
            for name, held in self.operations.items()
        )
        return Snapshot(self.last, self.compactions, self.number, buckets)

    def read_batch(self, bucket: str, after: int, until: int, new: bool | None = None) -> Batch:
        self.asked.append((bucket, after, until, new))
        self.meanwhile()
        found = [one for one in self.operations[bucket] if after < one <= until]
        part = found[: self.size]
        more = len(found) > len(part)
        return Batch([f'{{"op_id":"{one}"}}' for one in part], part[-1] if more else until, more)

    def generation(self) -> int:
        return self.compactions


class Token:
    """A token that holds until ``expires``, by the clock of the test, while ``holds``."""

    def __init__(self, expires: float):
        self.user_id, self.expires, self.holds = 7, expires, True

    def caller(self):
        return object() if self.holds and self.expires > 0 else None


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still; [0] is the time."""
    now = [1000.0]
    for module in (sources, stream):
        monkeypatch.setattr(module, "time", lambda: now[0])
    return now


@pytest.fixture
def held(monkeypatch, clock):
    made = Log()
    for name in ("take_snapshot", "read_batch", "generation"):
        monkeypatch.setattr(log, name, getattr(made, name))
    monkeypatch.setattr(sources, "take_up", lambda: None)
    monkeypatch.setattr(sources, "release_connection", lambda: None)
    return made


@pytest.fixture
def phone(held, clock):
    """Open a stream; ``phone.token`` is that of the last one."""

    def open_stream(positions=None, pace=None, expires=600) -> Stream:
        open_stream.token = Token(clock[0] + expires)
        pace = pace or Pace(keepalive=20, lifetime=300)
        return Stream(StreamRequest("p", positions or {}), open_stream.token, pace, now=lambda: clock[0])

    return open_stream


def heard(source: Stream) -> list[dict]:
    """Return what a stream says until it waits or ends."""
    found = b""
    while piece := source.advance():
        found += piece
    return [json.loads(line) for line in found.splitlines()]


def kinds(lines: list[dict]) -> list[str]:
    return [next(iter(line)) for line in lines]


def test_a_first_checkpoint(held, phone):
    held.write(CORE, OWN, CORE)
    first, own, core, complete = heard(phone({CORE: 1}))
    assert first["checkpoint"]["last_op_id"] == "3" and first["checkpoint"]["write_checkpoint"] is None
    assert first["checkpoint"]["buckets"][0] == {
        "bucket": CORE,
        "checksum": 4,
        "count": 2,
        "priority": 3,
        "subscriptions": [{"default": 0}],
    }
    assert first["checkpoint"]["streams"] == [{"name": name, "is_default": True, "errors": []} for name in log.STREAMS]
    assert own == {"data": {"bucket": OWN, "data": [{"op_id": "2"}]}}
    assert core == {"data": {"bucket": CORE, "data": [{"op_id": "3"}]}}
    assert complete == {"checkpoint_complete": {"last_op_id": "3"}}


def test_a_phones_own_rows_are_shown_before_a_catalogue_that_is_new_to_it(held, phone):
    held.write(CORE, OWN, FOOD)
    told = heard(phone())
    assert kinds(told) == ["checkpoint", "data", "data", "partial_checkpoint_complete", "data", "checkpoint_complete"]
    assert [line["data"]["bucket"] for line in told if "data" in line] == [OWN, FOOD, CORE]
    known = heard(phone({CORE: 1}))
    assert kinds(known) == ["checkpoint", "data", "data", "checkpoint_complete"]


def test_a_phone_that_comes_back_gets_what_is_new_to_it(held, phone):
    held.write(CORE, OWN, OWN)
    told = heard(phone({CORE: 3, OWN: 2, "e|somebody's": 1}))
    assert [line["data"] for line in told if "data" in line] == [{"bucket": OWN, "data": [{"op_id": "3"}]}]
    assert kinds(heard(phone({CORE: 3, OWN: 3}))) == ["checkpoint", "checkpoint_complete"]
    assert kinds(heard(phone({CORE: 99, OWN: 99}))) == ["checkpoint", "checkpoint_complete"]  # of a newer copy


def test_a_change_comes_in_one_piece(held, phone):
    source = phone()
    heard(source)
    held.write(OWN)
    source.wake()
    piece = source.advance()
    told = [json.loads(line) for line in piece.splitlines()]
    assert kinds(told) == ["checkpoint_diff", "data", "checkpoint_complete"]
    diff = told[0]["checkpoint_diff"]
    assert (diff["last_op_id"], [b["bucket"] for b in diff["updated_buckets"]], diff["removed_buckets"]) == (
        "1",
        [OWN],
        [],
    )
    assert source.advance() == b""


def test_buckets_come_and_go(held, phone):
    held.write(FOOD, OWN)
    source = phone()
    heard(source)
    gone = held.operations.pop(FOOD)
    source.wake()
    assert heard(source)[0]["checkpoint_diff"]["removed_buckets"] == [FOOD]
    held.operations[FOOD] = gone
    source.wake()
    told = heard(source)
    assert told[1] == {"data": {"bucket": FOOD, "data": [{"op_id": "1"}]}}  # all of it once more


def test_a_number_alone_makes_a_checkpoint_and_what_others_write_none(held, phone):
    source = phone()
    heard(source)
    held.number = 4
    source.wake()
    diff, complete = heard(source)
    assert diff["checkpoint_diff"] == {
        "last_op_id": "0",
        "write_checkpoint": "4",
        "updated_buckets": [],
        "removed_buckets": [],
    }
    held.last += 5
    source.wake()
    assert heard(source) == []


def test_batches(held, phone):
    held.size = 2
    held.write(*[OWN] * 5)
    told = heard(phone())
    assert [len(line["data"]["data"]) for line in told if "data" in line] == [2, 2, 1]
    assert {new for bucket, *_, new in held.asked if bucket == OWN} == {True}


def test_a_compaction_meanwhile_is_followed_by_a_newer_checkpoint(held, phone):
    held.write(OWN)

    def compact():
        held.compactions += 1
        held.meanwhile = lambda: None

    held.meanwhile = compact
    told = heard(phone({CORE: 1}))
    assert kinds(told) == ["checkpoint", "data", "checkpoint_diff", "checkpoint_complete"]
    assert told[2]["checkpoint_diff"]["updated_buckets"] == []


def test_another_log_ends_the_stream(held, phone):
    held.write(OWN, OWN)
    source = phone()
    heard(source)
    held.last = 1
    source.wake()
    assert source.advance() is None


def test_silence_is_broken(held, phone, clock):
    source = phone()
    heard(source)
    for _ in range(3):  # what concerns others is no reason to keep silent for longer
        clock[0] += 9
        source.wake()
        told = heard(source)
    assert told == [{"token_expires_in": 573}]
    clock[0] = 1000 + 50
    assert source.is_due and heard(source) == [{"token_expires_in": 550}]


def test_a_phone_hears_in_time_that_its_token_ends(held, phone, clock):
    source = phone(expires=45)
    heard(source)
    clock[0] += source.due - clock[0]
    assert 0 < heard(source)[0]["token_expires_in"] < 30
    clock[0] += 45
    phone.token.expires = 0
    assert source.is_due and source.advance() is None


def test_who_is_shut_out_hears_nothing_more(held, phone):
    source = phone()
    heard(source)
    phone.token.holds = False
    held.write(OWN)
    source.wake()
    assert source.advance() is None


def test_a_stream_ends_after_its_time_and_when_it_is_told_to(held, phone, clock):
    source = phone()
    heard(source)
    clock[0] += 301
    assert kinds(heard(source)) == ["token_expires_in"] and source.advance() is None
    source = phone()
    heard(source)
    source.stop()
    assert source.is_due and source.advance() is None


def test_one_checkpoint(held, phone):
    source = phone(pace=Pace(20, 300, one_checkpoint=True))
    assert kinds(heard(source))[-1] == "checkpoint_complete" and source.advance() is None


def test_each_piece_can_be_unpacked_when_it_comes(held, phone):
    source = phone(pace=Pace(20, 300, gzip=True))
    unpacker = zlib.decompressobj(31)
    assert b"checkpoint_complete" in unpacker.decompress(source.advance())
    assert source.advance() == b""
    held.number = 1
    source.wake()
    assert b'"write_checkpoint":"1"' in unpacker.decompress(source.advance())
    source.stop()
    assert unpacker.decompress(source.advance()) == b"" and unpacker.eof
    assert source.advance() is None


def test_a_database_that_is_away_ends_the_stream(held, phone, monkeypatch):
    source = phone()
    heard(source)

    def away(*_):
        raise DatabaseError("away")

    monkeypatch.setattr(log, "take_snapshot", away)
    monkeypatch.setattr(sources, "is_unavailable", lambda error: True)
    source.wake()
    assert source.advance() is None


# -- the streams of a process -----------------------------------------------------------------------
@pytest.fixture
def connected(monkeypatch):
    monkeypatch.setattr(OpenStreams, "_watch", lambda self: None)
    return OpenStreams(most=3, most_of_user=2, interval=0.2)


def of(phone, client: str, user: int = 7) -> Stream:
    made = phone()
    made.client_id, made.user_id = client, user
    return made


def test_a_newer_stream_of_a_phone_ends_the_older(phone, connected):
    first, second = of(phone, "a"), of(phone, "a")
    connected.add(first)
    heard(first)
    connected.add(second)
    assert first.advance() is None and len(connected) == 1
    heard(second)
    second.close()
    assert len(connected) == 0


def test_phones_beyond_the_budget_are_told_to_wait(phone, connected):
    streams = [of(phone, "a"), of(phone, "b")]
    for one in streams:
        connected.add(one)
    with pytest.raises(Full):
        connected.add(of(phone, "c"))
    connected.add(of(phone, "a"))  # no further one
    connected.add(of(phone, "a", user=8))
    with pytest.raises(Full):
        connected.add(of(phone, "a", user=9))
    connected.stop()
    assert streams[1].advance() is None
    connected.add(of(phone, "c"))


def test_a_stream_that_holds_a_thread_ends_with_the_process(phone):
    source, asked = phone(), []
    source.wait = lambda: asked.append(1)
    pieces = list(ThreadedStream(source, lambda: len(asked) == 3))
    assert b"checkpoint_complete" in pieces[-1] and len(asked) == 3


def changes(*names: str, number: int = 0, newest: int = 1, everything: bool = False) -> log.Changes:
    return log.Changes(log.Place("e", 9), None if everything else frozenset(names), {(7, "p"): (number, newest)})


def test_a_phone_is_woken_by_what_concerns_it(held, phone, clock):
    source = phone()
    source.number = 1
    heard(source)
    for told, concerns in (
        (changes("e|user_planning[8]"), False),
        (changes(), False),
        (changes(OWN), True),
        (changes(number=3), True),
        (changes(everything=True), True),
    ):
        source.notify(told)
        assert source.is_due is concerns, told
        assert heard(source) == []


def test_a_newer_stream_in_another_process_ends_this_one(held, phone):
    source = phone()
    source.notify(changes(newest=5))  # it has no number yet
    source.number = 5
    source.notify(changes(newest=5))
    heard(source)
    source.notify(changes(newest=6))
    assert source.advance() is None
