"""Where a request ends, whatever the pieces it comes in; and until when more must have come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask.serving import receiving
from wger_flask.serving.receiving import Limits, Receiving
from wger_flask.serving.room import Room

LIMITS = Limits(head=10, idle=15, rate=1000, body=300_000, text=100_000)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still: ``clock[0]`` is the time."""
    now = [100.0]
    monkeypatch.setattr(receiving, "monotonic", lambda: now[0])
    return now


def receive(*pieces: bytes, room: int = 10**9) -> Receiving:
    request = Receiving(LIMITS, Room(room))
    for piece in pieces:
        request.add(piece)
    return request


def read(request: Receiving) -> bytes:
    return b"".join(iter(lambda: request.recv(1000), b""))


GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
LENGTH = POST + b"content-LENGTH :  5 \r\n\r\nhello"
CHUNKS = POST + b"Transfer-Encoding: gzip, Chunked\r\n\r\n5\r\nhello\r\n3;a=b\r\n wo\r\n0\r\n\r\n"
TRAILERS = CHUNKS[:-2] + b"X: y\r\nZ: 1\r\n\r\n"
PARTS = POST + b"CONTENT-type: multipart/form-data; boundary=b\r\n"
LARGE = PARTS + b"Content-Length: 200000\r\n\r\n" + b"x" * 200_000
WHOLE = {
    "get": GET,
    "length": LENGTH,
    "none": POST + b"Content-Length: 0\r\n\r\n",
    "chunks": CHUNKS,
    "trailers": TRAILERS,
    "large": LARGE,
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("rest", [b"", GET, b"\r\n", b"x"])
def test_a_request_ends_where_it_ends(name, rest):
    request = receive(WHOLE[name] + rest)
    assert request.is_whole and not request.must_close
    assert (read(request), request.rest) == (WHOLE[name], rest)
    request.close()


@given(st.sampled_from([GET, LENGTH, CHUNKS, TRAILERS]), st.lists(st.integers(0, 150), max_size=8))
def test_it_does_not_matter_in_which_pieces_it_comes(sent, cuts):
    cuts = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    request = Receiving(LIMITS, Room(10**9))
    for start, end in zip(cuts, cuts[1:], strict=False):
        assert not request.is_whole
        request.add(sent[start:end])
    assert request.is_whole and not request.must_close and request.rest == b""
    assert read(request) == sent
    request.close()


@pytest.mark.parametrize("name", WHOLE)
def test_half_a_request_is_not_whole(name):
    request = receive(WHOLE[name][:-1])
    assert not request.is_whole
    request.end()
    assert request.is_whole and request.must_close
    assert read(request) == WHOLE[name][:-1]
    request.close()


NONE = {
    "a bare line end": b"GET / HTTP/1.1\nHost: a\n\n",
    "a length of letters": POST + b"Content-Length: many\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "another coding": POST + b"Transfer-Encoding: gzip\r\n\r\n",
    "chunks that are none": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk without a size": POST + b"Transfer-Encoding: chunked\r\n\r\n\r\n",
    "a huge size": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 16 + b"\r\n",
    "a size that does not end": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 9000,
    "trailers without end": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 9000,
    "a head without end": POST + b"X: y\r\n" * 20_000,
    "a line without end": b"G" * 70_000,
    "more than may be": PARTS + b"Content-Length: 300001\r\n\r\n",
    "more than may be without files": POST + b"Content-Length: 100001\r\n\r\n",
    "more than may be without files in chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n18700\r\n",
    "more than may be in chunks": PARTS
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + b"30000\r\n"
    + b"x" * 0x30000
    + b"\r\n30000\r\n",
    "more line ends than content": PARTS + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 150_000,
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_request_is_not_waited_for(name):
    request = receive(*[NONE[name][start : start + 65536] for start in range(0, len(NONE[name]), 65536)])
    assert request.is_whole and request.must_close
    request.close()


def test_a_client_that_waits_to_be_told_is_told_once():
    for length, sent, is_told in ((5, b"", True), (5, b"he", False), (300_001, b"", False)):
        request = receive(POST + b"Expect: 100-Continue\r\nContent-Length: %d\r\n\r\n" % length + sent)
        assert request.wants_go_ahead == is_told
        request.close()


# -- deadlines ------------------------------------------------------------------------------------
def test_a_head_has_its_seconds_from_its_first_byte(clock):
    request = Receiving(LIMITS, Room(0))
    assert not request and request.deadline == 110
    later = Receiving(LIMITS, Room(0), deadline=115)
    assert later.deadline == 115
    clock[0] = 108
    for one in (request, later):
        one.add(b"G")
        assert one and one.deadline == 118
    clock[0] = 117
    request.add(b"ET /")
    assert request.deadline == 118


@pytest.mark.parametrize("head", ["Content-Length: 100000", "Transfer-Encoding: chunked"])
def test_a_body_has_as_long_as_its_rate_gives(clock, head):
    request = receive(POST + head.encode() + b"\r\n\r\n")
    assert request.deadline == 110
    clock[0] = 109
    request.add(b"b000\r\n" + b"x" * 994)
    assert request.deadline == 111
    request.add(b"x" * 10_000)
    assert request.deadline == 121
    request.close()


# -- room --------------------------------------------------------------------------------------------
def test_large_bodies_take_room_and_give_it_back():
    room = Room(250_000)
    first = Receiving(LIMITS, room)
    first.add(LARGE)
    second = Receiving(LIMITS, room)
    with pytest.raises(OSError, match="too much lies"):
        second.add(LARGE)
    small = receive(LENGTH, room=0)
    assert small.is_whole
    small.close()
    first.close()
    third = Receiving(LIMITS, room)
    third.add(LARGE)
    assert read(third) == LARGE
    for one in (first, second, third):
        one.close()
    room.take(250_000)
